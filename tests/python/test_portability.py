"""Every model has to run on Spark too: what can be told without starting it."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ENGINES = ("duckdb", "spark")
PREFIXES = {"duckdb": "default__", "spark": "spark__"}
MACRO = re.compile(r"{%-?\s*macro\s+(\w+)\s*\((.*?)\)\s*-?%}.*?{%-?\s*endmacro\s*-?%}", re.S)


def words(text: str) -> set[str]:
    return set(text.split())


# Functions that mean the same on both engines. Before one is added, its values on both are compared
# in tests/python/test_spark.py; one that differs becomes a macro under macros/engine/.
PORTABLE_FUNCTIONS = words("""
    abs atanh bool_and bool_or cast ceil chr coalesce concat concat_ws contains count
    date_trunc day exp first_value floor greatest lag last_day last_value lead least length ln lower
    max max_by min mod month nullif percentile_cont power rank replace round row_number split_part
    sqrt substr sum tanh translate try_cast upper year
""")
# avg() is not among them: its last digit depends on the order of the rows; see mean_of().
# What stands before a bracket and is no function.
KEYWORDS = words("""
    and as between by case decimal distinct else except exists filter from group having in join not
    on or over select then union values when where window within
""")
# Constructs that one of the engines does not know, or reads in another way.
FORBIDDEN = {
    r"::": "write cast(x as type)",
    r"\binterval\b": "use add_days()",
    r"\bdistinct on\b": "use row_number()",
    r"\bqualify\b": "filter in a step of its own",
    r"\bilike\b": "use lower() like",
    r"\bgroup by all\b": "name the columns",
    r"\border by all\b": "name the columns",
    r"\bpositional join\b|\basof join\b|\bsemi join\b|\banti join\b": "use exists or a join",
    r"\busing\s*\(": "write the condition with on",
    r"\bexclude\s*\(|\bcolumns\s*\(": "list the columns",
    r"\bunion (all )?by name\b": "list the columns in one order",
    r"\bis (not )?(true|false|unknown)\b": "use coalesce(x, false)",
    r"//": "use floor(x / y), with one of them a double",
    r"\*\*|\^": "use power()",
    r"\s%\s": "use mod()",
    r"\[": "no lists",
    r"(?<!\w)(varchar|text|integer|float|hugeint|timestamptz)\b": "use a type both engines know",
    r"\"": "no quoted names: Spark reads them as text",
    r"`": "no quoted names",
}


def sql_files() -> list[Path]:
    """Everything that both engines run and that is not written once for each."""
    return [
        path
        for folder in ("models", "macros", "tests/generic", "tests/singular")
        for path in sorted((ROOT / folder).rglob("*.sql"))
        if "engine" not in path.relative_to(ROOT).parts
    ]


def sql_of(path: Path) -> str:
    """The SQL of a file without comments, Jinja and quoted text."""
    text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.S)
    text = re.sub(r"{%.*?%}", " ", text, flags=re.S)
    while text != (text := re.sub(r"{{(?:(?!{{).)*?}}", "x", text, flags=re.S)):
        pass
    text = re.sub(r"'[^']*'", "''", text)
    return re.sub(r"--[^\n]*", "", text).lower()


def cte_names(sql: str) -> set[str]:
    return set(re.findall(r"\b(\w+)(?:\s*\([\w\s,]*\))?\s+as\s*\(", sql)) | set(
        re.findall(r"\bas\s+(\w+)\s*\(", sql)
    )


def test_only_functions_that_both_engines_read_alike() -> None:
    strangers = {}
    for path in sql_files():
        sql = sql_of(path)
        called = set(re.findall(r"\b([a-z_]\w*)\s*\(", sql))
        if unknown := called - PORTABLE_FUNCTIONS - KEYWORDS - cte_names(sql):
            strangers[path.name] = sorted(unknown)
    assert strangers == {}, "write a macro under macros/engine/ with a spark__ body, and call that"


def test_only_constructs_that_both_engines_read_alike() -> None:
    wrong = {
        path.name: found
        for path in sql_files()
        if (
            found := [
                hint for pattern, hint in FORBIDDEN.items() if re.search(pattern, sql_of(path))
            ]
        )
    }
    assert wrong == {}


# -- the macros that tell the engines apart --------------------------------------------------


class Returned(Exception):
    """What `return()` in a macro gives back."""


@cache
def macro_texts() -> dict[str, tuple[str, list[str], Path]]:
    """Every macro of the project: its text, its parameters without defaults, and its file."""
    return {
        match.group(1): (match.group(0), match.group(2).split(","), path)
        for path in sorted((ROOT / "macros").rglob("*.sql"))
        for match in MACRO.finditer(re.sub(r"{#.*?#}", "", path.read_text("utf-8"), flags=re.S))
    }


def engine_macros() -> Iterator[str]:
    """The public macros under macros/engine/ that differ by engine."""
    for name, (text, _, path) in macro_texts().items():
        if path.parent.name == "engine" and "adapter.dispatch" in text:
            yield name


@cache
def rendering(engine: str) -> dict[str, Callable[..., Any]]:
    """Every macro as a function, dispatching as dbt would on this engine."""
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    known: dict[str, Callable[..., Any]] = {}
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], undefined=jinja2.StrictUndefined)
    environment.globals.update(
        var=lambda name: {**project["vars"], "business_timezone": "Asia/Shanghai"}[name],
        env_var=lambda name, default="": default,
        execute=False,
        modules=SimpleNamespace(re=re),
        adapter=SimpleNamespace(
            dispatch=lambda name, package: (
                known.get(PREFIXES[engine] + name) or known["default__" + name]
            )
        ),
        exceptions=SimpleNamespace(raise_compiler_error=_refuse),
        **{"return": _give_back},
    )

    def as_function(name: str, text: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            macro = getattr(environment.from_string(text, globals=known).module, name)
            try:
                return macro(*arguments, **named)
            except Returned as returned:
                return returned.args[0]

        return call

    for name, (text, _, _) in macro_texts().items():
        known[name] = as_function(name, text)
    return known


def _give_back(value: Any) -> None:
    raise Returned(value)


def _refuse(message: str) -> None:
    raise AssertionError(message)


def arguments_of(name: str) -> list[str]:
    """A column named for each parameter that has no default."""
    return [
        "some_table." + parameter.strip()
        for parameter in macro_texts()[name][1]
        if parameter.strip() and "=" not in parameter
    ]


@pytest.mark.parametrize("name", sorted(engine_macros()))
@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_macro_renders_for_both(name: str, engine: str) -> None:
    sql = str(rendering(engine)[name](*arguments_of(name)))
    for argument in arguments_of(name):
        assert argument in sql
    assert "{{" not in sql and "{%" not in sql
    if engine == "spark":
        assert not re.search(r"::|\bunnest\b|timestamptz|\binterval \d", sql), sql


@pytest.mark.parametrize("name", sorted(engine_macros()))
def test_every_engine_macro_is_written_for_both_and_they_differ(name: str) -> None:
    bodies = {
        engine: macro_texts()[PREFIXES[engine] + name][0].split("%}", 1)[1] for engine in ENGINES
    }
    assert bodies["duckdb"] != bodies["spark"]


def test_nothing_in_the_engine_folder_is_for_one_engine_by_mistake() -> None:
    """A body without its other half is one of dbt's own macros, written anew."""
    halves = {name for name in macro_texts() if name.startswith(tuple(PREFIXES.values()))}
    lone = {
        name
        for name in halves
        for prefix, other in (("default__", "spark__"), ("spark__", "default__"))
        if name.startswith(prefix) and other + name.removeprefix(prefix) not in halves
    }
    assert lone == {"spark__load_csv_rows"}


def test_what_was_rounded_from_floating_point_is_no_decimal_in_any_table() -> None:
    """Decimals have to be equal on both engines, and a value on the edge of a rounding is not."""
    wrong = [
        f"{path.stem}.{column['name']}"
        for path in sorted((ROOT / "models").rglob("*.yml"))
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
        for column in model.get("columns", [])
        if re.fullmatch(r"decimal\(\d+, ?(9|12)\)", column.get("data_type", ""))
    ]
    assert wrong == [], "cast it to double once it has been added up"
