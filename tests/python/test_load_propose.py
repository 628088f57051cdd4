"""Proposed mappings: what a file is and how it is written is found from the file itself."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from lib.errors import UserError
from lib.loading import load_mapping
from lib.loading.propose import SYNONYMS, propose_mapping
from lib.warehouse import raw_tables
from load_raw import main
from loading_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def proposed(bench: Bench, *names: str) -> str:
    """Propose, load the proposal untouched, and give its text."""
    text = propose_mapping([bench.folder / name for name in names])
    mapping = bench.write("proposed.yml", text)
    load_mapping(bench.connection, mapping, None, date(2024, 6, 1))
    bench.assert_reconciled()
    return text


def test_english_exports_are_recognised(bench: Bench) -> None:
    bench.write(
        "shop-orders.csv",
        "Order No;Client ID;Purchase Date;Order Total;Order Status\n"
        "1;7;28.02.2024 10:00;1.234,50 €;paid\n2;8;01.03.2024 11:30;20,00 €;paid\n",
    )
    bench.write(
        "clients.csv", "Client ID,E-Mail,Full Name,Date of Birth\n7,a@x.com,Ann,1980-01-02\n"
    )
    text = proposed(bench, "shop-orders.csv", "clients.csv")
    assert "CHECK" in text and "not found:" in text
    assert bench.orders("order_id, customer_id, ordered_at, gross_amount, status") == [
        ("1", "7", "2024-02-28 10:00:00", "1234.5", "paid"),
        ("2", "8", "2024-03-01 11:30:00", "20", "paid"),
    ]
    assert bench.rows("select customer_id, email, name, birth_date from raw.customers") == [
        ("7", "a@x.com", "Ann", "1980-01-02")
    ]


def test_chinese_exports_are_recognised(bench: Bench) -> None:
    bench.write(
        "成交记录.csv",
        '订单编号,会员号,下单时间,实付金额(元)\nD1,M1,2024年5月1日 10:30,"¥1,280.00"\n'.encode(
            "gb18030"
        ),
    )
    bench.write(
        "会员.csv", "会员号,姓名,手机号码,性别,出生日期,所在省份\nM1,张三,138,女,1990-01-01,上海\n"
    )
    proposed(bench, "成交记录.csv", "会员.csv")
    assert bench.orders("order_id, customer_id, ordered_at, gross_amount") == [
        ("D1", "M1", "2024-05-01 10:30:00", "1280")
    ]
    assert bench.rows("select customer_id, name, phone, gender, region from raw.customers") == [
        ("M1", "张三", "138", "女", "上海")
    ]


def test_order_lines_that_carry_their_own_totals_become_orders_and_items(bench: Bench) -> None:
    """As supermarkets write them: no price, and the sum of each line."""
    bench.write(
        "transactions.csv",
        "household_id,store_id,basket_id,product_id,quantity,sales_value,transaction_timestamp\n"
        "1,330,B1,P,2,5.00,2017-01-01 11:53:26\n1,330,B1,Q,1,1.50,2017-01-01 11:53:26\n"
        "2,330,B2,P,1,2.50,2017-01-02 09:00:00\n",
    )
    bench.write("demographics.csv", "household_id,age,income\n1,65+,35-49K\n2,45-54,50-74K\n")
    bench.write("products.csv", "product_id,brand\nP,Own\nQ,Own\nR,Own\n")
    proposed(bench, "transactions.csv", "demographics.csv", "products.csv")
    assert bench.orders("order_id, customer_id, gross_amount") == [
        ("B1", "1", "6.5"),
        ("B2", "2", "2.5"),
    ]
    items = "order_id, product_id, quantity, net_amount"
    assert bench.rows(f"select {items} from raw.order_items order by all") == [
        ("B1", "P", "2", "5"),
        ("B1", "Q", "1", "1.5"),
        ("B2", "P", "1", "2.5"),
    ]
    assert bench.rows("select customer_id from raw.customers order by all") == [("1",), ("2",)]
    products = bench.rows("select product_id, brand from raw.products order by all")
    assert products == [("P", "Own"), ("Q", "Own"), ("R", "Own")]


def test_order_lines_become_orders_items_products_customers_and_refunds(bench: Bench) -> None:
    bench.write(
        "sales.csv",
        "Order,Stock Code,Description,Qty,Invoice Date,Unit Price,Customer,Country\n"
        "1,P,Pot,2,12/31/2023 8:26,2.50,A,DE\n1,Q,Pan,1,12/31/2023 8:26,1,A,DE\n"
        "2,P,Pot,-1,12/31/2023 9:00,2.50,A,DE\n",
    )
    proposed(bench, "sales.csv")
    assert bench.orders("order_id, customer_id, ordered_at, gross_amount") == [
        ("1", "A", "2023-12-31 08:26:00", "6")
    ]
    assert bench.rows("select product_id, net_amount from raw.order_items order by 1") == [
        ("P", "5"),
        ("Q", "1"),
    ]
    assert bench.rows("select product_id, name from raw.products order by 1") == [
        ("P", "Pot"),
        ("Q", "Pan"),
    ]
    assert bench.rows("select customer_id, product_id, amount from raw.refunds") == [
        ("A", "P", "2.5")
    ]
    assert bench.rows("select customer_id, region from raw.customers") == [("A", "DE")]


def test_a_total_on_every_line_is_taken_once(bench: Bench) -> None:
    bench.write(
        "orders.csv",
        "order_id,customer_id,date,total,sku\n1,A,2024-01-01,9,P\n1,A,2024-01-01,9,Q\n2,B,2024-01-02,5,P\n",
    )
    text = proposed(bench, "orders.csv")
    assert "the same on every row of an order" in text
    assert bench.orders() == [("1", "9"), ("2", "5")]


def test_a_date_that_can_be_read_in_two_ways_is_said_so(bench: Bench) -> None:
    bench.write("orders.csv", "order_id,customer,date,amount\n1,A,03/04/2024,5\n")
    assert "if the month is first" in proposed(bench, "orders.csv")


def test_what_is_missing_stands_in_the_proposal(bench: Bench) -> None:
    bench.write("orders.csv", "order_id,customer_id,amount\n1,A,5\n")
    bench.write("odd.csv", "foo,bar\n1,2\n")
    text = propose_mapping([bench.folder / "orders.csv", bench.folder / "odd.csv"])
    assert "MISSING, required: ordered_at" in text
    assert "odd.csv fits no raw table: its columns are foo, bar" in text
    mapping = bench.write("proposed.yml", text)
    with pytest.raises(UserError, match="ordered_at"):
        load_mapping(bench.connection, mapping, None)


def test_the_command_writes_the_proposal_once(bench: Bench) -> None:
    orders = bench.write("orders.csv", "order_id,customer_id,date,amount\n1,A,2024-01-01,5\n")
    out = str(bench.folder / "mine.yml")
    run = CliRunner().invoke(main, ["--init", str(orders), "--out", out])
    assert "is written" in run.output and yaml.safe_load(Path(out).read_text())["tables"]["orders"]
    again = CliRunner().invoke(main, ["--init", str(orders), "--out", out])
    assert isinstance(again.exception, UserError)
    assert isinstance(CliRunner().invoke(main, ["--init"]).exception, UserError)


def test_synonyms_name_only_tables_and_columns_of_the_contract() -> None:
    synonyms = yaml.safe_load(SYNONYMS.read_text(encoding="utf-8"))
    assert set(synonyms) == {*raw_tables(), "order_lines"}
    for name, table in raw_tables().items():
        assert set(synonyms[name]["columns"]) <= {column.name for column in table.data_columns}
