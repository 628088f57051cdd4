"""Who asked to be forgotten is found nowhere, never comes back, and nobody else is lost."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner

import erase_customer
from lib.erasure import erase as erasing
from lib.erasure.erase import Erased, erase
from lib.erasure.person import find_person
from lib.erasure.proof import search
from lib.errors import UserError
from lib.pipeline import Run, RunOptions, run_pipeline
from lib.pseudonyms import KEY_VARIABLE, pseudonym
from lib.publishing.durable import read_lines
from lib.publishing.flip import STATE, kept_versions
from lib.publishing.layout import Layout
from lib.publishing.loader import MappingLoader
from lib.publishing.reader import serving_connection
from lib.publishing.seal import verify_version

KEY = "kanarienvogel-0123456789-abcdefghij"
TODAY = date(2024, 7, 2)

# Jo has two accounts and one order without any. What is Jo's is a part of what is others'.
FILES = {
    "customers": """customer_id,name,email,phone
10,Jo Liu,jo@shop.example,5550100
11,Jo Liu,JO@shop.example ,5550101
100,Jo Liu,ajo@shop.example,15550100
20,Mo,mo@shop.example,5550200
30,Ben Yu,info@shop.example,5550300
""",
    "orders": """order_id,customer_id,email,ordered_at,gross_amount
7001,10,,2024-05-01,10
7002,11,,2024-05-02,20
7003,,jo@shop.example,2024-05-03,30
7004,100,,2024-05-04,40
70010,20,,2024-05-05,50
7005,,guest@shop.example,2024-05-06,60
7006,30,info@shop.example,2024-05-07,70
7007,31,info@shop.example,2024-05-08,80
7008,10,2024-05-09
"""
    + "".join(f"80{line},40,,2024-05-10,1\n" for line in range(20)),
    "order_items": """order_item_id,order_id,product_id
1,7001,p
2,7003,p
3,70010,p
""",
    "events": """event_id,customer_id,event_type,occurred_at
e1,11,visit,2024-05-01
e2,20,visit,2024-05-01
e3,10,visit,2024-05-01
""",
}
JOS_VALUES = ("jo@shop.example", "5550100", "5550101", "7001", "7002", "7003", "10", "11")


def build_shop(run: Run, candidate: Path) -> None:
    """What the project derives, in miniature: who is who, a mart, a page of contacts."""
    with duckdb.connect(str(candidate / STATE)) as connection:
        connection.execute(
            """
            create schema if not exists intermediate;
            create schema if not exists marts;
            create schema if not exists audiences;
            create or replace table intermediate.int_customers_identified as
            select customer_id as raw_customer_id, min(customer_id) over
                (partition by lower(trim(email))) as customer_id from raw.customers;
            create or replace view intermediate.int_orders_identified as  -- as the project has it
            select order_id, coalesce(own.customer_id, buyers.customer_id,
                raw.orders.customer_id, 'guest-' || order_id) as customer_id
            from raw.orders
            left join intermediate.int_customers_identified as own
                on raw.orders.customer_id = own.raw_customer_id
            left join (
                select lower(trim(email)) as email, min(customer_id) as customer_id
                from raw.customers group by all
            ) as buyers on raw.orders.customer_id is null and raw.orders.email = buyers.email;
            create or replace table marts.customer_segments as
            select customer_id, count(*) as orders, date '2024-06-30' as observed_on
            from intermediate.int_orders_identified group by all;
            create or replace table marts.rejected_rows as
            select '{"order_id": "' || order_id || '", "customer_id": "'
                || coalesce(customer_id, '') || '", "quantity": "10"}' as raw_row from raw.orders;
            create or replace table audiences.people as select * from raw.customers;
            create or replace table audiences.audience_memberships as
            select 'call' as audience_id, customer_id, date '2024-06-30' as observed_on
            from raw.customers
            """
        )


def write_page(state: Path, folder: Path) -> None:
    """A page that names the best customers."""
    with duckdb.connect(str(folder / "segments.duckdb"), read_only=True) as connection:
        rows = connection.execute("select customer_id from marts.customer_segments").fetchall()
    (folder / "report.html").write_text("".join(f"<p>customer-number-{row[0]}</p>" for row in rows))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    for table, text in FILES.items():
        (folder / f"{table}.csv").write_text(text)
    return folder


@pytest.fixture(scope="module")
def with_jo(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A warehouse with two versions that hold Jo, the newer one served."""
    layout = Layout(tmp_path_factory.mktemp("shop") / "warehouse")
    publish(layout, files, as_of=date(2024, 6, 29))
    publish(layout, files)
    assert len(kept_versions(layout)) == 2
    return layout


@pytest.fixture(scope="module")
def without_jo(with_jo: Layout, tmp_path_factory: pytest.TempPathFactory) -> tuple[Layout, Erased]:
    """The same warehouse after Jo was erased, and what was told."""
    layout = copied(with_jo, tmp_path_factory.mktemp("erased"))
    return layout, erase_from(layout, "11")


@pytest.fixture
def layout(with_jo: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A copy of the warehouse with Jo."""
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    return copied(with_jo, tmp_path)


def copied(layout: Layout, folder: Path) -> Layout:
    return Layout(Path(shutil.copytree(layout.root, folder / "warehouse", symlinks=True)))


def load_of(folder: Path, **columns: str) -> MappingLoader:
    """All files; another mapping (a column more) makes it another load of the same files."""
    tables: dict[str, Any] = {table: {"file": f"{table}.csv"} for table in FILES}
    if columns:
        customers = {name: name for name in ("customer_id", "name", "email", "phone")}
        tables["customers"]["columns"] = customers | columns
        orders = ("order_id", "customer_id", "email", "ordered_at", "gross_amount")
        tables["orders"]["columns"] = {name: name for name in orders} | {"currency": "'CNY'"}
        events = ("event_id", "customer_id", "event_type", "occurred_at")
        tables["events"]["columns"] = {name: name for name in events} | {"product_id": "'p'"}
    mapping = folder / "mapping.yml"
    mapping.write_text(json.dumps({"folder": str(folder), "tables": tables}))
    return MappingLoader((mapping,), folder, date(2024, 7, 1))


def publish(layout: Layout, folder: Path, loader: MappingLoader | None = None, **how: Any) -> None:
    options = RunOptions(layout, project=layout.root, keep=3, accept_smaller=True, **how)
    run_pipeline(options, loader or load_of(folder), build_shop, [write_page])


def erase_from(layout: Layout, who: str) -> Erased:
    options = RunOptions(layout, project=layout.root, keep=4, accept_smaller=True)
    return erase(options, who, KEY.encode(), TODAY, build_shop, [write_page])


def raw(layout: Layout, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(layout.state), read_only=True) as connection:
        return connection.execute(query).fetchall()


def check_reconciled(layout: Layout) -> None:
    for table in FILES:
        wrong = raw(
            layout,
            f"""select * from raw.loads left join (
                select load_id, count(*) as there from raw.{table} group by all
            ) using (load_id) where raw_table = '{table}' and rows_read <> rows_unreadable
                + rows_unchanged + rows_replaced + rows_erased + coalesce(there, 0)""",
        )
        assert wrong == []


@pytest.mark.parametrize("who", ["10", "11", " jo@shop.example", "JO@SHOP.EXAMPLE"])
def test_whatever_the_person_is_called_all_that_is_theirs_is_found(
    with_jo: Layout, who: str
) -> None:
    with duckdb.connect(str(with_jo.state), read_only=True) as connection:
        person = find_person(connection, who, KEY.encode())
    assert person.ids == {"10", "11"} and person.orders == {"7001", "7002", "7003"}
    assert person.emails == {"jo@shop.example"} and person.phones == {"5550100", "5550101"}
    assert person.full_names == set(), "another customer bears the name"
    assert {"10", "guest-7003", pseudonym(KEY.encode(), "10")} <= person.names


def test_a_person_is_erased_everywhere_and_nobody_else_is(
    with_jo: Layout, without_jo: tuple[Layout, Erased]
) -> None:
    old = {name for _, name, _ in kept_versions(with_jo)}
    layout, erased = without_jo
    assert erased.proof.found == [] and erased.proof.tables > 20
    assert erased.raw_rows == 9  # 2 accounts, 3 orders, 2 of their lines, 2 events
    assert len(erased.versions) == 2 and set(erased.versions) == old
    assert erased.sources == ["customers.csv", "events.csv", "order_items.csv", "orders.csv"]
    assert raw(layout, "select customer_id from raw.customers order by 1") == [
        ("100",), ("20",), ("30",)
    ]  # fmt: skip
    others = "select order_id from raw.orders where order_id like '7%' order by 1"
    assert raw(layout, others) == [
        ("70010",), ("7004",), ("7005",), ("7006",), ("7007",)
    ]  # fmt: skip
    assert raw(layout, "select raw_row from raw.load_rejects") == [(None,)]
    check_reconciled(layout)
    versions = kept_versions(layout)
    assert len(versions) == 3
    for _, name, manifest in versions:
        assert verify_version(layout.version(name)) and manifest["name"] == name
        with duckdb.connect(
            str(layout.version(name) / "segments.duckdb"), read_only=True
        ) as connection:
            people = connection.execute("select customer_id from marts.customer_segments")
            assert {row[0] for row in people.fetchall()} == {
                "100",
                "20",
                "guest-7005",
                "30",
                "31",
                "40",
            }
            rejected = connection.execute("select count(*) from marts.rejected_rows").fetchall()
            assert rejected == [(25,)], "a quantity of 10 is not customer 10"
    # By bytes too: what is left of the values are parts of other people's.
    for path in (path for path in layout.root.rglob("*") if path.is_file()):
        content = path.read_bytes().replace(b"ajo@shop", b"").replace(b"15550100", b"")
        for value in (b"jo@shop.example", b"JO@shop", b"5550100", b"5550101"):
            assert value not in content, path
    assert read_lines(layout.log)[-1]["event"] == "erase"
    assert not set(JOS_VALUES) & {str(value) for value in read_lines(layout.log)[-1].values()}


def test_old_files_cannot_bring_the_person_back(
    without_jo: tuple[Layout, Erased],
    files: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    layout = copied(without_jo[0], tmp_path)
    publish(layout, files, load_of(files, region="'north'"))
    assert raw(layout, "select customer_id from raw.customers order by 1") == [
        ("100",), ("20",), ("30",)
    ]  # fmt: skip
    newest = raw(
        layout,
        "select raw_table, rows_read, rows_erased from raw.loads"
        " where rows_erased > 0 and loaded_on = date '2024-07-01' and load_id in"
        " (select load_id from raw.customers union select load_id from raw.orders"
        " union select load_id from raw.events) order by 1",
    )
    assert newest == [("customers", 5, 2), ("events", 3, 2), ("orders", 29, 3)]
    assert raw(layout, "select distinct raw_row from raw.load_rejects") == [(None,)]
    check_reconciled(layout)
    person = erasing.Person(emails={"jo@shop.example"}, ids={"10", "11"}, orders={"7001", "7003"})
    assert search(layout.root, person).found == []


@pytest.mark.parametrize(
    ("key", "says"), [(None, "only the key tells"), (KEY[::-1], "not the key")]
)
def test_nothing_is_loaded_past_tombstones_that_cannot_be_read(
    without_jo: tuple[Layout, Erased],
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
    key: str | None,
    says: str,
) -> None:
    if key:
        monkeypatch.setenv(KEY_VARIABLE, key)
    else:
        monkeypatch.delenv(KEY_VARIABLE, raising=False)
    with pytest.raises(UserError, match=says) as refusal:
        publish(without_jo[0], files, load_of(files, region="'north'"))
    assert refusal.value.exit_code == 2 and KEY not in str(refusal.value)


def test_who_cannot_be_erased_is_said_in_one_sentence(
    without_jo: tuple[Layout, Erased], monkeypatch: pytest.MonkeyPatch
) -> None:
    layout, _ = without_jo
    for who, says in [
        ("12", "nobody is known here as '12'"),
        ("no@shop.example", "nobody is known"),
        ("info@shop.example", "the address of 2 customers"),
        ("'; drop table raw.orders; --", "nobody is known"),
        ("10", "10 has been erased already"),
        ("Jo@shop.example", "has been erased already"),
    ]:
        with pytest.raises(UserError, match=says) as refusal:
            erase_from(layout, who)
        assert refusal.value.exit_code == 2
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    arguments = ["--warehouse-dir", str(layout.root), "10"]
    refused = CliRunner().invoke(erase_customer.main, arguments).exception
    assert isinstance(refused, UserError) and KEY_VARIABLE in str(refused)


def test_a_guest_goes_by_the_served_name_and_a_shared_address_is_nobodys(with_jo: Layout) -> None:
    with duckdb.connect(str(with_jo.state), read_only=True) as connection:
        guest = find_person(connection, "guest-7005", KEY.encode())
        sharer = find_person(connection, "31", KEY.encode())
    assert (guest.orders, guest.emails) == ({"7005"}, {"guest@shop.example"})
    assert (sharer.orders, sharer.emails) == ({"7007"}, set())


@pytest.mark.parametrize("moment", ["run_pipeline", "rewrite_version"])
def test_an_erasure_that_was_cut_off_is_finished_by_asking_again(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def cut_off(*arguments: Any, **options: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(erasing, moment, cut_off)
        with pytest.raises(KeyboardInterrupt):
            erase_from(layout, "10")
    assert (layout.root / ".erasing.json").exists()
    assert erase_from(layout, "10").proof.found == []
    assert not (layout.root / ".erasing.json").exists()
    assert raw(layout, "select count(*) from raw.customers") == [(3,)]
    for _, name, _ in kept_versions(layout):
        verify_version(layout.version(name))


def test_a_build_that_fails_without_the_person_erases_nothing(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = layout.served()

    def fail(run: Run, candidate: Path) -> None:
        raise UserError("a test failed", 1)

    options = RunOptions(layout, project=layout.root, accept_smaller=True)
    with pytest.raises(UserError, match="a test failed"):
        erase(options, "10", KEY.encode(), TODAY, fail, [])
    assert layout.served() == served
    assert raw(layout, "select count(*) from raw.customers") == [(5,)]
    with serving_connection(layout.root) as connection:
        assert ("10",) in connection.execute(
            "select customer_id from marts.customer_segments"
        ).fetchall()


def test_the_search_finds_what_is_there(layout: Layout) -> None:
    person = erasing.Person(ids={"10"}, emails={"jo@shop.example"}, orders={"7001"})
    person.phones = {"5550101"}
    found = "\n".join(search(layout.root, person).found)
    for place in (
        "state.duckdb: raw.customers.email",
        "state.duckdb: raw.orders.order_id",
        "state.duckdb: intermediate.int_customers_identified.raw_customer_id",
        "segments.duckdb: marts.customer_segments.customer_id",
        "audiences.duckdb: main.people.email",
        "bytes of state.duckdb",
    ):
        assert place in found
