"""Exports: what a spreadsheet, a mail program and a careless user can make of them."""

import csv
import json
import stat
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from lib.exporting.audience_files import neutralised

ROOT = Path(__file__).resolve().parents[2]
VERSION = "latest-1"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published warehouse with two audiences; names are as hostile as people can type them."""
    root = tmp_path_factory.mktemp("warehouse")
    version = root / "versions" / VERSION
    version.mkdir(parents=True)
    (root / "current").symlink_to(Path("versions") / VERSION)
    with duckdb.connect(str(version / "audiences.duckdb")) as connection:
        connection.execute(
            """
            create table audiences as select * from (values
                ('win_back_coupon', 2::bigint, 'email', '邮件加优惠券唤回'),
                ('vip_service', 1::bigint, 'phone', 'VIP 服务')
            ) as made (audience_id, members, channel, audience_label_zh);
            create table people as select * from (values
                ('c1', '=HYPERLINK("http://x.example")', 'c1@shop.example', '+86 139'),
                ('c2', '王, 小"明"', null, '-1'),
                ('@c3', 'Ann' || chr(10) || '=2', 'c3@shop.example', null)
            ) as made (customer_id, customer_name, email, phone);
            create table audience_memberships as select * from (values
                ('win_back_coupon', 'c1', 'dormant', date '2024-05-31'),
                ('win_back_coupon', 'c2', 'dormant', date '2024-06-30'),
                ('vip_service', '@c3', 'core', date '2024-01-31')
            ) as made (audience_id, customer_id, segment, entered_on);
            create table audience_events as select * from (values
                ('win_back_coupon', 'c1', 'entered', date '2024-05-31'),
                ('vip_service', 'c1', 'exited', date '2024-05-31'),
                ('vip_service', 'refuses now', 'exited', date '2024-05-31')
            ) as made (audience_id, customer_id, event_kind, happened_on);
            """
        )
    (version / "audiences.duckdb").chmod(0o400)
    return root


def run(warehouse: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            *(sys.executable, str(ROOT / "scripts/export_audiences.py")),
            *map(str, arguments),
            *("--warehouse-dir", str(warehouse)),
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )


def exported(warehouse: Path, *arguments: object) -> None:
    done = run(warehouse, *arguments)
    assert done.returncode == 0, done.stderr


def test_without_an_audience_it_lists_what_there_is(warehouse):
    done = run(warehouse)
    assert done.returncode == 0
    assert "win_back_coupon" in done.stdout and "邮件加优惠券唤回" in done.stdout


def test_contact_data_is_only_where_it_was_asked_for(warehouse, tmp_path):
    exported(warehouse, "--all", "--out", tmp_path / "ids.csv")
    text = (tmp_path / "ids.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "audience_id,customer_id,segment,entered_on"
    assert "shop.example" not in text and "139" not in text
    exported(warehouse, "--all", "--out", tmp_path / "full.csv", "--with-contacts")
    assert "c1@shop.example" in (tmp_path / "full.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_whatever_the_kind_of_file_only_its_owner_reads_it(warehouse, tmp_path, kind):
    out = tmp_path / f"full.{kind}"
    exported(warehouse, "--all", "--out", out, "--with-contacts")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_a_spreadsheet_runs_nothing_and_reads_chinese(warehouse, tmp_path):
    out = tmp_path / "mail.csv"
    exported(warehouse, "--all", "--out", out, "--with-contacts", "--bom")
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["customer_id"]: row for row in csv.DictReader(file)}
    assert not [
        cell for row in rows.values() for cell in row.values() if cell[:1] in set("=+-@\t\r")
    ]
    assert rows["c1"]["customer_name"] == '\'=HYPERLINK("http://x.example")'
    assert rows["c1"]["phone"] == "'+86 139"
    assert rows["c2"]["customer_name"] == '王, 小"明"'
    assert rows["c2"]["email"] == ""
    assert rows["'@c3"]["entered_on"] == "2024-01-31"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1", "'=1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("x=1", "x=1"),
        ("", ""),
        (None, None),
        (-1, -1),
        (-1.5, -1.5),
    ],
)
def test_only_text_that_begins_like_a_formula_is_changed(value, expected):
    assert neutralised(value) == expected


def test_json_lines_and_parquet_hold_what_is_there_unchanged(warehouse, tmp_path):
    exported(warehouse, "win_back_coupon", "--out", tmp_path / "a.jsonl", "--with-contacts")
    lines = (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["phone"] for line in lines] == ["+86 139", "-1"]
    exported(warehouse, "win_back_coupon", "--out", tmp_path / "a.parquet", "--with-contacts")
    with duckdb.connect() as connection:
        found = connection.execute(
            f"select customer_id, customer_name, entered_on::varchar from '{tmp_path}/a.parquet'"
        ).fetchall()
    assert found == [
        ("c1", '=HYPERLINK("http://x.example")', "2024-05-31"),
        ("c2", '王, 小"明"', "2024-06-30"),
    ]


def test_events_say_who_entered_and_who_left(warehouse, tmp_path):
    exported(warehouse, "--all", "--events", "--out", tmp_path / "e.csv")
    assert (tmp_path / "e.csv").read_text(encoding="utf-8").splitlines() == [
        "audience_id,customer_id,event_kind,happened_on",
        "vip_service,c1,exited,2024-05-31",
        "vip_service,refuses now,exited,2024-05-31",  # and so has no row in people
        "win_back_coupon,c1,entered,2024-05-31",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--all"], "say where to write"),
        (["--out", "x.csv"], "name an audience, or give --all"),
        (["vip_service", "--all", "--out", "x.csv"], "contradict each other"),
        (["--all", "--out", "x.xls"], "must end in .csv, .jsonl, .parquet"),
        (["--all", "--out", "x.parquet", "--bom"], "for CSV files only"),
        (["everyone", "--out", "x.csv"], "there are: vip_service, win_back_coupon"),
        (["it's", "--out", "x.csv"], "there is no audience it's"),
        (["--all", "--out", "nowhere/x.csv"], "cannot be written"),
    ],
)
def test_a_wrong_command_ends_with_2_and_one_sentence(warehouse, tmp_path, arguments, said):
    arguments = [str(tmp_path / a) if "x." in a else a for a in arguments]
    done = run(warehouse, *arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert said in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_not_replaced_by_accident(warehouse, tmp_path):
    out = tmp_path / "ids.csv"
    out.write_text("mine")
    assert run(warehouse, "--all", "--out", out).returncode == 2
    assert out.read_text() == "mine"
    exported(warehouse, "--all", "--out", out, "--force")
    assert out.read_text() != "mine"


def test_without_a_published_version_it_says_so(tmp_path):
    done = run(tmp_path, "--all", "--out", tmp_path / "x.csv")
    assert done.returncode == 2 and "nothing is published" in done.stderr


def test_help_has_examples(warehouse):
    done = run(warehouse, "--help")
    assert done.returncode == 0 and "--with-contacts" in done.stdout and "Examples:" in done.stdout
