"""The kinds of bad input, one file each, and what must become of it.

A kind is loaded as the truth, or quarantined row by row with a reason, or refused in one sentence.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import openpyxl

HEADER = "order_id,customer_id,ordered_at,gross_amount"
ROWS = ("1,A,2024-01-01,10.5", "2,B,2024-01-02,20")
CUSTOMERS = "customer_id\nA\nB\n"
MANY = tuple(f"{line},A,2024-01-03,1" for line in range(100, 130))

Maker = Callable[[Path], None]


@dataclass(frozen=True)
class Kind:
    """One kind of bad input: files by name, or `make` to write them, and what becomes of them.

    `accepted` and `reasons` count the rows of `table` (reasons joined by `;` → rows);
    `says` is part of the sentence of a refusal. `tables` is the mapping, where it is not plain.
    """

    name: str
    files: dict[str, str | bytes] = field(default_factory=dict)
    make: Maker | None = None
    table: str = "orders"
    accepted: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    says: str = ""
    tables: dict[str, object] | None = None


def csv(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows]) + "\n"


def loaded(name: str, content: str | bytes, accepted: int = 2, **more: object) -> Kind:
    return Kind(name, {"orders.csv": content}, accepted=accepted, **more)  # type: ignore[arg-type]


def quarantined(name: str, *rows: str, header: str = HEADER, **reasons: int) -> Kind:
    """Bad rows after thirty-two good ones."""
    good = [*ROWS, *MANY]
    if header != HEADER:
        good = [row + "," * (header.count(",") - HEADER.count(",")) for row in good]
    known = {reason.replace("__", ";"): count for reason, count in reasons.items()}
    accepted = len(good) + len(rows) - sum(known.values())
    return Kind(
        name, {"orders.csv": csv(*good, *rows, header=header)}, accepted=accepted, reasons=known
    )


def refused(name: str, content: str | bytes, says: str) -> Kind:
    return Kind(name, {"orders.csv": content}, says=says)


def write(name: str, *queries: str) -> Maker:
    """Write a Parquet or JSON lines file of what a query gives."""

    def make(folder: Path) -> None:
        for query in queries:
            duckdb.sql(query).query("rows", f"copy (from rows) to '{folder / name}'")

    return make


AS_ROWS = (
    "select * from (values ('1', 'A', '2024-01-01', '10.5'), ('2', 'B', '2024-01-02', '20'))"
    " as rows (order_id, customer_id, ordered_at, gross_amount)"
)


def workbook(folder: Path) -> None:
    book = openpyxl.Workbook()
    for line in (HEADER, *ROWS):
        book.active.append(line.split(","))
    book.save(folder / "orders.xlsx")


def truncated_parquet(folder: Path) -> None:
    write("orders.parquet", AS_ROWS)(folder)
    path = folder / "orders.parquet"
    path.write_bytes(path.read_bytes()[:-20])


def encrypted_workbook(folder: Path) -> None:
    """What Excel writes for a workbook with a password begins and reads like this."""
    streams = "EncryptionInfo".encode("utf-16-le") + "EncryptedPackage".encode("utf-16-le")
    (folder / "orders.xlsx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + streams)


def directory(folder: Path) -> None:
    (folder / "orders.csv").mkdir()


CLEAN = csv(*ROWS)
GBK = csv("1,张三,2024-01-01,10.5", "2,李四,2024-01-02,20")
ANY = {"orders": {"file": "orders.*"}}

THE_TRUTH = [
    loaded("clean", CLEAN),
    loaded("extra column", csv(*(row + ",x" for row in ROWS), header=HEADER + ",note")),
    loaded(
        "reordered columns",
        csv("10.5,A,1,2024-01-01", header="gross_amount,customer_id,order_id,ordered_at"),
        1,
    ),
    loaded("upper-case headers", csv(*ROWS, header=HEADER.upper())),
    loaded("spaced headers", csv(*ROWS, header=" Order ID ,Customer  ID, Ordered at,Gross Amount")),
    loaded("byte order mark", b"\xef\xbb\xbf" + CLEAN.encode()),
    loaded("GBK", GBK.encode("gbk")),
    loaded("UTF-16", CLEAN.encode("utf-16")),
    loaded("newline in quotes", csv('1,"A\nB",2024-01-01,10.5', ROWS[1])),
    loaded("ids with leading zeros", csv("001,A,2024-01-01,1", "002,B,2024-01-01,1")),
    loaded("formula for an id", csv("=1+1,A,2024-01-01,1", "@x,-B,2024-01-01,1")),
    loaded("CRLF", CLEAN.replace("\n", "\r\n")),
    loaded("a field of 10 MB", csv(f'1,"{"x" * 10_000_000}",2024-01-01,1', ROWS[1])),
    loaded("ids with trailing spaces", csv("1 ,A ,2024-01-01,1", "2, B,2024-01-01,1")),
    loaded("times where days are", csv("1,A,2024-01-01 23:59:59,1", "2,A,2024-01-01T10:00:00Z,1")),
    loaded("emoji and rare hanzi", csv("1,😀,2024-01-01,1", "2,𠮷野家,2024-01-01,1")),
    loaded("SQL for an id", csv("1,'); drop table raw.orders; --,2024-01-01,1", ROWS[1])),
    loaded("semicolons", CLEAN.replace(",", ";")),
    loaded("tabs", CLEAN.replace(",", "\t")),
    Kind("JSON lines", make=write("orders.jsonl", AS_ROWS), accepted=2, tables=ANY),
    Kind("Parquet", make=write("orders.parquet", AS_ROWS), accepted=2, tables=ANY),
    Kind("Excel", make=workbook, accepted=2, tables=ANY),
    loaded("an order of a customer nobody knows", csv("1,nobody,2024-01-01,1"), 1),
    loaded("an amount of nothing", csv("1,A,2024-01-01,0"), 1),
]

BY_ROW = [
    quarantined("a word for an amount", "x,A,2024-01-01,abc", unreadable_amount=1),
    quarantined("no such day", "x,A,2024-02-30,1", unreadable_date=1),
    quarantined("a day that could be another", "x,A,03/04/2024,1", unreadable_date=1),
    quarantined("negative amount", "x,A,2024-01-01,-5", negative_amount=1),
    quarantined("NaN", "x,A,2024-01-01,NaN", unreadable_amount=1),
    quarantined(
        "infinities", "x,A,2024-01-01,inf", "y,A,2024-01-01,-Infinity", unreadable_amount=2
    ),
    quarantined("thousands separators", 'x,A,2024-01-01,"1,234.56"', unreadable_amount=1),
    quarantined("a currency sign", "x,A,2024-01-01,¥12", unreadable_amount=1),
    quarantined("full-width digits", "x,A,2024-01-01,１２", unreadable_amount=1),
    quarantined("an absurd amount", "x,A,2024-01-01,1e30", unreadable_amount=1),
    quarantined("an amount of 23 digits", f"x,A,2024-01-01,{'9' * 23}", unreadable_amount=1),
    quarantined("the same row three times", *["x,A,2024-01-01,1"] * 3, duplicate_row=2),
    quarantined(
        "two versions of an order",
        "x,A,2024-01-01,1,2024-01-02",
        "x,A,2024-01-01,2,2024-01-03",
        header=HEADER + ",updated_at",
        superseded_row=1,
    ),
    quarantined(
        "rows of one order that contradict each other",
        "x,A,2024-01-01,1",
        "x,A,2024-01-01,2",
        conflicting_rows=2,
    ),
    Kind(
        "the same customer twice",
        {"customers.csv": CUSTOMERS + "A\n"},
        table="customers",
        accepted=2,
        reasons={"duplicate_row": 1},
    ),
    Kind(
        "lines of an order nobody placed",
        {"orders.csv": CLEAN, "order_items.csv": "order_item_id,order_id\n1,1\n2,77\n3,\n"},
        table="order_items",
        accepted=1,
        reasons={"unknown_order": 1, "missing_order": 1},
    ),
    Kind(
        "refunds of an order nobody placed",
        {"orders.csv": CLEAN, "refunds.csv": "refund_id,order_id,amount\n1,1,1\n2,77,1\n"},
        table="refunds",
        accepted=1,
        reasons={"unknown_order": 1},
    ),
    quarantined("an order of tomorrow's tomorrow", "x,A,2024-06-03,1", date_in_future=1),
    quarantined("the year 1", "x,A,0001-01-01,1", implausible_date=1),
    quarantined(
        "currencies without a rate",
        "x,A,2024-01-01,1,USD",
        "y,A,2024-01-01,1,???",
        header=HEADER + ",currency",
        missing_rate=2,
    ),
    quarantined("no order id", ",A,2024-01-01,1", "  ,A,2024-01-01,1", missing_key=2),
    quarantined("a cut last row", "x,A,2024-0", ragged_row=1),
    quarantined(
        "the header again",
        HEADER,
        unreadable_date__unreadable_amount=1,
    ),
    quarantined("a field too many", "x,A,2024-01-01,1,?", ragged_row=1),
    quarantined("a quote within quotes", 'x,"5" pipe",2024-01-01,1', unreadable_row=1),
    quarantined("ids a spreadsheet rounded", "1.23E+11,A,2024-01-01,1", mangled_id=1),
    quarantined(
        "a status nobody knows",
        "x,A,2024-01-01,1,on its way",
        header=HEADER + ",status",
        unknown_status=1,
    ),
    quarantined("no amount", "x,A,2024-01-01,", missing_amount=1),
    quarantined("no date", "x,A,,1", missing_date=1),
    quarantined(
        "a discount beyond the amount",
        "x,A,2024-01-01,1,2",
        header=HEADER + ",discount_amount",
        discount_exceeds_amount=1,
    ),
]

NOT_AT_ALL = [
    refused("a missing column", csv("1,A,2024-01-01", header=HEADER[:31]), "gross_amount"),
    refused("a renamed column", csv(*ROWS, header=HEADER.replace("gross_", "")), "gross_amount"),
    refused("an empty file", "", "is empty"),
    refused("a header alone", HEADER + "\n", "no rows"),
    refused("two columns of one name", csv("1,1,A,x,1", header="Order ID," + HEADER), "told apart"),
    refused("a stray quote", csv(*ROWS, 'x,"A,2024-01-01,1', *MANY), "line 4"),
    refused("a NUL byte", csv(*ROWS, "x,A\0,2024-01-01,1"), "NUL byte in line 4"),
    refused("one invalid byte", CLEAN.encode() + b"3,Caf\xe9,2024-01-03,3\n", "line 4"),
    refused("most rows unreadable", csv(*ROWS, *["x,A"] * 20), "20 of 22 rows cannot be read"),
    Kind("Parquet that was cut", make=truncated_parquet, says="damaged", tables=ANY),
    Kind("a workbook with a password", make=encrypted_workbook, says="password", tables=ANY),
    Kind("a folder", make=directory, says="folder"),
    Kind(
        "ids that lost their zeros in one of two files",
        {
            "customers.csv": "customer_id\n007\n008\n",
            "orders.csv": csv("1,7,2024-01-01,1", "2,8,2024-01-01,1"),
        },
        says="leading zeros",
    ),
    Kind(
        "a mapping of an unknown table",
        {"orders.csv": CLEAN},
        tables={"ordres": {"file": "orders.csv"}},
        says="did you mean orders?",
    ),
    Kind(
        "a mapping of an unknown column",
        {"orders.csv": CLEAN},
        tables={"orders": {"file": "orders.csv", "columns": {"amuont": "gross_amount"}}},
        says="unknown column 'amuont'",
    ),
    Kind(
        "SQL for a column",
        {"orders.csv": CLEAN},
        tables={
            "orders": {
                "file": "orders.csv",
                "columns": {
                    "customer_id": "customer_id; drop table raw.orders",
                    "ordered_at": "ordered_at",
                    "gross_amount": "gross_amount",
                },
            }
        },
        says="customer_id",
    ),
    Kind(
        "SQL that reads another file",
        {"orders.csv": CLEAN},
        tables={
            "orders": {
                "file": "orders.csv",
                "columns": {
                    "customer_id": "(select content from read_text('/etc/hostname'))",
                    "ordered_at": "ordered_at",
                    "gross_amount": "gross_amount",
                },
            }
        },
        says="customer_id",
    ),
    Kind("a path outside", tables={"orders": {"file": "../orders.csv"}}, says="leaves the folder"),
    Kind("an absolute path", tables={"orders": {"file": "/etc/passwd"}}, says="leaves the folder"),
]

KINDS = [*THE_TRUTH, *BY_ROW, *NOT_AT_ALL]
