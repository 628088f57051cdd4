"""The hidden truth about people, for judging models by: beside the tables, never in the mapping."""

from lib.sample.people import STRANGER
from lib.sample.plan import Plan


def customers_sql(plan: Plan) -> str:
    """`truth/customers`: one row per person with an id of their own (the first account's).

    purchase_rate: orders per season-day (on average a day) while the person stays;
    leave_probability: of leaving for good after each order; dropped_out_on: the day of the last
    order of those who have left, else null; days_at_risk: season-days from the first order to
    leaving or closing time; n_repeat_orders: orders after the first, without those won by
    campaigns; mean_basket: expected gross order in CNY; discount_share: the probability of one.
    """
    return f"""
        select account_id(people.person_no) as customer_id,
            purchase_rate, leave_probability, first_ordered_on, left_on as dropped_out_on,
            coalesce(coalesce(left_at, {plan.days}) - first_order, 0) as days_at_risk,
            greatest(n_orders - 1, 0) as n_repeat_orders,
            mean_basket(people.person_no) as mean_basket,
            discount_share(people.person_no) as discount_share,
            people.kind = {STRANGER} as is_without_customer_row
        from people join lives on lives.person_no = people.person_no
        order by people.person_no
    """
