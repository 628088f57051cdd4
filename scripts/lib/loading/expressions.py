"""The expressions a mapping may use: checked before they run, and none loses a text it cannot read.

An expression is one scalar of DuckDB's SQL over the columns of its source, with the functions of
FUNCTIONS and nothing else: no sub-query, no file, no clock, no chance. Two functions are the
loader's own:

    number(text[, mark[, thousands]])     number("Total", ',', '.')        1.234,56 → 1234.56
    moment(text, format[, timezone])      moment("Date", '%d/%m/%Y %H:%M', 'Asia/Shanghai')  → UTC

What they cannot read becomes the value of the column as it stood, so that staging rejects the row
and shows it; an amount of an order made of lines is then the text of the bad line, never a smaller
sum.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lib.errors import UserError
from lib.loading.sql import Connection, keep_native, normal, quote

Node = dict[str, Any]

READING = ("number", "moment")
AGGREGATES = frozenset(("avg", "bool_and", "bool_or", "count", "count_star", "max", "min", "sum"))
_FUNCTIONS = """
    + - * / // % || ~~ !~~ ~~* !~~* ->> number moment
    concat concat_ws contains ends_with left length lower lpad ltrim md5 prefix regexp_extract
    regexp_full_match regexp_matches regexp_replace replace reverse right rpad rtrim split_part
    starts_with strip_accents strpos substr substring suffix translate trim upper
    abs ceil floor greatest least round sign trunc
    date_diff date_part date_trunc datediff day epoch_ms hour last_day make_date make_timestamp
    minute month strftime strptime to_days to_hours to_minutes to_seconds to_timestamp
    try_strptime year
    array_extract json_extract_string list_value nullif
"""
FUNCTIONS = AGGREGATES | frozenset(_FUNCTIONS.split())
_CLASSES = "BETWEEN CASE CAST COLLATE COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION OPERATOR"
CLASSES = frozenset(_CLASSES.split())

# An instant with its offset from UTC, such as 2024-05-01T10:00:00-04:00 or … 10:00:00 +0800.
_OFFSET = (
    r"^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)? ?(?:(Z)|([+-]\d{2}):?(\d{2})?)$"
)
_PARTS = f"regexp_extract(x, '{_OFFSET}', ['day', 'time', 'seconds', 'zulu', 'hours', 'minutes'])"
_ISO = r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?"
# A number needs groups of three digits (two in India) before what separates thousands means that.
_GROUPED = (
    "'[+-]?\\d{1,3}(' || regexp_escape(thousands) || '\\d{2,3})*' || regexp_escape(thousands)"
    " || '\\d{3}(' || regexp_escape(mark) || '\\d*)?'"
)
MACROS = f"""
create or replace temp macro as_utc(x) as cast(timezone('UTC', try_cast(
    {_PARTS}.day || ' ' || {_PARTS}.time || coalesce(nullif({_PARTS}.seconds, ''), ':00')
    || case when {_PARTS}.zulu = 'Z' then '+00'
        else {_PARTS}.hours || ':' || coalesce(nullif({_PARTS}.minutes, ''), '00') end
    as timestamptz)) as varchar);

create or replace temp macro to_number(x, mark, thousands) as case
    when contains(x, '_') or (mark <> '.' and contains(replace(x, thousands, ''), '.')) then null
    when thousands <> '' and contains(x, thousands) and not regexp_full_match(x, {_GROUPED})
        then null
    -- Parsed narrow (fast, below 1e12), handed on wide so that a product of two has room.
    else cast(
        try_cast(replace(replace(x, thousands, ''), mark, '.') as decimal(18, 6)) as decimal(38, 6)
    )
end;

create or replace temp macro number(x, mark := '.', thousands := '') as
    to_number(trim(cast(x as varchar)), mark, thousands);

create or replace temp macro local_to_utc(moment, zone) as
    case when zone = '' then moment else timezone('UTC', timezone(zone, moment)) end;

create or replace temp macro to_moment(x, format, zone) as case
    when regexp_matches(format, '%[zZ]') then
        cast(timezone('UTC', try_cast(try_strptime(x, format) as timestamptz)) as varchar)
    when try_strptime(x, format) is not null then case
        when regexp_matches(format, '%-?[HIMSfgnXcT]')
            then cast(local_to_utc(cast(try_strptime(x, format) as timestamp), zone) as varchar)
        else strftime(try_strptime(x, format), '%Y-%m-%d')
    end
    when regexp_full_match(x, '{_ISO}') and length(x) = 10
        then strftime(try_cast(x as date), '%Y-%m-%d')
    when regexp_full_match(x, '{_ISO}')
        then cast(local_to_utc(try_cast(x as timestamp), zone) as varchar)
    else as_utc(x)
end;

create or replace temp macro moment(x, format, zone := '') as
    to_moment(trim(cast(x as varchar)), format, zone);
"""


class MissingColumnError(UserError):
    """An expression reads a column that its source does not have."""


@dataclass(frozen=True)
class Expression:
    """A checked expression: SQL text, the columns it reads, and SQL of the texts it could not read.

    `unreadable` expressions are null where all is well, else the text number() or moment() met.
    """

    sql: str
    columns: tuple[str, ...]
    unreadable: tuple[str, ...]
    aggregates: bool


def parse(connection: Connection, text: str, header: Sequence[str], at: str) -> Expression:
    """Check one expression. `header` are the names of its source's columns; `at` says where it
    stands.

    A text that is a column's name is that column. Errors: anything but one scalar of known
    functions; a column that is not there is a MissingColumnError.
    """
    names = {normal(name): name for name in header}
    if normal(text) in names:
        name = names[normal(text)]
        return Expression(quote(name), (name,), (), aggregates=False)
    node = _syntax(connection, text, at)
    columns: dict[str, None] = {}
    functions: set[str] = set()
    for part in _nodes(node):
        if part["class"] not in CLASSES or part.get("schema", "") not in ("", "main", "pg_catalog"):
            raise UserError(f"{at}: {text!r} is not one plain expression over columns")
        if part["class"] == "FUNCTION":
            functions.add(part["function_name"].lower())
        elif part["class"] == "COLUMN_REF":
            written = ".".join(part["column_names"])
            if normal(written) not in names:
                raise MissingColumnError(f"{written!r}")
            # The source's own spelling, so that case and spaces need not be repeated exactly.
            part["column_names"] = [names[normal(written)]]
            columns[names[normal(written)]] = None
    for function in sorted(functions - FUNCTIONS):
        raise UserError(
            f"{at}: {text!r} uses {function}(), which a mapping may not; there are"
            f" {', '.join(sorted(name for name in FUNCTIONS if name.isidentifier()))}"
        )
    return Expression(
        sql=_render(connection, node),
        columns=tuple(columns),
        unreadable=tuple(_unreadable(connection, node, within_aggregate=False)),
        aggregates=bool(functions & AGGREGATES),
    )


def stored(sql: str, type_: str, unreadable: Sequence[str], data_type: str) -> str:
    """SQL of what a raw column keeps of an expression of DuckDB type `type_`.

    `data_type` is the contract's: identifiers and words are text whatever they came as; other
    columns keep a native type; a moment that names its offset from UTC is written down in UTC.
    """
    if unreadable:
        text = f"cast({sql} as varchar)"
        if type_.startswith("DECIMAL"):
            trimmed = f"rtrim(rtrim({text}, '0'), '.')"
            text = f"case when contains({text}, '.') then {trimmed} else {text} end"
        sql, type_ = f"coalesce({', '.join([*unreadable, text])})", "VARCHAR"
    if data_type == "string":
        if type_ in ("FLOAT", "DOUBLE"):
            # An id column with gaps comes out of many tools as a double: 17850.0 is the id 17850.
            whole = f"case when {sql} = trunc({sql}) and abs({sql}) < 1e15 then {sql} end"
            return f"coalesce(cast(cast({whole} as bigint) as varchar), cast({sql} as varchar))"
        return f"cast({sql} as varchar)"
    if data_type == "timestamp" and type_ == "VARCHAR" and not unreadable:
        has_offset = " or ".join(f"{sql} like '%:%{sign}%'" for sign in "Z+-")
        return f"case when {has_offset} then coalesce(as_utc({sql}), {sql}) else {sql} end"
    return keep_native(sql, type_)


def _syntax(connection: Connection, text: str, at: str) -> Node:
    """The syntax tree of one expression, standing alone in `select (…) from source`."""
    parsed = _json(connection, "json_serialize_sql", f"select (\n{text}\n) from source")
    statements = parsed.get("statements", [])
    node = statements[0]["node"] if len(statements) == 1 else {}
    plain = node.get("type") == "SELECT_NODE" and len(node["select_list"]) == 1
    # What an expression could smuggle in beside itself: other clauses, other tables.
    others = ("where_clause", "group_expressions", "having", "qualify", "sample", "modifiers")
    if parsed["error"] or not plain or any(node.get(clause) for clause in others):
        reason = parsed.get("error_message", "it is more than one expression")
        raise UserError(f"{at}: {text!r} is not an expression ({reason}); quote names with spaces")
    if node["from_table"].get("table_name") != "source" or node["cte_map"]["map"]:
        raise UserError(f"{at}: {text!r} reads another table; use lookups for that")
    return dict(node["select_list"][0])


def _nodes(part: Any) -> Iterator[Node]:
    """Every node of an expression's tree."""
    if isinstance(part, dict):
        if "class" in part:
            yield part
        for value in part.values():
            yield from _nodes(value)
    elif isinstance(part, list):
        for value in part:
            yield from _nodes(value)


def _unreadable(connection: Connection, part: Any, *, within_aggregate: bool) -> Iterator[str]:
    """SQL of what each number() or moment() in a tree could not read; null where it could."""
    if isinstance(part, list):
        for value in part:
            yield from _unreadable(connection, value, within_aggregate=within_aggregate)
    if not isinstance(part, dict):
        return
    name = part.get("function_name", "").lower()
    if name in READING:
        call = _render(connection, part)
        text = f"nullif(trim(cast({_render(connection, _arguments(part)[0])} as varchar)), '')"
        missed = f"case when {call} is null then {text} end"
        yield f"max({missed})" if within_aggregate else missed
    for value in part.values():
        yield from _unreadable(
            connection, value, within_aggregate=within_aggregate or name in AGGREGATES
        )


def _arguments(call: Node) -> list[Node]:
    """The arguments of a function call: DuckDB 1 lists children, DuckDB 2 named arguments."""
    return call.get("children") or [argument["expression"] for argument in call["arguments"]]


def _render(connection: Connection, node: Node) -> str:
    """A syntax tree as SQL text."""
    statement = _json(connection, "json_serialize_sql", "select 0")
    statement["statements"][0]["node"]["select_list"] = [node]
    row = connection.execute("select json_deserialize_sql(?)", [json.dumps(statement)]).fetchone()
    assert row
    return str(row[0]).removeprefix("SELECT ")


def _json(connection: Connection, function: str, sql: str) -> Any:
    row = connection.execute(f"select {function}(?)", [sql]).fetchone()
    assert row
    return json.loads(row[0])
