"""Win-back campaigns of known effect: who is contacted or held out, who orders because of it."""

from dataclasses import dataclass
from datetime import date, timedelta

from lib.sample.people import CAMPAIGN_SLOT, CHUNK, CUSTOMER, ORDERS_PER_PERSON
from lib.sample.plan import Plan, sql_date

DAYS_APART = 90
EFFECT_DAYS = 30
# The last campaign leaves time for its effect; the first waits until there is somebody to win back.
DAYS_BEFORE_END, DAYS_AFTER_START = 45, 200
INVITED_SHARE = 0.75


@dataclass(frozen=True)
class Kind:
    """A kind of campaign: to customers whose last order is days_from to days_to ago.

    `effect` is the probability that a contacted member places one order more, within 30 days;
    the cost is in CNY.
    """

    segment: str
    days_from: int
    days_to: int
    control_share: float
    effect: float
    cost_per_contact: float


KINDS = (
    Kind("at_risk", 91, 180, 0.25, 0.10, 1.2),
    Kind("dormant", 181, 365, 0.20, 0.07, 1.5),
    Kind("churned", 366, 10_000, 0.30, 0.05, 0.8),
)


@dataclass(frozen=True)
class Campaign:
    """One campaign: its number in time order, its kind, its first day."""

    number: int
    kind: Kind
    starts_on: date


def campaigns(plan: Plan) -> list[Campaign]:
    """The campaigns of a sample in time order: one a quarter, of a kind that can have members."""
    starts_on = plan.through - timedelta(days=DAYS_BEFORE_END)
    starts: list[date] = []
    while (starts_on - plan.first_day).days >= DAYS_AFTER_START:
        starts.insert(0, starts_on)
        starts_on -= timedelta(days=DAYS_APART)
    made = []
    for number, start in enumerate(starts):
        age = (start - plan.first_day).days
        possible = [kind for kind in KINDS if age >= kind.days_from + 60]
        made.append(Campaign(number, possible[number % len(possible)], start))
    return made


def lapses_sql(plan: Plan) -> list[str]:
    """Table `lapses`: per customer the last visit before each campaign: last_0, last_1, …

    It is made as people are, CHUNK by CHUNK.
    """
    lasts = ", ".join(
        f"max(visited_on) filter (where visited_on < {sql_date(c.starts_on)}) as last_{c.number}"
        for c in campaigns(plan)
    )
    columns = "".join(f", last_{c.number} date" for c in campaigns(plan))
    return [
        f"create table lapses (person_no bigint{columns})",
        *(
            f"""
            insert into lapses
            select person_no, {lasts}
            from visits
            where person_no between {first} and {first + CHUNK - 1}
                and kind = {CUSTOMER} and not is_cancelled(order_no)
            group by person_no
            order by person_no
            """
            for first in range(1, plan.customers + 1, CHUNK)
        ),
    ]


def members_sql(plan: Plan) -> list[str]:
    """Table `members`, campaign by campaign; visited_on is the day of an order it won."""
    table = """
        create table members (
            campaign_no int, person_no bigint, is_control boolean, contacted_at timestamp,
            visited_on date, order_no bigint
        )
    """
    return [table, *(_members_of(plan, campaign) for campaign in campaigns(plan))]


def _members_of(plan: Plan, campaign: Campaign) -> str:
    """Add one campaign's members; orders won by earlier campaigns count as last orders too."""
    number, kind, start = campaign.number, campaign.kind, sql_date(campaign.starts_on)

    def happens(what: str, probability: float) -> str:
        return plan.chance.happens(f"campaign {number} {what}", "person_no", probability)

    def whole(what: str, low: int, high: int) -> str:
        return plan.chance.whole(f"campaign {number} {what}", "person_no", low, high)

    return f"""
        insert into members
        with won as (
            select person_no, max(visited_on) as visited_on
            from members where visited_on < {start} group by person_no
        ),
        lapsed as (
            select lapses.person_no,
                {start} - greatest(lapses.last_{number}, won.visited_on) as days_since
            from lapses left join won on won.person_no = lapses.person_no
        ),
        invited as (
            select person_no, {happens("control", kind.control_share)} as is_control,
                {start} + {whole("day", 0, 2)}::int as contacted_on
            from lapsed
            where days_since between {kind.days_from} and {kind.days_to}
                and has_consent(person_no) and not is_test_account(person_no)
                and {happens("invitation", INVITED_SHARE)}
        )
        select {number} as campaign_no, person_no, is_control,
            contacted_on + to_seconds({whole("second", 3600, 32400)}) as contacted_at,
            case when not is_control and {happens("effect", kind.effect)}
                then contacted_on + {whole("wait", 1, EFFECT_DAYS - 1)}::int end as visited_on,
            person_no * {ORDERS_PER_PERSON} + {CAMPAIGN_SLOT + number} as order_no
        from invited
        order by person_no
    """


def campaigns_sql(plan: Plan) -> str:
    """Raw table `campaigns`."""
    rows = ", ".join(
        f"({c.number}, '{c.kind.segment}', {sql_date(c.starts_on)}, {c.kind.cost_per_contact})"
        for c in campaigns(plan)
    )
    return f"""
        select campaign_id(number) as campaign_id,
            'Win-back ' || segment || strftime(starts_on, ' %Y-%m') as name,
            segment,
            starts_on::timestamp as started_at,
            starts_on + interval 3 day as ended_at,
            cost_per_contact,
            starts_on - interval 5 day as updated_at
        from (values {rows}) as made (number, segment, starts_on, cost_per_contact)
        order by number
    """


def campaign_members_sql(plan: Plan) -> str:
    """Raw table `campaign_members`."""
    return """
        select campaign_id(campaign_no) as campaign_id, account_id(person_no) as customer_id,
            is_control, contacted_at, contacted_at as updated_at
        from members
        order by campaign_no, person_no
    """


def truth_sql(plan: Plan) -> str:
    """`truth/campaigns`: what each campaign really did.

    effect: the probability that a contact wins an order; conversion_without: the share of members
    who order within 30 days after contact anyway; true_uplift: effect × (1 − conversion_without),
    by how much a contact raises the probability of an order within 30 days.
    """
    effects = ", ".join(f"({c.number}, {c.kind.effect}::double)" for c in campaigns(plan))
    return f"""
        with ordering_anyway as (
            select distinct members.campaign_no, members.person_no
            from members join placed on placed.person_no = members.person_no
            where not placed.is_won and not is_cancelled(placed.order_no)
                and placed.ordered_at > members.contacted_at
                and placed.ordered_at <= members.contacted_at + interval {EFFECT_DAYS} day
        ),
        counted as (
            select members.campaign_no,
                count(*) filter (where not is_control) as n_treated,
                count(*) filter (where is_control) as n_control,
                count(visited_on) as n_orders_won,
                count(ordering_anyway.person_no) / count(*) as conversion_without
            from members left join ordering_anyway
                on ordering_anyway.campaign_no = members.campaign_no
                and ordering_anyway.person_no = members.person_no
            group by members.campaign_no
        )
        select campaign_id(campaign_no) as campaign_id, n_treated, n_control, n_orders_won,
            effect, conversion_without, effect * (1 - conversion_without) as true_uplift
        from counted join (values {effects}) as effects (number, effect) on number = campaign_no
        order by campaign_no
    """
