"""Superset for real: its charts in a browser give what SQL gives, while versions are published."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Browser, Page, Request, Response, expect

from browser import chromium
from sample_run import ROOT, publish_sample, run_script

pytestmark = pytest.mark.superset

CHARTS = 7
CANVASES = 4  # history, transitions, cohorts, churn; the other three are text
PUBLISHED_WITHIN = 1_800  # seconds; the machine may be busy
PATIENCE = 240_000  # milliseconds
TITLES = {
    "en": ("Customer segments", "Who is who today", "Who went where since the look before"),
    "zh": ("客户分群", "今天谁是谁", "上次观察以来的流向"),
}
# The answers of the charts by their columns, and the same from the served file.
QUESTIONS = {
    ("all_customers",): "select count(*) from marts.customer_segments",
    ("segment", "customers"): (
        "select segment_label_{language}, count(*) from marts.customer_segments group by 1"
        " union all select label_{language}, 0 from catalogue.categories"
        " where dimension = 'segment' and category not in"
        " (select segment from marts.customer_segments)"
    ),
    (
        "observed_on",
    ): "select segment_label_{language}, customers from marts.segment_summary where customers > 0",
    ("moved_from", "moved_to", "customers_moved"): (
        "select customers from marts.segment_flows where dimension = 'segment' and customers > 0"
        " and observed_on = (select max(observed_on) from marts.segment_flows)"
    ),
    ("cohort", "months_after", "bought_share"): (
        "select strftime(cohort_month, '%Y-%m'), months_since_first_order, customers_buying_share"
        " from marts.cohort_retention where months_since_first_order between 1 and 24"
        " and observed_on = last_day(observed_on)"
    ),
    ("decile", "predicted", "actual"): (
        "select predicted_share, actual_share from marts.churn_calibration"
        " where horizon_days = 90 and predictor = 'model'"
        " qualify origin_on = max(origin_on) over ()"
    ),
    ("segment", "conversion_lift", "treated_customers"): (
        "select label_{language}, conversion_lift, treated_customers from marts.playbook_lift"
        " inner join catalogue.categories on dimension = 'segment' and category = segment"
    ),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small shop (sample/), published into warehouse/."""
    folder = tmp_path_factory.mktemp("superset")
    grow(folder, customers=1_000)
    return folder


def grow(folder: Path, customers: int) -> None:
    """Publish the shop with so many customers; the files of the smaller shop are replaced."""
    made = run_script(
        *("generate_sample_data.py", "--out", str(folder / "sample")),
        *("--customers", str(customers)),
    )
    assert made.returncode == 0, made.stderr
    done = publish_sample(folder / "sample", folder / "warehouse")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def server(shop: Path) -> Iterator[tuple[str, Path]]:
    """(address, home) of a running Superset of this test's own."""
    python = os.environ.get("SUPERSET_PYTHON", str(ROOT / ".venv-superset/bin/python"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = shop / "home"
    command = [
        *(python, str(ROOT / "scripts/serve_superset.py"), "--home", str(home)),
        *("--warehouse-dir", str(shop / "warehouse"), "--port", str(port)),
    ]
    with (shop / "superset.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            assert process.poll() is None, (shop / "superset.log").read_text()
            with suppress(OSError), urllib.request.urlopen(f"{address}/health", timeout=5):
                break
            time.sleep(1)
        yield address, home
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


class Reader:
    """Somebody logged in, who notes every answer that a chart got and every request elsewhere."""

    def __init__(self, browser: Browser, address: str, home: Path) -> None:
        self.address = address
        self.answers: list[dict[str, Any]] = []
        self.failed: list[str] = []
        self.elsewhere: list[str] = []
        self.page: Page = browser.new_page(viewport={"width": 1400, "height": 3400})
        self.page.set_default_timeout(PATIENCE)
        self.page.on("response", self._note)
        self.page.on("requestfinished", lambda request: self._watch(request.url))
        self.page.on("requestfailed", self._watch_failed)
        self.page.goto(f"{address}/login/")
        self.page.locator("#username").fill("admin")
        self.page.locator("#password").fill((home / "password").read_text())
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/superset/welcome/")

    def look(self, language: str) -> None:
        """Open the dashboard and wait until every chart has its answer."""
        self.answers.clear()
        self.page.goto(f"{self.address}/superset/dashboard/segments-{language}/")
        for _ in range(2 * PATIENCE // 1_000):
            if len(self.answers) + len(self.failed) >= CHARTS:
                break
            self.page.wait_for_timeout(500)

    def _note(self, response: Response) -> None:
        if "/api/v1/chart/data" not in response.url:
            return
        if response.status != 200:
            self.failed.append(f"{response.status}: {response.text()[:500]}")
        else:
            self.answers.extend(response.json()["result"])

    def _watch_failed(self, request: Request) -> None:
        """What the page's policy forbids was not asked; Chromium says "csp" then."""
        if request.failure != "csp":
            self._watch(request.url)

    def _watch(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.elsewhere.append(url)


@pytest.fixture
def reader(browser: Browser, server: tuple[str, Path]) -> Iterator[Reader]:
    found = Reader(browser, *server)
    yield found
    found.page.close()


def served(shop: Path) -> duckdb.DuckDBPyConnection:
    path = (shop / "warehouse/current").resolve() / "segments.duckdb"
    return duckdb.connect(str(path), read_only=True)


def plain(value: Any) -> Any:
    """Numbers to nine digits, the rest as it is: what JSON kept of a value."""
    return round(float(value), 9) if isinstance(value, (int, float)) else value


def rows_of(answer: dict[str, Any], columns: tuple[str, ...]) -> list[list[Any]]:
    """The rows of a chart; one that was turned into a column per segment is turned back."""
    if columns == ("observed_on",):
        pairs = (pair for row in answer["data"] for pair in row.items())
        return [[name, value] for name, value in pairs if name in answer["colnames"][1:] and value]
    return [[row[column] for column in columns if column != "decile"] for row in answer["data"]]


def compare(answers: list[dict[str, Any]], shop: Path, language: str) -> None:
    """Every chart's rows are those that SQL on the served file gives."""
    assert len(answers) == CHARTS
    for columns, sql in QUESTIONS.items():
        (answer,) = (one for one in answers if set(columns) <= set(one["colnames"]))
        with served(shop) as connection:
            asked = connection.execute(sql.format(language=language)).fetchall()
        shown = rows_of(answer, columns)
        if columns[0] == "moved_from":  # the chart says from and to before the names
            shown = [[row[2]] for row in shown]
        assert len(shown) > 0
        assert sorted([plain(value) for value in row] for row in shown) == sorted(
            [plain(value) for value in row] for row in asked
        ), columns


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_dashboard_draws_what_sql_says(reader: Reader, shop: Path, language: str) -> None:
    reader.look(language)
    assert reader.failed == []
    compare(reader.answers, shop, language)
    page = reader.page
    for title in TITLES[language]:
        expect(page.get_by_text(title, exact=True).first).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".dashboard canvas")).to_have_count(CANVASES, timeout=PATIENCE)
    page.wait_for_timeout(2_000)
    drawn = page.locator(".dashboard canvas").evaluate_all(
        """all => all.map((one) => new Set(new Uint32Array(
        one.getContext("2d").getImageData(0, 0, one.width, one.height).data.buffer)).size)"""
    )
    assert all(colours > 20 for colours in drawn), drawn
    with served(shop) as connection:
        rows = connection.execute(
            f"select segment_label_{language}, count(*) from marts.customer_segments group by 1"
        ).fetchall()
    cells = [
        row.locator("td").all_inner_texts() for row in page.locator(".dashboard tbody tr").all()
    ]
    assert {(label, f"{customers:,}") for label, customers in rows} <= {
        (row[0].strip(), row[1].strip()) for row in cells if len(row) > 1
    }
    assert reader.elsewhere == []


def test_no_query_fails_while_versions_are_published(reader: Reader, shop: Path) -> None:
    """The shop is published twice, each time larger; the next look shows the newest numbers."""
    before = (shop / "warehouse/current").resolve()
    wrong: list[BaseException] = []
    versions = {before}

    def publish_twice() -> None:
        try:
            for customers in (1_100, 1_200):
                grow(shop, customers)
                versions.add((shop / "warehouse/current").resolve())
        except BaseException as error:
            wrong.append(error)

    publishing = threading.Thread(target=publish_twice)
    publishing.start()
    looks = 0
    started = time.monotonic()
    while publishing.is_alive() and time.monotonic() - started < PUBLISHED_WITHIN:
        reader.look("en")
        looks += 1
        assert reader.failed == []
        assert len(reader.answers) == CHARTS
        assert [answer["error"] for answer in reader.answers if answer["error"]] == []
    publishing.join(timeout=PUBLISHED_WITHIN)
    assert wrong == []
    assert len(versions) == 3 and looks >= 3
    reader.look("en")
    compare(reader.answers, shop, "en")
    assert reader.failed == []


def test_the_file_is_read_only_and_nothing_else_is_reached(reader: Reader, shop: Path) -> None:
    """SQL Lab, as the administrator: neither a write nor a look at another file."""
    page = reader.page
    token = page.request.get(f"{reader.address}/api/v1/security/csrf_token/").json()["result"]
    headers = {"X-CSRFToken": token, "Referer": reader.address}

    def run(sql: str) -> tuple[int, str]:
        answer = page.request.post(
            f"{reader.address}/api/v1/sqllab/execute/",
            headers=headers,
            data={"database_id": 1, "sql": sql, "client_id": os.urandom(5).hex()[:10]},
        )
        return answer.status, answer.text()

    assert run("select count(*) as people from marts.customer_segments")[0] == 200
    for sql in (
        "delete from marts.customer_segments",
        "select * from read_csv('/etc/passwd')",
        f"copy (select 1) to '{shop}/out.csv'",
        "set enable_external_access = true",
    ):
        status, text = run(sql)
        assert status >= 400, (sql, text)
    assert not (shop / "out.csv").exists()


def test_the_secrets_are_of_this_installation_and_its_owners_alone(
    server: tuple[str, Path],
) -> None:
    _, home = server
    for name in ("secret_key", "password"):
        assert (home / name).stat().st_mode & 0o777 == 0o600
        assert len((home / name).read_text()) >= 24
    assert home.stat().st_mode & 0o777 == 0o700
    assert sys.platform != "linux" or not _listens_beyond_loopback(server[0].rsplit(":", 1)[1])


def _listens_beyond_loopback(port: str) -> bool:
    wanted = f":{int(port):04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    bound = {row[1] for row in rows if row[1].endswith(wanted) and row[3] == "0A"}
    return bound != {f"0100007F{wanted}"}
