"""The dashboard as the ZIP that Superset imports, once for each language.

Superset wants a YAML file for each table and chart with the identifiers of all that belongs
together. Ours come from names (uuid5), so that importing again replaces instead of doubling.
"""

import io
import uuid
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import yaml

from lib.report.colours import colours_of
from lib.report.words import LANGUAGES
from lib.warehouse import ROOT

DASHBOARD = ROOT / "scripts" / "superset" / "dashboard.yml"
DATABASE = "Customer segments"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "customer-segments.superset")
FIRST = {"version": "1.0.0"}
Files = dict[str, dict[str, Any]]


def write_assets(path: Path, served: duckdb.DuckDBPyConnection) -> None:
    """Write the ZIP; `served` gives the names of the segments, each with its colour."""
    files: Files = {
        "metadata.yaml": FIRST | {"type": "Dashboard", "timestamp": "2000-01-01T00:00:00+00:00"},
        "databases/segments.yaml": _database(),
    }
    for language in LANGUAGES:
        plan = _said(yaml.safe_load(DASHBOARD.read_text(encoding="utf-8")), language)
        files |= _files(plan, language, _colours(served, language, ["", *plan["ends"]]))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
            archive.writestr(zipfile.ZipInfo(f"dashboard/{name}"), text)
    path.write_bytes(buffer.getvalue())


def _files(plan: dict[str, Any], language: str, colours: dict[str, str]) -> Files:
    files: Files = {}
    for name, table in plan["tables"].items():
        files[f"datasets/segments/{name}_{language}.yaml"] = _dataset(name, table, language)
    charts = [chart for row in plan["rows"] for chart in row["charts"]]
    for chart in charts:
        files[f"charts/{chart['name']}_{language}.yaml"] = _chart(chart, language)
    files[f"dashboards/{plan['slug']}_{language}.yaml"] = FIRST | {
        "dashboard_title": plan["title"],
        "slug": f"{plan['slug']}-{language}",
        "uuid": _id("dashboard", language),
        "published": True,
        "position": _position(plan, language),
        "metadata": {"label_colors": colours, "cross_filters_enabled": False},
    }
    return files


def _database() -> dict[str, Any]:
    """The path is said by DB_CONNECTION_MUTATOR (superset_config.py) at each connection."""
    return FIRST | {
        "database_name": DATABASE,
        "sqlalchemy_uri": "duckdb:///segments.duckdb",
        "uuid": _id("database", "segments"),
        "expose_in_sqllab": True,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_run_async": False,
        "allow_file_upload": False,
        "cache_timeout": None,
        "extra": {"allows_virtual_table_explore": True},
    }


def _dataset(name: str, table: dict[str, Any], language: str) -> dict[str, Any]:
    return FIRST | {
        "table_name": f"{name}_{language}",
        "schema": "marts",
        "sql": table["sql"],
        "uuid": _id("table", name, language),
        "database_uuid": _id("database", "segments"),
        "columns": [
            {
                "column_name": column,
                "verbose_name": about["name"],
                "type": about["type"],
                "is_dttm": about["type"] == "DATE",
                "groupby": True,
                "filterable": True,
                "is_active": True,
            }
            for column, about in table["columns"].items()
        ],
        "metrics": [
            {
                "metric_name": metric,
                "verbose_name": about["name"],
                "expression": about["expression"],
            }
            for metric, about in table["metrics"].items()
        ],
    }


def _chart(chart: dict[str, Any], language: str) -> dict[str, Any]:
    common = {"adhoc_filters": [], "row_limit": 10_000, "viz_type": chart["viz_type"]}
    return FIRST | {
        "slice_name": chart["title"],
        "viz_type": chart["viz_type"],
        "uuid": _id("chart", chart["name"], language),
        "dataset_uuid": _id("table", chart["table"], language),
        "params": common | chart["params"],
        "cache_timeout": None,
    }


def _position(plan: dict[str, Any], language: str) -> dict[str, Any]:
    """Rows of charts, as Superset's grid wants them."""
    found: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": [], "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": plan["title"]}},
    }
    for number, row in enumerate(plan["rows"]):
        row_id = f"ROW-{number}"
        found["GRID_ID"]["children"].append(row_id)
        found[row_id] = {
            "type": "ROW",
            "id": row_id,
            "parents": ["ROOT_ID", "GRID_ID"],
            "meta": {"background": "BACKGROUND_TRANSPARENT"},
            "children": [f"CHART-{chart['name']}" for chart in row["charts"]],
        }
        for place, chart in enumerate(row["charts"]):
            found[f"CHART-{chart['name']}"] = {
                "type": "CHART",
                "id": f"CHART-{chart['name']}",
                "children": [],
                "parents": ["ROOT_ID", "GRID_ID", row_id],
                "meta": {
                    "uuid": _id("chart", chart["name"], language),
                    "chartId": 100 * (number + 1) + place,  # any: the import puts its own
                    "sliceName": chart["title"],
                    "width": chart["width"],
                    "height": row["height"],
                },
            }
    return found


def _colours(served: duckdb.DuckDBPyConnection, language: str, ends: list[str]) -> dict[str, str]:
    """Each segment's name, after each of `ends` too, to its colour, the one of the report."""
    rows = served.execute(
        f"select category, label_{language} from catalogue.categories"
        " where dimension = 'segment' order by category_rank"
    ).fetchall()
    colours = colours_of("segment", [category for category, _ in rows])
    return {end + label: colours[category] for end in ends for category, label in rows}


def _said(plan: Any, language: str) -> Any:
    """The plan with the texts of one language: {en: A, zh: B} becomes A or B."""
    if isinstance(plan, dict):
        if set(plan) == set(LANGUAGES):
            return plan[language]
        rest = {key: _said(value, language) for key, value in plan.items() if key not in LANGUAGES}
        return rest | ({"name": plan[language]} if language in plan else {})
    if isinstance(plan, list):
        return [_said(item, language) for item in plan]
    return plan.replace("{language}", language) if isinstance(plan, str) else plan


def _id(*names: str) -> str:
    return str(uuid.uuid5(NAMESPACE, "/".join(names)))
