"""Awkward files: which are the truth, which rows wait for staging, which files are refused."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from lib.loading.decode import decode
from loading_bench import ORDERS, Bench

CLEAN = [("1", "A", "2024-01-01", "10.5"), ("2", "B", "2024-01-02", "20")]
COLUMNS = "order_id, customer_id, ordered_at, gross_amount"
BODY = "1,A,2024-01-01,10.5\n2,B,2024-01-02,20\n"
CLEAN_CSV = ORDERS + BODY
CHINESE = "订单编号,客户,下单日期,金额\n1,张三,2024-01-01,10.5\n2,李四,2024-01-02,20\n"
CHINESE_COLUMNS = {
    "order_id": "订单编号",
    "customer_id": "客户",
    "ordered_at": "下单日期",
    "gross_amount": "金额",
}
CHINESE_ROWS = [("1", "张三", "2024-01-01", "10.5"), ("2", "李四", "2024-01-02", "20")]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


ACCEPTED: dict[str, str | bytes] = {
    "clean": CLEAN_CSV,
    "extra column": "order_id,note,customer_id,ordered_at,gross_amount\n"
    "1,x,A,2024-01-01,10.5\n2,,B,2024-01-02,20\n",
    "reordered columns": "gross_amount,ordered_at,customer_id,order_id\n"
    "10.5,2024-01-01,A,1\n20,2024-01-02,B,2\n",
    "upper-case headers": CLEAN_CSV.replace(ORDERS, ORDERS.upper()),
    "spaced headers": CLEAN_CSV.replace(
        ORDERS, " Order  ID , Customer ID,Ordered_At ,gross amount\n"
    ),
    "UTF-8 with byte order mark": b"\xef\xbb\xbf" + CLEAN_CSV.encode(),
    "UTF-16, little end first": CLEAN_CSV.encode("utf-16"),
    "UTF-16, big end first": b"\xfe\xff" + CLEAN_CSV.encode("utf-16-be"),
    "CRLF": CLEAN_CSV.replace("\n", "\r\n"),
    "CRLF and LF mixed": CLEAN_CSV.replace("\n", "\r\n", 1),
    "CR alone": CLEAN_CSV.replace("\n", "\r"),
    "no line end at the end": CLEAN_CSV.rstrip("\n"),
    "blank lines": "\n" + ORDERS + "\n" + BODY.replace("\n", "\n\n"),
    "semicolons": CLEAN_CSV.replace(",", ";"),
    "tabs": CLEAN_CSV.replace(",", "\t"),
    "bars": CLEAN_CSV.replace(",", "|"),
    "everything quoted": re.sub(r"([^,\n]+)", r'"\1"', CLEAN_CSV),
    "a delimiter at every line's end": CLEAN_CSV.replace("\n", ",\n"),
}


@pytest.mark.parametrize("content", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_a_file_that_is_only_written_differently_is_the_truth(
    bench: Bench, content: str | bytes
) -> None:
    bench.write("orders.csv", content)
    result = bench.load_orders()
    assert result.rows_unreadable == 0
    assert bench.orders(COLUMNS) == CLEAN


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_chinese_text_is_read_in_any_of_its_encodings(bench: Bench, encoding: str) -> None:
    bench.write("orders.csv", CHINESE.encode(encoding))
    bench.load({"orders": {"file": "orders.csv", "columns": CHINESE_COLUMNS}})
    assert bench.orders(COLUMNS) == CHINESE_ROWS


VALUES = {
    "quoted newline": ('"first\nsecond"', "first\nsecond"),
    "quoted delimiter and quotes": ('"a, ""b"""', 'a, "b"'),
    "quote within a value": ('5" pipe', '5" pipe'),
    "leading zeros": ("007", "007"),
    "formula": ("=1+1", "=1+1"),
    "trailing space": ("A ", "A "),
    "emoji and rare hanzi": ("😀𠮷", "😀𠮷"),
    "SQL": ("'); drop table raw.orders; --", "'); drop table raw.orders; --"),
    "the word NULL": ("NULL", "NULL"),
    "a comment sign": ("# 7", "# 7"),
    "exponent id": ("1.23E+11", "1.23E+11"),
}


@pytest.mark.parametrize(("written", "read"), VALUES.values(), ids=VALUES.keys())
def test_a_value_is_kept_as_it_stands(bench: Bench, written: str, read: str) -> None:
    bench.write("orders.csv", ORDERS + f"1,{written},2024-01-01,1\n2,B,2024-01-02,2\n")
    bench.load_orders()
    assert bench.orders("customer_id") == [(read,), ("B",)]


def test_a_field_of_ten_megabytes_is_a_field(bench: Bench) -> None:
    bench.write("orders.csv", ORDERS + f'1,"{"x" * 10_000_000}",2024-01-01,1\n2,B,2024-01-02,2\n')
    bench.load_orders()
    assert bench.orders("length(customer_id)") == [(10_000_000,), (1,)]


def test_a_file_name_is_no_pattern(bench: Bench) -> None:
    bench.write("orders[1].csv", CLEAN_CSV)
    bench.write("orders1.csv", ORDERS + "9,Z,2024-01-01,1\n")
    bench.load_orders("orders[1].csv")
    assert bench.orders(COLUMNS) == CLEAN


# What staging will reject (test_edge_cases_rows) must reach it as the file has it.
LEFT_TO_STAGING = {
    "a word for an amount": "1,A,2024-01-01,abc",
    "no such day": "1,A,2024-02-30,1",
    "ambiguous date": "1,A,03/04/2024,1",
    "negative": "1,A,2024-01-01,-5",
    "not a number": "1,A,2024-01-01,NaN",
    "infinite": "1,A,2024-01-01,inf",
    "thousands": '1,A,2024-01-01,"1,234.56"',
    "currency sign": "1,A,2024-01-01,¥12",
    "full-width digits": "1,A,2024-01-01,１２",
    "huge": "1,A,2024-01-01,1e30",
    "23 digits": "1,A,2024-01-01,12345678901234567890123",
    "year 1": "1,A,0001-01-01,1",
    "future": "1,A,2999-01-01,1",
    "blank id": ",A,2024-01-01,1",
    "blank amount": "1,A,2024-01-01,",
    "header again": "order_id,customer_id,ordered_at,gross_amount",
}


@pytest.mark.parametrize("row", LEFT_TO_STAGING.values(), ids=LEFT_TO_STAGING.keys())
def test_a_bad_value_reaches_staging_as_it_stood(bench: Bench, row: str) -> None:
    bench.write("orders.csv", ORDERS + "0,A,2024-01-01,1\n" + row + "\n")
    result = bench.load_orders()
    assert (result.rows_read, result.rows_unreadable) == (2, 0)
    expected = [value or None for value in row.replace('"1,234.56"', "1;234.56").split(",")]
    [read] = bench.rows(f"select {COLUMNS} from raw.orders where source_line = 2")
    assert [value and value.replace(",", ";") for value in read] == expected


def test_a_bad_value_after_many_good_rows_costs_none_of_them(bench: Bench) -> None:
    good = "".join(f"{i},A,2024-01-01,1\n" for i in range(30_000))
    bench.write("orders.csv", ORDERS + good + "x,A,2024-01-01,abc\n")
    assert bench.load_orders().rows_new == 30_001
    assert bench.rows("select source_line from raw.orders where gross_amount = 'abc'") == [
        (30_001,)
    ]


UNREADABLE = {
    "extra field": ("3,C,2024-01-03,3,x", "ragged_row"),
    "too few fields": ("3,C", "ragged_row"),
    "quote in a quoted value": ('3,"5" pipe",2024-01-03,3', "unreadable_row"),
}


@pytest.mark.parametrize(("row", "reason"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_row_that_cannot_be_parsed_is_kept_with_the_reason(
    bench: Bench, row: str, reason: str
) -> None:
    bench.write("orders.csv", ORDERS + "1,A,2024-01-01,10.5\n" + row + "\n2,B,2024-01-02,20\n")
    bench.load_orders(max_unreadable=0.5)
    assert bench.orders(COLUMNS) == CLEAN
    assert bench.rows("select source_line, reject_reasons, raw_row from raw.load_rejects") == [
        (2, reason, row)
    ]
    assert bench.rows("select source_line from raw.orders order by 1") == [(1,), (3,)]


@pytest.mark.parametrize("cut", ["3,C,2024-0", '3,"C'])
def test_a_cut_last_row_is_kept_with_the_reason(bench: Bench, cut: str) -> None:
    bench.write("orders.csv", CLEAN_CSV + cut)
    assert bench.load_orders(max_unreadable=0.5).rows_unreadable == 1
    assert bench.orders(COLUMNS) == CLEAN


MANY = "".join(f"{i},A,2024-01-01,{i}.00\n" for i in range(3, 3000))
REFUSED: dict[str, tuple[str | bytes, str]] = {
    "missing column": ("order_id,customer_id,ordered_at\n1,A,2024-01-01\n", "gross_amount"),
    "empty": ("", "is empty"),
    "blank lines only": ("\n\n", "is empty"),
    "header only": (ORDERS, "no rows"),
    "two columns of one name": (
        "order_id,Order ID,customer_id,ordered_at,gross_amount\n1,1,A,x,1\n",
        "'order_id' and 'Order ID'",
    ),
    "stray quote to the end": (CLEAN_CSV + '3,"C,2024-01-03,3\n' + MANY, "line 4"),
    "stray quote that meets another": (
        CLEAN_CSV + '3,"C,2024-01-03,3\n' + MANY + '9,"Z",2024-01-09,9\n' + MANY,
        "line 4",
    ),
    "a row of too few fields over two lines": (CLEAN_CSV + '3,"C\nD"\n', "line 4"),
    "stray quotes around whole rows": (
        CLEAN_CSV + '3,"C,2024-01-03,3\n' + MANY + '9,Z",2024-01-09,9\n' + MANY,
        "row 3",
    ),
    "NUL byte": (CLEAN_CSV.encode() + b"3,C\0,2024-01-03,3\n", "NUL byte in line 4"),
    "one invalid byte in Western text": (
        CLEAN_CSV.encode() + b"3,Caf\xe9,2024-01-03,3\n",
        "line 4",
    ),
    "one invalid byte in Chinese text": (
        CHINESE.encode() + "3,王".encode() + b"\xd3\xfa" + "五,2024-01-03,3\n".encode(),
        "line 4",
    ),
    "Western text of another encoding": (
        "".join(f"{i},Zoé Müller,2024-01-01,é\n" for i in range(50)).encode("cp1252"),
        "cp1252",
    ),
    "UTF-16 without byte order mark": (CLEAN_CSV.encode("utf-16-le"), "utf-16-le"),
    "gzip": (b"\x1f\x8b\x08\x00" + b"x" * 40, "gzip"),
    "a ZIP archive": (b"PK\x03\x04" + b"x" * 40, "ZIP"),
    "a carriage return within a row": (CLEAN_CSV + "3,C\rD,2024-01-03,3\n", "carriage return"),
}


@pytest.mark.parametrize(("content", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_that_cannot_be_trusted_is_refused_in_one_sentence(
    bench: Bench, content: str | bytes, says: str
) -> None:
    bench.write("orders.csv", content)
    message = bench.refusal({"orders": {"file": "orders.csv"}}, max_unreadable=1.0)
    assert "orders.csv" in message and says in message


def test_a_named_encoding_is_taken_at_its_word(bench: Bench) -> None:
    bench.write("orders.csv", (ORDERS + "1,Zoé,2024-01-01,1\n").encode("cp1252"))
    bench.load({"orders": {"file": "orders.csv"}}, options={"encoding": "cp1252"})
    assert bench.orders("customer_id") == [("Zoé",)]
    for encoding, says in (("ascii", "after line 1"), ("klingon", "klingon")):
        options = {"encoding": encoding}
        assert says in bench.refusal({"orders": {"file": "orders.csv", "options": options}})


def parquet(folder: Path) -> bytes:
    duckdb.sql(
        "select '1' as order_id, 'A' as customer_id, '2024-01-01' as ordered_at, 1 as gross_amount"
    ).write_parquet(str(folder / "whole.parquet"))
    return (folder / "whole.parquet").read_bytes()


def truncated_parquet(folder: Path) -> None:
    (folder / "orders.bin").write_bytes(parquet(folder)[:-20])


def empty_parquet(folder: Path) -> None:
    duckdb.sql("select 1 as order_id where false").write_parquet(str(folder / "orders.bin"))


def encrypted_workbook(folder: Path) -> None:
    """What Excel writes for a workbook with a password begins and reads like this."""
    streams = "EncryptionInfo".encode("utf-16-le") + "EncryptedPackage".encode("utf-16-le")
    (folder / "orders.bin").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + streams)


def damaged_workbook(folder: Path) -> None:
    openpyxl.Workbook().save(folder / "orders.xlsx")
    (folder / "orders.xlsx").write_bytes((folder / "orders.xlsx").read_bytes()[:1000])


def empty_workbook(folder: Path) -> None:
    openpyxl.Workbook().save(folder / "orders.xlsx")


def directory(folder: Path) -> None:
    (folder / "orders.bin").mkdir()


def json_array(folder: Path) -> None:
    (folder / "orders.json").write_text('[{"order_id": 1},\n {"order_id": 2}]\n')


def link_outside(folder: Path) -> None:
    (folder / "orders.bin").symlink_to("/etc/hostname")


WRONG: dict[Callable[[Path], None], str] = {
    truncated_parquet: "damaged",
    empty_parquet: "no rows",
    encrypted_workbook: "password",
    damaged_workbook: "workbook",
    empty_workbook: "empty",
    directory: "folder",
    json_array: "one object per line",
    link_outside: "leaves the folder",
}


@pytest.mark.parametrize(
    ("make", "says"), WRONG.items(), ids=lambda part: getattr(part, "__name__", "")
)
def test_what_is_no_table_at_all_is_refused(
    bench: Bench, make: Callable[[Path], None], says: str
) -> None:
    make(bench.folder)
    assert says in bench.refusal({"orders": {"file": "orders.*"}})


def test_a_file_that_grows_while_it_is_read_is_refused(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = bench.write("orders.csv", CLEAN_CSV)

    def grow(*arguments: Any, **options: Any) -> Any:
        text = decode(*arguments, **options)
        path.write_text(CLEAN_CSV + "3,C,2024-01-03,3\n")
        return text

    monkeypatch.setattr("lib.loading.sources.decode", grow)
    assert "changed while it was read" in bench.refusal({"orders": {"file": "orders.csv"}})
