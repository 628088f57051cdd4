"""Mappings: the shipped ones on exports as their makers write them, and what none may contain."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cdnow import master_file
from lib.errors import UserError
from lib.loading import LoadResult, load_mapping
from lib.loading.mapping import MAPPINGS, read_mapping, shipped_mappings
from loading_bench import ORDERS, Bench

SHOPIFY_ORDERS = """\
Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,\
Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,\
Lineitem quantity,\
Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,\
Lineitem taxable,Lineitem fulfillment status,Billing Name,Notes,Cancelled at,Payment Method,\
Payment Reference,Refunded Amount,Vendor,Id,Tags,Risk Level,Source,Lineitem discount
#1001,ann@example.com,paid,2024-05-01 10:00:09 -0400,fulfilled,,yes,USD,90.00,5.00,8.00,103.00,\
TEN,10.00,Standard,2024-05-01 10:00:00 -0400,2,Mug,30.00,,MUG-1,true,true,fulfilled,Ann Lee,"two
lines",,visa,c1,0.00,Pots,5550001,,Low,web,0.00
#1001,ann@example.com,,,,,,,,,,,,,,2024-05-01 10:00:00 -0400,1,Plate,40.00,,,true,true,\
fulfilled,,,,,,,Pots,,,,,5.00
#1002,bob@example.com,refunded,,,,no,USD,30.00,0.00,0.00,30.00,,0.00,,2024-05-02 09:00:00 -0400,1,\
Mug,30.00,,MUG-1,true,true,,Bob,,2024-05-03 08:00:00 -0400,visa,c2,30.00,Pots,5550002,,Low,pos,0.00
"""
SHOPIFY_CUSTOMERS = """\
Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,\
Default Address Address1,Default Address City,Default Address Province Code,\
Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,\
Total Spent,Total Orders,Note,Tax Exempt,Tags
'7210448301122,Ann,Lee,ann@example.com,yes,,1 Road,Elko,NV,US,89801,,\
'+17755550154,no,103.00,1,,no,vip
'7210448301123,Bob,,bob@example.com,no,,,,,,,,,no,0.00,1,,no,
"""
WOOCOMMERCE = """\
order_id,order_number,order_date,paid_date,status,shipping_total,fee_total,tax_total,cart_discount,\
order_discount,discount_total,order_total,order_subtotal,order_currency,payment_method,customer_id,\
customer_user,customer_email,billing_first_name,billing_last_name,billing_email,billing_phone,\
billing_country,line_item_1
11,11,9/6/2016  6:29:00,,completed,5.00,0,0,2.00,0,2.00,23.00,20.00,EUR,cod,7,7,eva@example.com,\
Eva,Roth,eva@example.com,030,DE,name:Mug|total:20.00
12,12,2016-09-07 08:00:00,,cancelled,0,0,0,0,0,0,9.00,9.00,EUR,cod,0,,,Guest,,guest@example.com,,DE,
"""
ZOHO_CONTACTS = """\
Record Id,Contact Owner.id,Contact Owner,Lead Source,First Name,Last Name,Account Name.id,\
Account Name,Email,Title,Phone,Mobile,Date of Birth,Email Opt Out,Created Time,Modified Time,\
Mailing City,Mailing State,Mailing Country
zcrm_4000000000001,zcrm_1,Sam,Web,Kay,Ng,zcrm_4000000000101,Acme,kay@example.com,CTO,,555,1980-02-03,\
false,2023-01-02 10:00:00,2024-01-02 10:00:00,Columbus,OH,US
"""
ZOHO_ACCOUNTS = """\
Record Id,Account Owner,Account Name,Phone,Account Type,Industry,Billing State,Billing Country,\
Created Time,Modified Time
zcrm_4000000000101,Sam,Acme,1,Customer,Retail,OH,US,2023-01-01 10:00:00,2023-01-01 10:00:00
"""
ZOHO_DEALS = """\
Record Id,Deal Owner.id,Deal Owner,Amount,Deal Name,Closing Date,Account Name.id,Account Name,\
Stage,Type,Probability (%),Lead Source,Contact Name.id,Contact Name,Created Time,Modified Time
zcrm_4000000000201,zcrm_1,Sam,1200.50,Pots,2024-02-01,zcrm_4000000000101,Acme,Closed Won,New,\
100,Web,zcrm_4000000000001,Kay Ng,2024-01-01 10:00:00,2024-02-01 10:00:00
zcrm_4000000000202,zcrm_1,Sam,90,Pans,2024-02-09,zcrm_4000000000101,Acme,Closed Won,New,100,Web,,,\
2024-01-01 10:00:00,2024-02-09 10:00:00
zcrm_4000000000203,zcrm_1,Sam,70,Lids,2024-03-01,zcrm_4000000000101,Acme,Negotiation,New,50,Web,,,\
2024-01-01 10:00:00,2024-02-09 10:00:00
"""
ONLINE_RETAIL = """\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,HOLDER,6,12/1/2010 8:26,2.55,17850.0,United Kingdom
536365,71053,LANTERN,2,12/1/2010 8:26,3.39,17850.0,United Kingdom
536370,22728,CLOCK,1,7/1/2011 9:00,3.75,,France
C536379,85123A,HOLDER,-1,12/1/2010 9:41,2.55,17850.0,United Kingdom
C536379,85123A,HOLDER,-2,12/1/2010 9:41,2.50,17850.0,United Kingdom
536414,22139,,-56,12/1/2010 11:52,0,,United Kingdom
A563185,B,Adjust bad debt,1,8/12/2011 14:50,11062.06,,United Kingdom
"""
OLIST = {
    "olist_customers_dataset.csv": "customer_id,customer_unique_id,customer_zip_code_prefix,"
    "customer_city,customer_state\nc1,u1,1,sp,SP\nc2,u1,1,sp,SP\n",
    "olist_orders_dataset.csv": "order_id,customer_id,order_status,order_purchase_timestamp,"
    "order_approved_at,order_delivered_carrier_date,order_delivered_customer_date,"
    "order_estimated_delivery_date\no1,c1,delivered,2018-01-10 10:00:00,,,,\n"
    "o2,c2,canceled,2018-01-11 10:00:00,,,,\n",
    "olist_order_items_dataset.csv": "order_id,order_item_id,product_id,seller_id,"
    "shipping_limit_date,price,freight_value\no1,1,p1,s,2018-01-12 10:00:00,58.90,13.29\n"
    "o1,2,p1,s,2018-01-12 10:00:00,58.90,13.29\n",
    "olist_products_dataset.csv": "product_id,product_category_name,product_name_lenght\n"
    "p1,beleza_saude,40\np2,,\n",
    "product_category_name_translation.csv": "\ufeffproduct_category_name,"
    "product_category_name_english\nbeleza_saude,health_beauty\n",
    "olist_order_reviews_dataset.csv": "review_id,order_id,review_score,review_comment_title,"
    'review_comment_message,review_creation_date,review_answer_timestamp\nr1,o1,5,,"bom,\r\nobrigado"'
    ",2018-01-18 00:00:00,2018-01-18 21:46:59\n",
}
JAFFLE = {
    "raw_customers.csv": "id,name\nc1,Stephanie Love\n",
    "raw_orders.csv": "id,customer,ordered_at,store_id,subtotal,tax_paid,order_total\n"
    "o1,c1,2024-09-01T15:01:00,s1,1199,72,1271\n",
    "raw_items.csv": "id,order_id,sku\ni1,o1,JAF-001\ni2,o1,GONE\n",
    "raw_products.csv": "sku,name,type,price,description\n"
    'JAF-001,nutellaphone,jaffle,1199,"a, b"\n',
}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def shipped(bench: Bench, name: str) -> dict[str, LoadResult]:
    results = load_mapping(bench.connection, MAPPINGS / name, bench.folder, date(2024, 6, 1))
    bench.assert_reconciled()
    return {f"{result.raw_table} {result.source_name}": result for result in results}


def test_every_shipped_mapping_is_read_and_described() -> None:
    names = {Path(name).name for name in shipped_mappings()}
    assert names >= {
        "shopify.yml",
        "woocommerce.yml",
        "zoho_crm.yml",
        "fxiaoke.yml",
        "online_retail.yml",
        "olist.yml",
        "cdnow.yml",
        "jaffle_shop.yml",
    }
    assert all(shipped_mappings().values())


def test_shopify_orders_stand_on_the_first_of_their_lines(bench: Bench) -> None:
    bench.write("orders_export_1.csv", SHOPIFY_ORDERS)
    bench.write("customers_export.csv", SHOPIFY_CUSTOMERS)
    results = shipped(bench, "shopify.yml")
    assert results["orders orders_export_1.csv"].rows_left_out == 1
    assert bench.orders(
        "order_id, customer_id, email, ordered_at, gross_amount, discount_amount, cancelled_at"
    ) == [
        ("#1001", None, "ann@example.com", "2024-05-01 14:00:00", "100", "10.00", None),
        (
            "#1002",
            None,
            "bob@example.com",
            "2024-05-02 13:00:00",
            "30",
            "0.00",
            "2024-05-03 12:00:00",
        ),
    ]
    assert bench.rows(
        "select order_id, product_id, net_amount from raw.order_items order by all"
    ) == [
        ("#1001", "MUG-1", "60"),
        ("#1001", "Plate", "35"),
        ("#1002", "MUG-1", "30"),
    ]
    assert bench.rows("select order_id, amount from raw.refunds") == [("#1002", "30.00")]
    assert bench.rows(
        "from raw.customers select customer_id, name, phone, has_marketing_consent"
    ) == [
        ("7210448301122", "Ann Lee", "+17755550154", True),
        ("7210448301123", "Bob", None, False),
    ]


def test_woocommerce_guests_have_no_customer_id(bench: Bench) -> None:
    bench.write("order_export_2016.csv", WOOCOMMERCE)
    shipped(bench, "woocommerce.yml")
    assert bench.orders("order_id, customer_id, email, ordered_at, status, gross_amount") == [
        ("11", "7", "eva@example.com", "2016-09-06 06:29:00", "completed", "20.00"),
        ("12", None, "guest@example.com", "2016-09-07 08:00:00", "cancelled", "9.00"),
    ]
    assert bench.rows("select customer_id, name from raw.customers") == [("7", "Eva Roth")]


def test_a_won_deal_of_zoho_is_an_order_of_its_contact_or_company(bench: Bench) -> None:
    bench.write("Contacts_2024.csv", ZOHO_CONTACTS)
    bench.write("Deals_2024.csv", ZOHO_DEALS)
    bench.write("Accounts_2024.csv", ZOHO_ACCOUNTS)
    results = shipped(bench, "zoho_crm.yml")
    assert results["orders Deals_2024.csv"].rows_left_out == 1
    assert "Currency" in results["orders Deals_2024.csv"].notes[0]
    assert bench.orders("customer_id, ordered_at, gross_amount") == [
        ("4000000000001", "2024-02-01", "1200.50"),
        ("4000000000101", "2024-02-09", "90"),
    ]
    assert bench.rows("select customer_id, name, birth_date from raw.customers order by 1") == [
        ("4000000000001", "Kay Ng", "1980-02-03"),
        ("4000000000101", "Acme", None),
    ]


def test_a_chinese_crm_is_read_from_workbook_and_gbk_text(bench: Bench) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["客户名称", "客户级别", "客户类型", "行业", "省", "电话", "客户来源", "创建时间"])
    sheet.append(
        ["上海某某公司", "A", "企业", "零售", "上海", 13800000000, "展会", "2023/03/01 08:30"]
    )
    book.save(bench.folder / "客户.xlsx")
    bench.write(
        "销售订单.csv",
        "销售订单编号,客户名称,成交日期,成交金额,订单状态\n"
        'SO-1,上海某某公司,2024/5/1,"￥12,800.50",已成交\nSO-2,上海某某公司,,100,跟进中\n'.encode(
            "gbk"
        ),
    )
    results = shipped(bench, "fxiaoke.yml")
    assert results["orders 销售订单.csv"].rows_left_out == 1
    assert bench.orders("order_id, customer_id, ordered_at, gross_amount, status") == [
        ("SO-1", "上海某某公司", "2024-05-01", "12800.5", "已成交")
    ]
    assert bench.rows(
        "select customer_id, created_at, phone, customer_type from raw.customers"
    ) == [("上海某某公司", "2023-03-01 00:30:00", "13800000000", "企业")]


def test_online_retail_lines_become_orders_and_credit_notes(bench: Bench) -> None:
    bench.write("Online Retail.csv", ONLINE_RETAIL)
    results = shipped(bench, "online_retail.yml")
    orders = results["orders Online Retail.csv"]
    assert (orders.rows_read, orders.rows_left_out, orders.rows_grouped) == (2, 4, 1)
    assert bench.orders("order_id, customer_id, ordered_at, gross_amount") == [
        ("536365", "17850", "2010-12-01 08:26:00", "22.08"),
        ("536370", None, "2011-07-01 08:00:00", "3.75"),
    ]
    assert bench.rows(
        "select refund_id, order_id, customer_id, product_id, amount from raw.refunds"
    ) == [("C536379-85123A", None, "17850", "85123A", "7.55")]
    assert bench.rows(
        "select count(*), sum(net_amount::decimal(18, 2))::varchar from raw.order_items"
    ) == [(3, "25.83")]
    assert bench.rows("select customer_id from raw.customers") == [("17850",)]


def test_olist_amounts_come_from_the_items_and_reviews_find_their_customer(bench: Bench) -> None:
    for name, content in OLIST.items():
        bench.write(name, content)
    shipped(bench, "olist.yml")
    assert bench.orders("order_id, ordered_at, status, gross_amount") == [
        ("o1", "2018-01-10 12:00:00", "delivered", "117.8"),
        ("o2", "2018-01-11 12:00:00", "canceled", "0"),
    ]
    assert bench.rows("select raw_customer_id, customer_id from raw.customer_ids order by 1") == [
        ("c1", "u1"),
        ("c2", "u1"),
    ]
    assert bench.rows("select customer_id, score, given_at from raw.feedback") == [
        ("c1", "5", "2018-01-18 23:46:59")
    ]
    assert bench.rows("select product_id, category from raw.products order by 1") == [
        ("p1", "health_beauty"),
        ("p2", None),
    ]


def test_jaffle_shop_cents_become_money(bench: Bench) -> None:
    for name, content in JAFFLE.items():
        bench.write(name, content)
    shipped(bench, "jaffle_shop.yml")
    assert bench.orders("gross_amount, ordered_at") == [("11.99", "2024-09-01T15:01:00")]
    assert bench.rows(
        "select product_id, net_amount from raw.order_items order by order_item_id"
    ) == [
        ("JAF-001", "11.99"),
        ("GONE", None),
    ]


def test_cdnow_is_read_whole(bench: Bench) -> None:
    """69,659 purchases of 23,570 customers (Fader, Hardie and Lee 2005)."""
    bench.write("CDNOW_master.txt", master_file().read_bytes())
    results = shipped(bench, "cdnow.yml")
    assert results["orders CDNOW_master.txt"].rows_left_out == 1, "the header of this copy"
    assert bench.rows("select count(*), count(distinct order_id) from raw.orders") == [
        (69_659, 69_659)
    ]
    assert bench.rows("select count(*) from raw.customers") == [(23_570,)]
    assert bench.rows(
        "select min(ordered_at), max(ordered_at), sum(gross_amount::decimal(18, 2))::varchar"
        " from raw.orders"
    ) == [("1997-01-01", "1998-06-30", "2500315.63")]


WRONG_MAPPINGS: dict[str, tuple[Any, str]] = {
    "unknown table": ({"order": {"file": "orders.csv"}}, "did you mean orders?"),
    "unknown column": (
        {"orders": {"file": "orders.csv", "columns": {"orderid": "order_id"}}},
        "did you mean order_id?",
    ),
    "unknown key": ({"orders": {"file": "orders.csv", "colums": {}}}, "did you mean columns?"),
    "missing required column": (
        {"orders": {"file": "orders.csv", "columns": {"order_id": "order_id"}}},
        "customer_id",
    ),
    "SQL for a table": (
        {'orders"; drop table raw.loads; --': {"file": "orders.csv"}},
        "unknown raw table",
    ),
    "a path outside": ({"orders": {"file": "../orders.csv"}}, "leaves the folder"),
    "an absolute path": ({"orders": {"file": "/etc/passwd"}}, "leaves the folder"),
    "a file that is not there": ({"orders": {"file": "order.csv"}}, "no order.csv"),
    "neither file nor database": ({"orders": {"where": "true"}}, "either a file or a database"),
    "a database without table": ({"orders": {"database": "x.db"}}, "goes with a table"),
    "no tables": ({}, "names no table"),
    "a pattern without files": ({"orders": {"file": "2024/*.csv"}}, "no 2024/*.csv"),
    "a list for a table": ({"orders": ["orders.csv"]}, "not a map"),
    "a wrong option": (
        {"orders": {"file": "orders.csv", "options": {"sep": ";"}}},
        "unknown key 'sep'",
    ),
    "two characters for a delimiter": (
        {"orders": {"file": "orders.csv", "options": {"delimiter": "||"}}},
        "one character",
    ),
    "groups without columns": (
        {"orders": {"file": "orders.csv", "group_by": "order_id"}},
        "groups rows",
    ),
}


@pytest.mark.parametrize(("tables", "says"), WRONG_MAPPINGS.values(), ids=WRONG_MAPPINGS.keys())
def test_a_wrong_mapping_is_refused_in_one_sentence(bench: Bench, tables: Any, says: str) -> None:
    bench.write("orders.csv", ORDERS + "1,A,2024-01-01,1\n")
    message = bench.refusal(tables)
    assert "mapping.yml" in message and says in message


WRONG_EXPRESSIONS = {
    "a sub-query": "(select 1)",
    "a file": "read_text('/etc/passwd')",
    "a file in a sub-query": "(select content from read_text('/etc/passwd'))",
    "two statements": "gross_amount; drop table raw.loads",
    "another table": "gross_amount) from read_csv('/etc/passwd') as t, (select 1",
    "a second column": "gross_amount, order_id",
    "a second select": "gross_amount) union select (1",
    "a star": "*",
    "the clock": "now()",
    "chance": "random()",
    "a sequence": "nextval('x')",
    "a setting": "current_setting('threads')",
    "a window": "row_number() over ()",
    "a lambda": "list_transform([1], lambda x: x)",
    "a parameter": "$1",
    "half of one": "gross_amount +",
    "an aggregate without a group": "sum(number(gross_amount))",
    "text taken for a number": "gross_amount * 2",
    "a cast that fails": "cast(customer_id as integer)",
    "an unknown time zone": "moment(ordered_at, '%d/%m/%Y %H:%M', 'Mars/Base')",
}


@pytest.mark.parametrize("expression", WRONG_EXPRESSIONS.values(), ids=WRONG_EXPRESSIONS.keys())
def test_an_expression_is_one_plain_scalar(bench: Bench, expression: str) -> None:
    bench.write("orders.csv", ORDERS + "1,A,01/02/2024 10:00,1\n")
    columns = {
        "order_id": "order_id",
        "customer_id": "customer_id",
        "ordered_at": "ordered_at",
        "gross_amount": expression,
    }
    message = bench.refusal({"orders": {"file": "orders.csv", "columns": columns}})
    assert "orders" in message


def test_an_expression_that_only_looks_like_two_is_taken_as_a_column(bench: Bench) -> None:
    bench.write("orders.csv", 'id,who,day,"Total (net), €"\n1,A,2024-01-01,5\n')
    columns = {"order_id": "ID", "customer_id": "who ", "ordered_at": "Day"}
    columns["gross_amount"] = "Total (net), €"
    bench.load({"orders": {"file": "orders.csv", "columns": columns}})
    assert bench.orders() == [("1", "5")]


def test_a_name_given_twice_is_refused_since_yaml_would_keep_the_last(bench: Bench) -> None:
    path = bench.write("mapping.yml", "tables:\n  orders: {file: a.csv}\n  orders: {file: b.csv}\n")
    with pytest.raises(UserError, match="'orders' twice"):
        read_mapping(path)


def test_a_mapping_that_is_no_yaml_is_refused(bench: Bench) -> None:
    path = bench.write("mapping.yml", "tables: {orders: [")
    with pytest.raises(UserError, match="not YAML"):
        read_mapping(path)
    with pytest.raises(UserError, match="cannot be read"):
        read_mapping(bench.folder / "none.yml")
