"""One HTML file: page, style, script and figures, without a request to anywhere."""

import base64
import hashlib
import json
from datetime import date
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Any

import duckdb
import yaml

from lib.errors import UserError
from lib.report import changes, checks, pictures, segments
from lib.report.colours import colours_of
from lib.report.echarts import echarts
from lib.report.served import Served
from lib.report.words import label, words
from lib.warehouse import ROOT

HERE = Path(__file__).parent
REPORT = "report.html"
NEEDED = ("marts.segment_summary", "marts.segment_flows", "marts.category_summary")


def write_report(_state: Path, folder: Path) -> None:
    """Write report.html beside the sealed tables; where there is nothing to show, nothing."""
    tables = folder / "segments.duckdb"
    if tables.exists() and (page := _page_of(tables)):
        (folder / REPORT).write_text(page, encoding="utf-8")


def report_of(tables: Path) -> str:
    """The page of a sealed segments.duckdb; UserError where it holds no segments."""
    page = _page_of(tables)
    if page is None:
        raise UserError(f"{tables} holds no segments to report: run scripts/run_pipeline.py")
    return page


def _page_of(tables: Path) -> str | None:
    chosen = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    least_group = chosen["min_group_size"] if chosen["suppress_small_groups"] else 1
    with duckdb.connect(str(tables), read_only=True) as connection:
        served = Served(connection, least_group)
        if not served.has(*NEEDED) or not served.looks:
            return None
        currency = chosen["reporting_currency"]
        return build_page(figures(served, version=served.version, currency=currency))


def figures(served: Served, *, version: str, currency: str) -> dict[str, Any]:
    """All that the page shows, as plain values; its size depends on the catalogue alone."""
    segment_months = served.rows("segment_months", looks=served.looks)
    flows = served.rows("flows", looks=served.looks, until=served.until)
    months = pictures.months(served)
    return {
        "version": version,
        "currency": currency,
        "looks": served.looks,
        "told": served.told and [served.looks.index(look) for look in served.told],
        "words": words(),
        "dimensions": _dimensions(served),
        "top": pictures.top_figures(served, segment_months, months),
        "changes": changes.changes(served, flows, changes.Money(currency)),
        "segments": segments.segments(served, segment_months, flows),
        "reading": segments.reading(served, segment_months),
        "checks": {"scorecard": checks.scorecard(served), "advice": checks.advice(served)},
        "pictures": {
            "tiers": pictures.tiers(served),
            "months": months,
            "flows": pictures.flows(served, flows),
            "cohorts": pictures.cohorts(served),
            "concentration": pictures.concentration(served),
            "conversion": pictures.conversion(served),
            "lift": pictures.lift(served),
            "calibration": pictures.calibration(served),
            "backtest": pictures.backtest(served),
        },
    }


def build_page(values: dict[str, Any]) -> str:
    """The file's text. Its policy lets nothing run but its two scripts, and nothing be fetched."""
    style = (HERE / "page.css").read_text(encoding="utf-8")
    script = "\n".join(
        (HERE / name).read_text(encoding="utf-8") for name in ("charts.js", "page.js")
    )
    data = json.dumps(values, default=_plain, ensure_ascii=False, separators=(",", ":"))
    library = echarts()
    policy = (
        f"default-src 'none'; script-src {_digest(library)} {_digest(script)};"
        f" style-src {_digest(style)}; base-uri 'none'; form-action 'none'"
    )
    page = (HERE / "page.html").read_text(encoding="utf-8")
    parts = {
        "policy": escape(policy),
        "title": escape(words()["title"]["en"]),
        "style": style,
        "data": data.replace("<", "\\u003c"),
        "library": library,
        "script": script,
    }
    for name, text in parts.items():
        page = page.replace(f"<!--{name}-->", text, 1)
    return page


def _dimensions(served: Served) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for (dimension, category), row in served.categories.items():
        of_dimension = found.setdefault(
            dimension, {"label": label(row, "dimension"), "categories": {}}
        )
        of_dimension["categories"][category] = {
            "label": label(row),
            "definition": label(row, "definition"),
        }
    for dimension, of_dimension in found.items():
        for category, colour in colours_of(dimension, of_dimension["categories"]).items():
            of_dimension["categories"][category]["colour"] = colour
    return found


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return round(float(value), 2)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in the page")
