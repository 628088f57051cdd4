"""The page as a reader meets it: in Chromium, without a network."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Browser, Page, expect

from browser import chromium
from lib.report import page as report
from lib.report.words import words
from test_report import a_million, look_moved_to

FIGURES = {
    *("tiers", "months", "flows", "cohorts", "concentration", "conversion"),
    *("lift", "calibration", "backtest"),
}
Open = Callable[..., Page]
OVERLAPS = """
() => [...document.querySelectorAll("#figures svg, dialog[open] svg")].flatMap((picture) => {
  const texts = [...picture.querySelectorAll("text")].filter((one) => one.textContent);
  const frame = picture.getBoundingClientRect();
  const boxes = texts.map((one) => one.getBoundingClientRect());
  const wrong = [];
  boxes.forEach((box, i) => {
    if (box.left < frame.left - 2 || box.right > frame.right + 2) {
      wrong.push(`outside: ${texts[i].textContent}`);
    }
    for (let j = i + 1; j < boxes.length; j += 1) {
      const wide = Math.min(box.right, boxes[j].right) - Math.max(box.left, boxes[j].left);
      const tall = Math.min(box.bottom, boxes[j].bottom) - Math.max(box.top, boxes[j].top);
      if (wide > 1 && tall > 4) wrong.push(`${texts[i].textContent} over ${texts[j].textContent}`);
    }
  });
  return wrong;
})
"""
TO_THE_TOP = "one => one.scrollIntoView({behavior: 'instant'})"
# Filled with a colour of the data; paper and ink are variables, a title's ground is transparent.
FILLED = """(one) => /^(#|rgb)/.test(one.getAttribute("fill"))
  && one.getAttribute("fill-opacity") !== "0" """
LARGEST = f"""shapes => {{
  const boxes = shapes.filter({FILLED}).map((one) => one.getBoundingClientRect());
  const one = boxes.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a));
  return [one.x + one.width / 2, one.y + one.height / 2];
}}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens a file; afterwards no page may have complained or asked for anything else."""
    wrong: list[str] = []
    contexts = []

    def opened(path: Path, address: str = "", **options: Any) -> Page:
        context = browser.new_context(**({"locale": "en-GB"} | options))
        contexts.append(context)
        page = context.new_page()
        own = path.resolve().as_uri()
        page.on("console", lambda message: wrong.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on(
            "request",
            lambda request: request.url.split("#")[0] == own or wrong.append(request.url),
        )
        page.goto(own + address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture(scope="module")
def path(warehouse: Path) -> Path:
    return warehouse / "current" / "report.html"


def marks(page: Page, place: str) -> int:
    """How many shapes there have an extent on the screen and a colour of the data, not of paper."""
    found = page.locator(f"{place} svg[role=img] > g path").evaluate_all(
        f"""shapes => shapes.filter((one) => {{
            const box = one.getBoundingClientRect();
            return box.width + box.height > 0.5
                && (({FILLED})(one) || /^#/.test(one.getAttribute("stroke"))); }}).length"""
    )
    return int(found)


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_picture_is_drawn_and_nothing_overlaps(
    open_page: Open, path: Path, locale: str, width: int
) -> None:
    page = open_page(path, locale=locale, viewport={"width": width, "height": 900})
    figures = page.locator("figure").evaluate_all("all => all.map((one) => one.id.slice(7))")
    assert set(figures) >= FIGURES
    for figure in figures:
        assert marks(page, f"#figure-{figure}") >= 3, figure
        assert page.locator(f"#figure-{figure} .reading").inner_text()
        assert page.locator(f"#figure-{figure} svg[role=img]").get_attribute("aria-label")
    assert page.locator("#top svg[role=img]").count() == marks(page, "#top") / 2 == 6
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_reader_chooses_the_language(open_page: Open, path: Path) -> None:
    page = open_page(path)
    english = page.locator("main").inner_text()
    assert not re.search(r"[\u4e00-\u9fff]", english)
    page.locator("#language").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("h1")).to_have_text(words()["title"]["zh"])
    chinese = page.locator("main").inner_text()
    # What stays Latin is a code, a unit or a name of art.
    latin = set(re.findall(r"[A-Za-z]{2,}", chinese))
    assert latin <= {"VIP", "AUC", "CNY", "RFM"}
    page.reload()
    expect(page.locator("h1")).to_have_text(words()["title"]["zh"])
    page.locator("#language").click()
    assert page.locator("main").inner_text() == english


def test_a_segment_is_looked_into_by_keyboard(open_page: Open, path: Path, warehouse: Path) -> None:
    page = open_page(path)
    opener = page.locator("#segments [data-segment=high_value_at_risk]")
    opener.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog")
    expect(dialog).to_be_visible()
    expect(page.locator("#drill-title")).to_have_text("High value, at risk")
    expect(page.locator("#drill-title")).to_be_focused()
    assert page.url.endswith("#segment=high_value_at_risk")
    headings = dialog.locator("h3").all_inner_texts()
    for key in ("rules", "action", "its_lift", "came_from", "went_to", "who_they_are", "sql"):
        assert words()[key]["en"] in headings
    sql = page.locator("#sql").inner_text()
    with duckdb.connect(str(warehouse / "current/segments.duckdb"), read_only=True) as served:
        listed = len(served.execute(sql).fetchall())
    row = page.locator("#segments tr").filter(has=page.locator("[data-segment=high_value_at_risk]"))
    assert row.locator("td").nth(1).inner_text() == f"{listed:,}"
    assert "×" in dialog.locator("table", has_text=words()["affinity_note"]["en"]).inner_text()
    assert marks(page, "#draw-trend") > 12
    assert marks(page, "#draw-mix") >= 5
    description = page.locator("#draw-mix svg[role=img]").get_attribute("aria-label")
    assert description and "Value tier: High value: " in description
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(opener).to_be_focused()


def test_an_address_opens_a_segment_and_an_unknown_one_none(open_page: Open, path: Path) -> None:
    page = open_page(path, "#segment=core", locale="zh-CN")
    expect(page.locator("#drill-title")).to_have_text("核心客户")
    page.locator("#close").click()
    expect(page.locator("dialog")).not_to_be_visible()
    page = open_page(path, "#segment=constructor")
    expect(page.locator("dialog")).not_to_be_visible()


def test_a_picture_is_read_by_another_dimension(open_page: Open, path: Path) -> None:
    page = open_page(path)
    for figure in ("months", "flows"):
        before = page.locator(f"#figure-{figure} .reading").inner_text()
        page.locator(f"#choose-{figure}").select_option("value_tier")
        expect(page.locator(f"#choose-{figure}")).to_be_focused()
        assert page.locator(f"#figure-{figure} .reading").inner_text() != before
        assert "VIP" in page.locator(f"#figure-{figure}").inner_text()
        assert marks(page, f"#figure-{figure}") > 10


def test_the_checks_are_read_and_open_their_segment(open_page: Open, path: Path) -> None:
    page = open_page(path, locale="zh-CN", viewport={"width": 390, "height": 900})
    for table, heads in (("scorecard", 5), ("advice", 4)):
        assert page.locator(f"#{table} tbody tr").count() >= 7
        assert page.locator(f"#{table} th[scope=col]").count() == heads
    answers = set(page.locator("#scorecard td").all_inner_texts()[1:4])
    assert {answer[0] for answer in answers} <= {"✓", "✗"} and answers
    page.locator("#scorecard [data-segment=core]").press("Enter")
    expect(page.locator("#drill-title")).to_have_text("核心客户")


def test_the_figures_are_there_as_tables_too(open_page: Open, path: Path) -> None:
    page = open_page(path)
    for details in page.locator("figure details").all():
        details.locator("summary").click()
        assert details.locator("tbody tr").count() >= 3
        assert details.locator("th[scope=col]").count() >= 2


def test_light_and_dark_follow_the_system_until_the_reader_chooses(
    open_page: Open, path: Path
) -> None:
    def paper(page: Page) -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    light, dark = "rgb(255, 255, 255)", "rgb(20, 23, 27)"
    page = open_page(path, color_scheme="dark")
    assert paper(page) == dark
    page.locator("#theme").select_option("light")
    assert paper(page) == light
    assert paper(open_page(path, color_scheme="light")) == light
    page.emulate_media(media="print")
    assert paper(page) == light
    expect(page.locator(".tools")).not_to_be_visible()
    assert marks(page, "#figure-tiers") > 3


def test_paper_is_white_and_nothing_is_cut_off(open_page: Open, path: Path) -> None:
    """A page of A4 between margins, printed by a reader of the dark page: nobody can scroll it."""
    page = open_page(path, color_scheme="dark", viewport={"width": 703, "height": 990})
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    colours = "getComputedStyle(document.body)"
    assert page.evaluate(f"{colours}.backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(f"{colours}.color") == "rgb(0, 0, 0)"
    cut_off = """() => [...document.querySelectorAll("svg, table, .tile")].filter(
        (one) => one.getBoundingClientRect().right > window.innerWidth).length"""
    assert page.evaluate(cut_off) == 0
    assert page.locator("#segments thead").is_visible()  # a table, not the cards of a phone
    assert page.locator("#draw-tiers svg").get_attribute("width") == "700"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#draw-tiers svg").get_attribute("width") != "700"


def test_what_lies_under_the_pointer_is_said(open_page: Open, path: Path) -> None:
    page = open_page(path)
    for figure in sorted(FIGURES):
        page.locator(f"#draw-{figure}").evaluate(TO_THE_TOP)
        x, y = page.locator(f"#draw-{figure} svg > g path").evaluate_all(LARGEST)
        page.mouse.move(x, y)
        said = page.locator(f"#draw-{figure} span").inner_text()
        assert re.search(r"\d", said), figure


def test_a_screen_reader_finds_its_way(open_page: Open, path: Path) -> None:
    page = open_page(path)
    assert page.locator("h1").count() == 1
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll("button, select, svg[role=img], section, figure")]
        .filter((one) => !(one.textContent.trim() || one.getAttribute("aria-label")
          || one.closest("label")))
        .map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert unnamed == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "changed"


def test_a_shop_in_its_first_month_has_a_page_too(
    open_page: Open, warehouse: Path, tmp_path: Path
) -> None:
    """One look, no backtest, nobody moved: fewer pictures, no error."""
    tables = tmp_path / "segments.duckdb"
    with duckdb.connect(str(tables)) as connection:
        sealed = warehouse / "current" / "segments.duckdb"
        connection.execute(f"attach '{sealed}' as sealed (read_only)")
        connection.execute("copy from database sealed to segments")
        for table in (
            *("segment_summary", "category_summary", "segment_flows", "segment_stability"),
            *("cohort_retention", "revenue_concentration"),
        ):
            connection.execute(
                f"delete from marts.{table} where observed_on <"
                f" (select max(observed_on) from marts.{table})"
            )
        connection.execute(
            "update marts.segment_flows set from_category = null, move_kind = 'join'"
        )
        connection.execute("delete from marts.churn_backtest")
        connection.execute("delete from marts.churn_calibration")
    path = tmp_path / "report.html"
    path.write_text(report.report_of(tables), encoding="utf-8")
    page = open_page(path)
    assert words()["first_look"]["en"] in page.locator("#when").inner_text()
    assert words()["nothing_changed"]["en"] in page.locator("#changes").inner_text()
    assert page.locator("#figure-backtest .reading").inner_text() == words()["not_yet"]["en"]
    assert marks(page, "#figure-months") >= 3


def test_a_look_of_a_few_days_says_which_month_it_tells(
    open_page: Open, warehouse: Path, tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    path.write_text(report.report_of(look_moved_to(13, warehouse, tmp_path)), encoding="utf-8")
    page = open_page(path, "#segment=core")
    when = page.locator("#when").inner_text()
    assert when == "As of 2026-06-13, changes from 2026-04-30 to 2026-05-31"
    assert "from: 2026-04-30" in page.locator("#draw-flows").text_content()
    assert "2026-04-30 to 2026-05-31" in page.locator("dialog").inner_text()
    assert "Net revenue of May 2026, CNY" in page.locator("#top").inner_text()


@pytest.fixture(scope="module")
def page_of_a_million(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("million")
    path = folder / "report.html"
    path.write_text(report.report_of(a_million(warehouse, folder)), encoding="utf-8")
    return path


@pytest.mark.parametrize(("locale", "width"), [("en-GB", 1280), ("zh-CN", 390)])
def test_the_numbers_of_a_million_customers_have_room(
    open_page: Open, page_of_a_million: Path, locale: str, width: int
) -> None:
    page = open_page(page_of_a_million, locale=locale, viewport={"width": width, "height": 900})
    assert all(marks(page, f"#figure-{figure}") >= 3 for figure in FIGURES)
    assert page.evaluate(OVERLAPS) == []
    too_wide = """() => [...document.querySelectorAll(".tile *, #changes *, #segments td")]
        .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth)
        .map((one) => one.textContent)"""
    assert page.evaluate(too_wide) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    customers = page.locator("#top .number").first.inner_text()
    assert int(customers.replace(",", "")) >= 1_000_000
