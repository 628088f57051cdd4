"""Mapping files: per raw table where the rows are, and which expression gives each column.

Everything a file can get wrong by itself (an unknown table, column or key, a path that leaves the
folder) is found here, before any data is touched; expressions are checked when the columns are
known.
"""

import difflib
import hashlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from lib.errors import UserError
from lib.warehouse import ROOT, Table, raw_tables

MAPPINGS = ROOT / "scripts" / "mappings"
MAPPING_KEYS = ("description", "folder", "options", "tables")
ORIGIN_KEYS = ("file", "database", "table", "sheet", "options")
ENTRY_KEYS = (*ORIGIN_KEYS, "columns", "where", "group_by", "lookups", "optional")
LOOKUP_KEYS = (*ORIGIN_KEYS, "match", "columns")
OPTION_KEYS = ("delimiter", "encoding", "header", "quote", "skip")
POSTGRES = ("postgresql://", "postgres://")


@dataclass(frozen=True)
class Options:
    """How a text file or sheet is written, where that cannot be seen from the file."""

    delimiter: str | None = None
    encoding: str | None = None
    header: tuple[str, ...] = ()
    quote: str = '"'
    skip: int = 0


@dataclass(frozen=True)
class Origin:
    """Where rows are: a `file` (or pattern), or a `table` of a `database`."""

    file: str | None = None
    database: str | None = None
    table: str | None = None
    sheet: str | None = None
    options: Options = field(default_factory=Options)


@dataclass(frozen=True)
class Lookup:
    """Columns of another source, one row per `match` key (own column → its column) at most."""

    origin: Origin
    match: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Entry:
    """How one raw table is filled; `columns` None takes those of the same name."""

    raw_table: Table
    origin: Origin
    columns: tuple[tuple[str, str], ...] | None
    where: str | None
    group_by: tuple[str, ...]
    lookups: tuple[Lookup, ...]
    optional: bool
    digest: str


@dataclass(frozen=True)
class MappingFile:
    """A mapping as read: `folder` holds its files."""

    path: Path
    description: str
    folder: Path
    entries: tuple[Entry, ...]


def shipped_mappings() -> dict[str, str]:
    """Path from the repository root → description, of the mappings that come with the project."""
    return {
        str(path.relative_to(ROOT)): read_mapping(path).description
        for path in sorted(MAPPINGS.glob("*.yml"))
    }


def read_mapping(path: Path, folder: Path | None = None) -> MappingFile:
    """Read and check a mapping file; `folder` overrides where it says its files are."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_Loader)
    except OSError as error:
        raise UserError(f"mapping {path} cannot be read ({error.strerror})") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(
            f"mapping {path.name} is not YAML: {' '.join(str(error).split())}"
        ) from None
    at = path.name
    content = _map(content, at, MAPPING_KEYS)
    tables = _map(content.get("tables"), f"{at}: tables", raw_tables(), "raw table")
    if not tables:
        raise UserError(f"{at} names no table; fill tables: {', '.join(raw_tables())}")
    options = _map(content.get("options") or {}, f"{at}: options", OPTION_KEYS)
    entries = []
    for name, value in tables.items():
        for entry in value if isinstance(value, list) else [value]:
            entries.append(_entry(raw_tables()[name], entry, options, f"{at}: {name}"))
    home = folder or ROOT / Path(_text(content.get("folder", "."), f"{at}: folder")).expanduser()
    description = " ".join(str(content.get("description", "")).split())
    return MappingFile(path, description, home, tuple(entries))


def files_of(origin: Origin, folder: Path, mapping: str) -> list[Path]:
    """The files an origin means, sorted by name. Errors: none, or one outside the folder."""
    pattern = origin.file or origin.database or ""
    home = folder.resolve()
    if not home.is_dir():
        raise UserError(f"{mapping}: there is no folder {folder}; give the right one with --folder")
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        raise UserError(f"{mapping}: {pattern!r} leaves the folder {folder}; name a file within it")
    literal = home / pattern
    paths = [literal] if literal.exists() else sorted(home.glob(pattern))
    for path in paths:
        if not path.resolve().is_relative_to(home):
            raise UserError(f"{mapping}: {path.name} is a link that leaves the folder {folder}")
    return paths


def database_url(origin: Origin, mapping: str) -> str | None:
    """The PostgreSQL address of an origin, if it has one; `$NAME` is read from the environment."""
    database = origin.database or ""
    if database.startswith("$"):
        name = database[1:].strip("{}")
        if name not in os.environ:
            raise UserError(
                f"{mapping}: set the environment variable {name} to the database's address"
            )
        database = os.environ[name]
    return database if database.startswith(POSTGRES) else None


class _Loader(yaml.SafeLoader):
    """YAML that refuses a name given twice, where plain YAML keeps the last in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [self.construct_object(key, deep=True) for key, _ in node.value]
        for name in names:
            if names.count(name) > 1 and name != "<<":
                raise yaml.YAMLError(f"{name!r} twice in line {node.start_mark.line + 1} and below")
        return super().construct_mapping(node, deep)


def _entry(table: Table, value: Any, shared: Mapping[str, Any], at: str) -> Entry:
    value = _map(value, at, ENTRY_KEYS)
    known = [column.name for column in table.data_columns]
    columns = value.get("columns")
    if columns is not None:
        columns = _expressions(columns, f"{at}: columns", known)
        given = {name for name, _ in columns}
        for column in table.data_columns:
            if column.required and column.name not in given:
                raise UserError(
                    f"{at} has no expression for the required column {column.name}"
                    f" ({column.description}); add it under columns"
                )
    group_by = value.get("group_by") or []
    group_by = [group_by] if isinstance(group_by, str) else group_by
    if group_by and columns is None:
        raise UserError(
            f"{at} groups rows, so it must say under columns what to make of each column"
        )
    lookups = value.get("lookups") or []
    if not isinstance(lookups, list):
        raise UserError(f"{at}: lookups is not a list")
    where = value.get("where")
    content = {**value, "options": {**shared, **(value.get("options") or {})}}
    return Entry(
        raw_table=table,
        origin=_origin(value, shared, at),
        columns=columns,
        where=None if where is None else _text(where, f"{at}: where"),
        group_by=tuple(_text(name, f"{at}: group_by") for name in group_by),
        lookups=tuple(_lookup(lookup, shared, f"{at}: lookups") for lookup in lookups),
        optional=bool(value.get("optional", False)),
        digest=hashlib.sha256(
            json.dumps(content, sort_keys=True, default=str).encode()
        ).hexdigest(),
    )


def _lookup(value: Any, shared: Mapping[str, Any], at: str) -> Lookup:
    value = _map(value, at, LOOKUP_KEYS)
    match = _expressions(value.get("match"), f"{at}: match")
    columns = _expressions(value.get("columns"), f"{at}: columns")
    return Lookup(_origin(value, shared, at), match, columns)


def _origin(value: Mapping[str, Any], shared: Mapping[str, Any], at: str) -> Origin:
    texts = {
        key: _text(value[key], f"{at}: {key}")
        for key in ("file", "database", "table", "sheet")
        if key in value
    }
    if ("file" in texts) == ("database" in texts):
        raise UserError(f"{at} must name either a file or a database")
    if ("database" in texts) != ("table" in texts):
        raise UserError(f"{at}: a database goes with a table, as in table: public.orders")
    own = _map(value.get("options") or {}, f"{at}: options", OPTION_KEYS)
    return Origin(**texts, options=_options({**shared, **own}, f"{at}: options"))


def _options(value: Mapping[str, Any], at: str) -> Options:
    header = value.get("header") or []
    skip = value.get("skip", 0)
    if not isinstance(header, list):
        raise UserError(f"{at}: header is a list of the column names, for a file that has none")
    if not isinstance(skip, int) or skip < 0:
        raise UserError(f"{at}: skip is a number of lines, not {skip!r}")
    delimiter = value.get("delimiter")
    delimiter = {"tab": "\t", "\\t": "\t"}.get(str(delimiter), delimiter)
    if delimiter not in (None, "whitespace") and len(str(delimiter)) != 1:
        raise UserError(f"{at}: delimiter is one character, tab or whitespace, not {delimiter!r}")
    return Options(
        delimiter=delimiter,
        encoding=value.get("encoding"),
        header=tuple(str(name) for name in header),
        quote=str(value.get("quote", '"') or ""),
        skip=skip,
    )


def _expressions(
    value: Any, at: str, known: Collection[str] | None = None
) -> tuple[tuple[str, str], ...]:
    value = _map(value, at, known, "column")
    if not value:
        raise UserError(f"{at} is empty; write name: expression pairs")
    return tuple(
        (name, "null" if expression is None else _text(expression, f"{at}: {name}"))
        for name, expression in value.items()
    )


def _map(
    value: Any, at: str, known: Collection[str] | None = None, what: str = "key"
) -> dict[str, Any]:
    """A YAML map whose keys are known ones."""
    if not isinstance(value, dict):
        raise UserError(f"{at} is not a map of name: value pairs")
    for key in value:
        if known is not None and key not in known:
            raise UserError(f"{at} has an unknown {what} {key!r}{_nearest(str(key), list(known))}")
        if not isinstance(key, str) or not key.strip():
            raise UserError(f"{at} has {key!r} for a name; quote it")
    return value


def _text(value: Any, at: str) -> str:
    """A YAML scalar as the text it was written as."""
    if value is None or isinstance(value, dict | list):
        raise UserError(f"{at} must be a text")
    return str(value).strip()


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name.lower(), known, n=1)
    return f"; did you mean {near[0]}?" if near else f"; known are {', '.join(known)}"
