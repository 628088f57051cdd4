"""The house rules, checked over dbt's own manifest: no list of old sins is kept."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from dbt.cli.main import dbtRunner

ROOT = Path(__file__).resolve().parents[2]
Node = dict[str, Any]

# Who may look at whom. A model looks up the page, never down.
LAYERS = {
    "staging": {"source", "seed", "staging"},
    "intermediate": {"source", "seed", "staging", "intermediate"},
    "marts": {"source", "seed", "staging", "intermediate", "marts"},
}
ANSWERS = {
    "int_lifecycle_staged",
    "int_activity_classified",
    "int_value_tiered",
    "int_frequency_banded",
    "int_rfm_grouped",
}


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The manifest of a strict parse: every deprecation dbt knows is an error."""
    from dbt.jsonschemas import jsonschemas

    target = tmp_path_factory.mktemp("target")
    supported = jsonschemas._JSONSCHEMA_SUPPORTED_ADAPTERS
    supported.add("duckdb")
    try:
        result = dbtRunner().invoke(
            [
                *("--warn-error", "parse", "--no-partial-parse", "--show-all-deprecations"),
                *("--project-dir", str(ROOT), "--profiles-dir", str(ROOT / "profiles")),
                *("--target-path", str(target), "--log-path", str(target)),
            ]
        )
    finally:
        supported.discard("duckdb")
    assert result.success, result.exception
    return json.loads((target / "manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def models(manifest: dict[str, Any]) -> list[Node]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def layer(node: Node) -> str:
    return node["fqn"][1]


def parents(node: Node, manifest: dict[str, Any]) -> list[Node]:
    known = manifest["nodes"] | manifest["sources"]
    return [known[name] for name in node["depends_on"]["nodes"]]


def sql_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.sql"))]


def code_of(path: Path) -> str:
    """The file without its comments."""
    text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.S)
    return re.sub(r"--[^\n]*", "", text)


def test_models_look_up_the_page_and_never_down(
    models: list[Node], manifest: dict[str, Any]
) -> None:
    wrong = [
        f"{node['name']} reads {parent['name']}"
        for node in models
        for parent in parents(node, manifest)
        if (layer(parent) if parent["resource_type"] == "model" else parent["resource_type"])
        not in LAYERS[layer(node)]
    ]
    assert wrong == []


def test_only_base_and_quality_read_raw_rows_whatever_reads_what_scripts_wrote(
    models: list[Node], manifest: dict[str, Any]
) -> None:
    wrong = [
        f"{node['name']} reads {parent['schema']}.{parent['name']}"
        for node in models
        for parent in parents(node, manifest)
        if parent["resource_type"] == "source"
        and not node["name"].startswith("base_")
        and parent["schema"] not in ("parameters", "served")
        and "quality" not in node["fqn"]
    ]
    assert wrong == []


def test_answers_are_strangers_to_each_other(models: list[Node], manifest: dict[str, Any]) -> None:
    wrong = [
        f"{node['name']} reads {parent['name']}"
        for node in models
        if node["name"] in ANSWERS
        for parent in parents(node, manifest)
        if parent["name"] in ANSWERS
    ]
    assert wrong == []


def test_every_model_is_named_for_its_layer(models: list[Node]) -> None:
    prefixes = {"staging": ("base_", "stg_"), "intermediate": ("int_",), "marts": ("",)}
    assert [
        node["name"] for node in models if not node["name"].startswith(prefixes[layer(node)])
    ] == []
    assert [
        node["name"]
        for node in models
        if layer(node) == "marts" and node["name"].startswith(("base_", "stg_", "int_"))
    ] == []


def test_every_description_begins_with_the_grain(models: list[Node]) -> None:
    assert [
        node["name"] for node in models if not node["description"].startswith("One row per ")
    ] == []


def test_every_column_is_described_and_typed(models: list[Node]) -> None:
    wrong = [
        f"{node['name']}.{column['name']}"
        for node in models
        for column in node["columns"].values()
        if not column["description"] or not column["data_type"]
    ]
    assert wrong == []


def test_every_seed_and_its_columns_are_described_and_typed(manifest: dict[str, Any]) -> None:
    for seed in (n for n in manifest["nodes"].values() if n["resource_type"] == "seed"):
        header = (ROOT / seed["original_file_path"]).read_text(encoding="utf-8").splitlines()[0]
        columns = header.split(",")
        assert seed["description"].startswith("One row per "), seed["name"]
        assert set(columns) == set(seed["columns"]), seed["name"]
        assert set(columns) == set(seed["config"]["column_types"]), seed["name"]
        assert all(column["description"] for column in seed["columns"].values()), seed["name"]


def test_every_macro_of_ours_has_a_docstring() -> None:
    wrong = [
        path.name
        for path in sql_files("macros", "tests/generic")
        if not path.read_text(encoding="utf-8").startswith("{#")
    ]
    assert wrong == []


def test_every_mart_has_an_enforced_contract(models: list[Node]) -> None:
    assert [
        node["name"]
        for node in models
        if layer(node) == "marts" and not node["config"]["contract"]["enforced"]
    ] == []


CONTACT_DATA = {"customer_name", "name", "email", "phone", "birth_date", "born_on", "annual_income"}


def test_columns_of_contact_data_are_tagged_and_no_served_mart_has_one(
    models: list[Node], manifest: dict[str, Any]
) -> None:
    tables = [*models, *(node for node in manifest["sources"].values() if node["schema"] == "raw")]
    columns = [(node, column) for node in tables for column in node["columns"].values()]
    tagged = [
        (node, column) for node, column in columns if column["config"]["meta"].get("contains_pii")
    ]
    names = {column["name"] for _, column in tagged}
    assert names <= CONTACT_DATA
    assert [  # the name of a campaign or a product is nobody's
        f"{node['name']}.{column['name']}"
        for node, column in columns
        if column["name"] in names
        and (node, column) not in tagged
        and (node["name"] == "customers" or column["name"] != "name")
    ] == []
    assert [
        f"{node['name']}.{column['name']}"
        for node, column in tagged
        if node["resource_type"] == "model" and node["schema"] == "marts"
    ] == []


def test_every_model_has_its_yaml_beside_it() -> None:
    assert [
        str(path) for path in sql_files("models") if not path.with_suffix(".yml").exists()
    ] == []


def test_every_model_begins_with_the_question_it_answers() -> None:
    wrong = [
        path.name
        for path in sql_files("models")
        if not re.match(r"-- .*\?$", path.read_text(encoding="utf-8").splitlines()[0])
    ]
    assert wrong == []


def test_every_model_ends_by_selecting_its_last_named_step() -> None:
    wrong = []
    for path in sql_files("models"):
        code = code_of(path).strip()
        last = re.findall(r"^(?:    )?(\w+) as \($", code, flags=re.M)[-1]
        if not code.endswith(f"select * from {last}") or last == "final":
            wrong.append(path.name)
    assert wrong == []


def test_no_model_or_macro_reads_the_clock_or_chance() -> None:
    forbidden = (
        r"\b(current_date|current_timestamp|now|today|getdate|random|rand|uuid|setseed)\s*\("
    )
    keyword = r"\b(current_date|current_timestamp|localtimestamp)\b"
    wrong = [
        path.name
        for path in sql_files("models", "macros", "tests/generic", "tests/singular")
        if re.search(forbidden, code_of(path), re.I) or re.search(keyword, code_of(path), re.I)
    ]
    assert wrong == []


def test_ntile_is_nowhere_because_it_splits_equal_values() -> None:
    assert [
        p.name
        for p in sql_files("models", "macros")
        if re.search(r"\bntile\s*\(", code_of(p), re.I)
    ] == []


def test_engines_are_told_apart_in_macros_engine_only() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in sql_files("models", "macros", "tests/generic", "tests/singular")
        if "macros/engine" not in path.as_posix()
        and re.search(r"target\.type|adapter\.dispatch|duckdb__|spark__|::", code_of(path))
    ]
    assert wrong == []


def test_the_project_file_knows_the_engine_for_what_spark_cannot_have_as_views_only() -> None:
    """Base, and the marts of today and of history: DuckDB writes them once, when published."""
    text = (ROOT / "dbt_project.yml").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if re.search(r"target\.", line)]
    as_table = """+materialized: "{{ 'table' if target.type == 'spark' else 'view' }}\""""
    assert lines == [as_table] * 3


def test_no_model_looks_into_the_database_while_it_is_compiled() -> None:
    wrong = [
        path.name
        for path in sql_files("models")
        if re.search(r"run_query|get_columns_in_relation|statement\(", code_of(path))
    ]
    assert wrong == []


def test_a_model_fits_on_a_few_screens() -> None:
    """Three hundred lines at the most, import blocks included; most stay under a hundred."""
    lengths = {path.name: len(path.read_text().splitlines()) for path in sql_files("models")}
    assert {name: n for name, n in lengths.items() if n > 300} == {}


def test_only_folders_the_project_agreed_on_stand_at_the_top() -> None:
    import subprocess

    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    folders = {name.split("/")[0] for name in tracked if "/" in name}
    assert folders <= {
        "models",
        "macros",
        "seeds",
        "tests",
        "scripts",
        "profiles",
        ".ci",
        ".github",
    }


@pytest.mark.parametrize(
    ("exposure", "folder"),
    [
        ("report", "scripts/lib/report/queries"),
        ("questions", "scripts/questions"),
        ("superset", "scripts/superset"),
    ],
)
def test_an_exposure_names_just_the_tables_its_queries_read(
    exposure: str, folder: str, manifest: dict[str, Any]
) -> None:
    read = {
        table
        for path in (ROOT / folder).iterdir()
        if path.suffix in (".sql", ".yml")
        for table in re.findall(r"\b(?:marts|catalogue)\.(\w+)", path.read_text(encoding="utf-8"))
    }
    named = manifest["exposures"][f"exposure.customer_segments.{exposure}"]["depends_on"]["nodes"]
    assert {node.split(".")[-1] for node in named} == read


@pytest.mark.parametrize(
    ("exposure", "schemas"),
    [("audience_lists", {"audiences"}), ("postgres", {"marts", "catalogue"})],
)
def test_an_exposure_of_a_whole_schema_names_all_of_it(
    exposure: str, schemas: set[str], manifest: dict[str, Any]
) -> None:
    named = manifest["exposures"][f"exposure.customer_segments.{exposure}"]["depends_on"]["nodes"]
    tables = {
        name
        for name, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed") and node["schema"] in schemas
    }
    assert set(named) == tables


def test_every_question_has_a_saved_query(manifest: dict[str, Any]) -> None:
    questions = {path.stem.split("_", 1)[1] for path in sql_files("scripts/questions")}
    assert {saved["name"] for saved in manifest["saved_queries"].values()} == questions
