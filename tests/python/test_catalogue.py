"""The catalogue is governed: a row is enough, and a wrong row is found by the right test."""

from datetime import date

import pytest

from shop import Shop
from shop.engine import failing_proofs
from shop.project import compiled_proofs, seeds

BANDS = "bands_neither_overlap_nor_leave_gaps"
REACHED = "every_category_can_be_reached"
CODES = "every_code_a_rule_uses_is_in_the_catalogue"
LABELS = "labels_are_unique_across_dimensions"
CLEAR = "clarity_a_name_is_short_and_its_definition_says_what_is_measured"
RETIRED = "consistency_a_retired_code_points_to_what_took_its_place"
ALIASES = "consistency_an_alias_leads_to_one_category"
UNKNOWN = "extensibility_every_dimension_has_a_place_for_the_unknown"
RULES = "the_segment_rules_have_no_gap_and_no_idle_rule"
PLAYBOOK = "every_segment_has_a_playbook_line"
ACTIONS = "the_playbook_has_an_action_for_everyone_and_no_idle_line"
MOVES = "every_move_has_a_kind_and_every_rule_of_moves_can_fire"
PRESETS = "every_preset_names_every_cell_and_every_rule_can_fire"
PRESET_NAMES = "every_preset_rule_gives_a_category_that_has_a_name"


def test_the_catalogue_as_shipped_fails_no_proof():
    assert failing_proofs([]) == {}


# what a code that is given up needs: a last day, what took its place, and no word that gives it
RETIRE_GIFT = (
    "update catalogue.categories set valid_to = date '2024-01-01', successor = 'status'"
    " where dimension = 'motive' and category = 'gift';"
    "update catalogue.word_mappings set category = 'status' where category = 'gift';"
)


def test_a_code_retired_in_order_fails_no_proof():
    statements = RETIRE_GIFT.replace("catalogue.word_mappings", "raw_codes.word_mappings")
    assert failing_proofs(statements.split(";")) == {}


# every decision table: a seed with an order in which rows are tried, and no bounds
TABLES = {"segment_rules": RULES, "playbook": ACTIONS, "moves": MOVES, "preset_rules": PRESETS}


def test_every_decision_table_is_proved_complete_and_without_an_idle_row():
    columns = {seed.path.stem: seed.column_types.keys() for seed in seeds()}
    assert {
        seed for seed, names in columns.items() if "precedence" in names and "above" not in names
    } == set(TABLES)
    assert set(TABLES.values()) <= compiled_proofs().keys()


# a broken row, the proofs that find it, and what they say of it
BROKEN = {
    "two bands hold one value": (
        "update catalogue.bands set up_to = 91 where category = 'active'",
        {BANDS}, "several bands hold this value",
    ),
    "a value in no band": (
        "update catalogue.bands set at_least = 0.3 where dimension = 'price_sensitivity'"
        " and category = 'moderate'",
        {BANDS}, "no band holds this value",
    ),
    "a gap between the old rule and the new one": (
        "update catalogue.bands set valid_from = date '2024-01-01' where category = 'engaged'",
        {BANDS}, "no band holds this value",
    ),
    "a measure of which nobody knows the range": (
        "update catalogue.bands set measure = 'shoe_size' where dimension = 'income_band'",
        {BANDS}, "measures.csv",
    ),
    "a category no rule leads to": (
        "delete from catalogue.word_mappings where category = 'institution'",
        {REACHED}, "institution",
    ),
    "a misspelt category": (
        "update catalogue.word_mappings set category = 'goverment' where category = 'government'",
        {CODES, REACHED}, "goverment",
    ),
    "one label for two things": (
        "update catalogue.categories set label_zh = '满意' where category = 'interested'",
        {LABELS}, "sustainability_interest interested",
    ),
    "a code with a blank": (
        "update catalogue.aliases set category = 'top tier' where alias = 'whale';"
        "insert into catalogue.categories by name select * replace ("
        " 'top tier' as category, 'Top tier' as label_en, '顶级' as label_zh)"
        " from catalogue.categories where dimension = 'value_tier' and category = 'vip'",
        {CLEAR, REACHED}, "a code is lower-case letters",
    ),
    "a label as long as a sentence": (
        "update catalogue.categories set label_en = repeat('very ', 10) || 'satisfied'"
        " where category = 'satisfied'",
        {CLEAR}, "en: no label, or one that is too long",
    ),
    "a definition that does not say what is measured": (
        "update catalogue.categories set definition_en = 'The good ones, mostly'"
        " where category = 'satisfied'",
        {CLEAR}, "en: the definition does not name its measure",
    ),
    "a code retired into nowhere": (
        "update catalogue.categories set valid_to = date '2024-01-01' where dimension = 'motive'"
        " and category = 'gift'; delete from catalogue.word_mappings where category = 'gift'",
        {RETIRED}, "retired without a successor",
    ),
    "a code retired and still given": (
        "update catalogue.categories set valid_to = date '2024-01-01', successor = 'status'"
        " where dimension = 'motive' and category = 'gift'",
        {RETIRED}, "a word still gives it",
    ),
    "a code retired into one that is itself retired": (
        "update catalogue.categories set valid_to = date '2024-01-01', successor = 'status'"
        " where dimension = 'motive' and category = 'gift';"
        "update catalogue.categories set valid_to = date '2024-02-01', successor = 'gift'"
        " where dimension = 'motive' and category = 'status';"
        "delete from catalogue.word_mappings where category in ('gift', 'status')",
        {RETIRED}, "retired without a successor that is in use",
    ),
    "a code retired into another dimension": (
        "update catalogue.categories set valid_to = date '2024-01-01', successor = 'family'"
        " where dimension = 'motive' and category = 'gift';"
        "delete from catalogue.word_mappings where category = 'gift'",
        {RETIRED, CODES}, "retired without a successor that is in use",
    ),
    "a retired code used again": (
        RETIRE_GIFT + "insert into catalogue.categories by name select * replace ("
        " 'Present for the house' as label_en, '家用礼品' as label_zh,"
        " date '2024-06-01' as valid_from, null as valid_to, null as successor)"
        " from catalogue.categories where dimension = 'motive' and category = 'gift'",
        {RETIRED, REACHED}, "retired, and its code is used again",
    ),
    "a successor of a code that is in use": (
        "update catalogue.categories set successor = 'status' where dimension = 'motive'"
        " and category = 'gift'",
        {RETIRED}, "has a successor and no day of retirement",
    ),
    "a code retired and still given by a band": (
        "update catalogue.categories set valid_to = date '2024-01-01', successor = 'silent'"
        " where dimension = 'engagement' and category = 'browsing'",
        {RETIRED}, "a band still gives it",
    ),
    "an alias of nothing": (
        "update catalogue.aliases set category = 'fish' where alias = 'whale'",
        {ALIASES}, "leads to no category that is in use",
    ),
    "an alias that is another's name": (
        "update catalogue.aliases set alias = 'Satisfied' where alias = 'whale'",
        {ALIASES}, "is the label of another category",
    ),
    "nowhere to put the unknown": (
        "delete from catalogue.categories where dimension = 'gender' and category = 'unknown'",
        {UNKNOWN}, "has neither unknown nor none",
    ),
    "a dimension without any rule": (
        "update catalogue.dimensions set answered_by = 'bands' where dimension = 'gender'",
        {UNKNOWN}, "has no row there",
    ),
    "a combination no rule names": (
        "delete from catalogue.segment_rules where segment = 'regular'",
        {RULES, REACHED}, "no row decides this case",
    ),
    "a rule that rules above it have used up": (
        "insert into catalogue.segment_rules select * replace (235 as precedence)"
        " from catalogue.segment_rules where segment = 'new'",
        {RULES}, "this row never decides",
    ),
    "a segment nobody acts on": (
        "delete from catalogue.playbook where segment = 'core'",
        {PLAYBOOK, ACTIONS}, "core",
    ),
    "a satisfaction without an action": (
        "update catalogue.playbook set satisfaction = 'satisfied' where action = 'upgrade_offer'",
        {ACTIONS}, "potential neutral",
    ),
    "an action that another one is always before": (
        "update catalogue.playbook set precedence = 200 where action = 'repair';"
        "update catalogue.playbook set precedence = 100 where action <> 'repair'",
        {ACTIONS}, "all 200 any dissatisfied",
    ),
    "a misspelt condition": (
        "update catalogue.playbook set satisfaction = 'disatisfied' where action = 'repair'",
        {ACTIONS, CODES}, "disatisfied",
    ),
    "a move of no kind": (
        "delete from catalogue.moves where direction = 'down' and dimension = 'any'",
        {MOVES}, "no row decides this case",
    ),
    "a rule of moves that comes too late": (
        "update catalogue.moves set precedence = 999 where dimension = 'price_sensitivity'",
        {MOVES}, "all 999 price_sensitivity",
    ),
    "a cell of a scheme without a name": (
        "delete from catalogue.preset_rules where preset = 'klaviyo_rfm' and precedence = 140",
        {PRESETS}, "klaviyo_rfm 1 1 ",
    ),
    "a rule of a scheme that comes too late": (
        "insert into catalogue.preset_rules select * replace (999 as precedence)"
        " from catalogue.preset_rules where preset = 'klaviyo_rfm' and precedence = 10",
        {PRESETS}, "klaviyo_rfm 999",
    ),
    "a category of a scheme without a name": (
        "delete from catalogue.preset_categories where preset = 'bank' and category = 'ordinary'",
        {PRESET_NAMES}, "ordinary",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_row_fails_its_proof_which_says_where_and_why(case):
    statement, expected, said = BROKEN[case]
    statements = [s.replace("catalogue.word_mappings", "raw_codes.word_mappings")
                  for s in statement.split(";")]  # fmt: skip
    found = failing_proofs(statements)
    assert found.keys() == expected
    assert said in str(found)


# -- a row is enough ------------------------------------------------------------------------

MARTS = ("customer_segment_memberships", "membership_summary", "customer_segments")


def member(result, customer_id, dimension):
    """What customer_segment_memberships says: category, English and Chinese label."""
    (row,) = [
        row for row in result.table("customer_segment_memberships")
        if row["customer_id"] == customer_id and row["dimension"] == dimension
    ]  # fmt: skip
    return row["category"], row["category_label_en"], row["category_label_zh"]


def buyers(*numbers_of_orders):
    """One customer c0, c1, … with so many orders in the last weeks."""
    shop = Shop()
    for nth, orders in enumerate(numbers_of_orders):
        shop.customer(f"c{nth}", acquisition_channel="抖音" if nth else "billboard")
        for ago in range(1, orders + 1):
            shop.order(f"c{nth}", ago=ago)
    return shop


def test_a_new_category_is_a_row_and_a_band():
    shop = buyers(5, 12)
    shop.catalogue = [
        "update catalogue.bands set below = 10 where dimension = 'purchase_frequency'"
        " and category = 'high'",
        "insert into catalogue.bands by name select 'purchase_frequency' as dimension,"
        " 50 as precedence, 'constant' as category, 'orders_365d' as measure, 10 as at_least",
        "insert into catalogue.categories by name select 'purchase_frequency' as dimension,"
        " 'constant' as category, 50 as category_rank, 'Constant buyer' as label_en,"
        " '超高频' as label_zh, '10 or more valid orders within 365 days' as definition_en,"
        " '365 天内 10 笔及以上有效订单' as definition_zh",
    ]
    assert failing_proofs(shop.catalogue) == {}
    result = shop.build(models=MARTS)
    assert member(result, "c0", "purchase_frequency") == ("high", "High frequency", "高频")
    assert member(result, "c1", "purchase_frequency") == ("constant", "Constant buyer", "超高频")


NEW_BY_BANDS = [
    "insert into catalogue.dimensions by name select 'basket_habit' as dimension, 'Basket' as"
    " label_en, '购物节奏' as label_zh, 'Orders within 90 days' as definition_en,"
    " '90 天内的订单数' as definition_zh, 'bands' as answered_by, 'order' as measure_en,"
    " '订单' as measure_zh",
    "insert into catalogue.categories by name select 'basket_habit' as dimension, * from (values"
    " ('unknown', 10, 'Unknown', '未知', 'No order known', '没有已知订单'),"
    " ('calm', 20, 'Calm', '平缓', 'Fewer than 3 orders in 90 days', '90 天内订单不足 3 笔'),"
    " ('lively', 30, 'Lively', '活泼', '3 or more orders in 90 days', '90 天内订单 3 笔及以上'))"
    " as rows (category, category_rank, label_en, label_zh, definition_en, definition_zh)",
    "insert into catalogue.bands by name select 'basket_habit' as dimension, * from (values"
    " (10, 'calm', 'orders_90d', null, 3), (20, 'lively', 'orders_90d', 3, null))"
    " as rows (precedence, category, measure, at_least, below)",
]
NEW_BY_WORDS = [
    "insert into catalogue.dimensions by name select 'source_kind' as dimension, 'Source' as"
    " label_en, '来源类型' as label_zh, 'Source that brought the customer' as definition_en,"
    " '客户来源' as definition_zh, 'words' as answered_by, 'source' as measure_en,"
    " '来源' as measure_zh",
    "insert into catalogue.categories by name select 'source_kind' as dimension, * from (values"
    " ('unknown', 10, 'Unknown', '未知', 'Source not known', '来源不明'),"
    " ('paid', 20, 'Paid source', '付费来源', 'Source: paid for', '来源：付费'))"
    " as rows (category, category_rank, label_en, label_zh, definition_en, definition_zh)",
    "insert into raw_codes.word_mappings"
    " select 'source_kind', 'acquisition_channel', '抖音', 'paid'",
]


def test_a_new_dimension_over_a_number_or_a_word_needs_rows_and_no_sql():
    shop = buyers(2, 3)
    shop.catalogue = [*NEW_BY_BANDS, *NEW_BY_WORDS]
    assert failing_proofs(shop.catalogue) == {}
    result = shop.build(models=MARTS)
    assert member(result, "c0", "basket_habit") == ("calm", "Calm", "平缓")
    assert member(result, "c1", "basket_habit") == ("lively", "Lively", "活泼")
    assert member(result, "c0", "source_kind") == ("unknown", "Unknown", "未知")
    assert member(result, "c1", "source_kind") == ("paid", "Paid source", "付费来源")
    summary = {
        (row["dimension_label_zh"], row["category"]): row["customers"]
        for row in result.table("membership_summary")
        if row["dimension"] in ("basket_habit", "source_kind")
    }
    assert summary == {
        ("购物节奏", "unknown"): 0, ("购物节奏", "calm"): 1, ("购物节奏", "lively"): 1,
        ("来源类型", "unknown"): 1, ("来源类型", "paid"): 1,
    }  # fmt: skip


# -- history under the rule of its day ------------------------------------------------------

STRICTER = [
    # from 1 June 2024 on, active means 30 days
    "update catalogue.bands set valid_to = date '2024-06-01' where dimension = 'activity_status'"
    " and category in ('active', 'at_risk')",
    "insert into catalogue.bands by name select 'activity_status' as dimension, * from (values"
    " (40, 'active', 'days_since_last_order', 0, null, 30, date '2024-06-01'),"
    " (50, 'at_risk', 'days_since_last_order', null, 30, 180, date '2024-06-01'))"
    " as rows (precedence, category, measure, at_least, above, up_to, valid_from)",
]


@pytest.mark.parametrize(
    ("rules", "stays"),
    [
        ("of_the_day", ["new 2024-04-01", "active 2024-05-02", "at_risk 2024-06-01"]),
        ("today", ["new 2024-04-01", "at_risk 2024-05-02"]),
    ],
)  # fmt: skip
def test_history_is_told_under_the_rules_of_its_day_or_under_todays(rules, stays):
    shop = Shop(rules_in_force=rules)
    shop.customer("ann", created="2024-04-01")
    shop.order("ann", ordered_at="2024-04-01")
    shop.catalogue = STRICTER
    assert failing_proofs(STRICTER) == {}
    result = shop.build(models=("customer_segment_history", "int_activity_classified"))
    told = sorted(
        (row["valid_from"], row["category"]) for row in result.table("customer_segment_history")
        if row["dimension"] == "activity_status"
    )  # fmt: skip
    assert [f"{category} {day}" for day, category in told] == stays
    observed = {
        r["observed_on"]: r["activity_status"] for r in result.table("int_activity_classified")
    }
    in_may = {"of_the_day": "active", "today": "at_risk"}[rules]
    assert observed[date(2024, 5, 31)] == in_may
    assert observed[date(2024, 6, 30)] == "at_risk"
