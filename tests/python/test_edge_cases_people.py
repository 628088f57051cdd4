"""Who is one customer: crosswalk, e-mails, guests, ids that only orders know, flags."""

import pytest

from shop import LONG_AGO, Shop


def buyers(shop):
    """Customer → orders, of the customers who bought."""
    customers = shop.build(models=("int_customers_observed",), clock="as_of").customers()
    return {who: one.orders for who, one in customers.items() if one.orders}


def observed(shop):
    return set(shop.build(models=("int_customers_observed",), clock="as_of").customers())


# -- e-mails --------------------------------------------------------------------------------


def test_accounts_with_equal_emails_are_one_person_whatever_case_and_spaces():
    shop = Shop()
    shop.customer("a", email="Ann@Example.com ", created="2020-02-01")
    shop.customer("b", email=" ann@example.com", created="2020-01-01")
    shop.order("a", ago=5)
    shop.order("b", ago=5)
    assert buyers(shop) == {"b": 2}
    assert observed(shop) == {"b"}


@pytest.mark.parametrize(
    ("created_a", "created_b", "survivor"),
    [
        ("2020-01-01", "2020-01-01", "a"),
        ("2020-01-02", "2020-01-01", "b"),
        (None, "2020-01-01", "b"),
        (None, None, "a"),
    ],
)
def test_the_earliest_account_survives_then_the_smallest_id(created_a, created_b, survivor):
    shop = Shop()
    shop.customer("a", email="ann@example.com", created=created_a)
    shop.customer("b", email="ann@example.com", created=created_b)
    shop.order("a", ago=5)
    shop.order("b", ago=5)
    assert buyers(shop) == {survivor: 2}


@pytest.mark.parametrize(("accounts", "people"), [(5, 1), (6, 6)])
def test_an_email_shared_by_more_than_five_accounts_joins_nobody(accounts, people):
    shop = Shop()
    for nth in range(accounts):
        shop.customer(f"c{nth}", email="info@example.com")
        shop.order(f"c{nth}", ago=5)
    assert len(buyers(shop)) == people


def test_accounts_without_an_email_are_never_joined():
    shop = Shop()
    shop.customer("a", email=None)
    shop.customer("b", email="  ")
    assert observed(shop) == {"a", "b"}


def test_what_is_known_of_a_person_is_what_the_oldest_account_says():
    shop = Shop()
    shop.customer("a", email="ann@example.com", created=None, region="north")
    shop.customer("b", email="ann@example.com", created="2020-01-01", region="south")
    shop.customer("c", email="ann@example.com", created="2021-01-01", region="east")
    (row,) = shop.build(models=("int_customers",)).table("int_customers")
    assert (row["customer_id"], row["raw_region"]) == ("b", "south")
    assert row["created_on"].isoformat() == "2020-01-01"


# -- crosswalk ------------------------------------------------------------------------------


def test_the_crosswalk_joins_accounts_and_goes_before_emails():
    shop = Shop()
    shop.customer("a", email="ann@example.com")
    shop.customer("b", email="bo@example.com")
    shop.customer("c", email="bo@example.com")
    shop.same_person("a", "person")
    shop.same_person("b", "person")
    shop.same_person("c", "another")
    for who in "abc":
        shop.order(who, ago=5)
    assert buyers(shop) == {"person": 2, "another": 1}


def test_an_account_joins_the_person_its_older_twin_is_by_the_crosswalk():
    shop = Shop()
    shop.customer("old", email="ann@example.com", created="2019-01-01")
    shop.customer("new", email="ann@example.com", created="2020-01-01")
    shop.same_person("old", "person")
    shop.order("old", ago=5)
    shop.order("new", ago=5)
    assert buyers(shop) == {"person": 2}


def test_a_business_account_with_several_buyers_is_one_customer():
    shop = Shop()
    for nth in range(8):
        shop.customer(f"buyer {nth}", email=f"{nth}@company.example")
        shop.same_person(f"buyer {nth}", "company")
        shop.order(f"buyer {nth}", ago=5, amount=100)
    company = shop.build().customer("company")
    assert (company.orders, company.purchase_days, company.net_revenue) == (8, 1, 800)
    assert (company.lifecycle_stage, company.purchase_frequency) == ("loyal", "high")


def test_an_id_that_only_orders_and_the_crosswalk_know_is_the_person_behind_it():
    shop = Shop()
    shop.customer("a")
    shop.same_person("till card 7", "a")
    shop.order("till card 7", ago=5)
    shop.order("a", ago=9)
    assert buyers(shop) == {"a": 2}


@pytest.mark.parametrize("created", [LONG_AGO, None])
def test_a_person_with_an_account_is_not_inferred_whatever_other_ids_order(created):
    shop = Shop()
    shop.customer("zoe", email="zoe@example.com", created=created)
    shop.same_person("a card", "zoe")
    shop.order("a card", ago=5)
    (row,) = shop.build(models=("int_customers",)).table("int_customers")
    assert (row["customer_id"], row["is_inferred"]) == ("zoe", False)
    assert row["email"] == "zoe@example.com"


@pytest.mark.parametrize(
    ("account", "person", "reason"), [(None, "p", "missing_key"), ("a", " ", "missing_value")]
)
def test_a_crosswalk_row_that_names_nobody_is_rejected(account, person, reason):
    shop = Shop()
    shop.same_person(account, person)
    assert shop.build().rejected("customer_ids") == {account or "": {reason}}


# -- orders without an account --------------------------------------------------------------


def test_an_order_without_customer_and_email_is_a_guest_of_its_own():
    shop = Shop()
    shop.order(None, ago=5)
    shop.order("  ", ago=5)
    customers = shop.build().customers()
    assert len(customers) == 2
    assert all(one.is_guest and one.orders == 1 for one in customers.values())


def test_an_order_by_email_alone_belongs_to_the_account_with_that_email():
    shop = Shop()
    shop.customer("ann", email="ann@example.com")
    shop.order(None, ago=5, email=" ANN@example.com")
    assert buyers(shop) == {"ann": 1}
    assert not shop.build().customer("ann").is_guest


def test_orders_with_one_unknown_email_are_one_customer_and_no_guest():
    shop = Shop()
    for ago in (5, 50, 500):
        shop.order(None, ago=ago, email="new@example.com")
    ((who, one),) = shop.build().customers().items()
    assert (one.orders, one.is_guest) == (3, False)
    assert "new@example.com" not in who


def test_an_order_by_an_email_of_several_people_is_a_guest():
    shop = Shop()
    for nth in range(6):
        shop.customer(f"c{nth}", email="info@example.com")
    shop.order(None, ago=5, email="info@example.com")
    assert buyers(shop) == {"guest-o1": 1}
    assert shop.build().customer("guest-o1").is_guest


def test_an_order_of_an_id_in_no_customer_row_makes_an_inferred_customer():
    shop = Shop()
    shop.order("nobody", ago=5)
    shop.order("nobody", ago=6)
    assert buyers(shop) == {"nobody": 2}
    (row,) = shop.build(models=("int_customers",)).table("int_customers")
    assert (row["is_inferred"], row["is_guest"]) == (True, False)
    assert shop.build().customer("nobody").value_tier == "low"


def test_an_order_of_before_the_customer_was_created_counts():
    shop = Shop()
    shop.customer("ann", created=shop.day(10))
    shop.order("ann", ago=100)
    ann = shop.build(as_of=shop.day(11)).customer("ann")
    assert (ann.orders, ann.days_since_last_order) == (1, 89)


# -- flags ----------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["is_staff", "is_reseller"])
def test_one_flagged_account_takes_the_person_out_of_the_ranking(flag):
    shop = Shop()
    shop.customer("a", email="ann@example.com")
    shop.customer("b", email="ann@example.com", **{flag: "true"})
    shop.order("a", ago=5)
    ann = shop.build().customer("a")
    assert (ann.orders, ann.value_tier, ann.rfm_group) == (1, "unknown", "unknown")


def test_a_test_account_is_nobody_and_its_orders_count_for_nothing():
    shop = Shop()
    shop.customer("robot", email="robot@example.com", is_test="true")
    shop.customer("ann")
    shop.order("robot", ago=5)
    shop.order(None, ago=5, email="robot@example.com")
    shop.order("ann", ago=5)
    assert buyers(shop) == {"ann": 1}
    assert observed(shop) == {"ann"}


def test_a_test_order_counts_for_nothing():
    shop = Shop()
    shop.customer("ann")
    shop.order("ann", ago=5, is_test="true")
    assert shop.build().customer("ann").lifecycle_stage == "prospect"
