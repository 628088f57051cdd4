"""Propose a mapping from files: which raw table each is, which column is which, how it is written.

A proposal is for a person to read: what was not found and what could be read in two ways stands in
it as a comment.
"""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import duckdb
import yaml

from lib.errors import UserError
from lib.loading.expressions import MACROS
from lib.loading.mapping import Options, Origin
from lib.loading.sources import open_file
from lib.loading.sql import Connection, normal
from lib.loading.survey import Sheet, as_sql
from lib.loading.workbooks import sheet_names
from lib.warehouse import ROOT, Table, raw_tables

SYNONYMS = Path(__file__).with_name("synonyms.yml")
LINES = "order_lines"


@dataclass
class Draft:
    """What one entry of the proposal will say: raw column → expression, and remarks beside them."""

    table: Table
    columns: dict[str, str]
    remarks: dict[str, str] = field(default_factory=dict)
    where: str | None = None
    group_by: str | None = None


def propose_mapping(files: Sequence[Path]) -> str:
    """The text of a mapping for these files. Errors: a file that cannot be read."""
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(MACROS)
        sheets = [sheet for path in files for sheet in _sheets(connection, path, Path(scratch))]
        drafts: list[tuple[Sheet, Draft]] = []
        for sheet in sheets:
            drafts += [(sheet, draft) for draft in _drafts(sheet)]
        if not any(draft.table.name == "customers" for _, draft in drafts):
            drafts += _customers_of_orders(drafts)
        if any(_lists_products(draft) for _, draft in drafts):
            drafts = [
                (sheet, draft)
                for sheet, draft in drafts
                if draft.table.name != "products" or _lists_products(draft)
            ]
        return "".join(_written(sheets, _one_per_table(drafts), files))


def _lists_products(draft: Draft) -> bool:
    """Whether it has products of a file of their own, not as order lines name them."""
    return draft.table.name == "products" and draft.group_by is None


def _sheets(connection: Connection, path: Path, scratch: Path) -> Iterator[Sheet]:
    for sheet in sheet_names(path) or [None]:
        origin = Origin(file=path.name, sheet=sheet, options=Options())
        yield Sheet(connection, open_file(connection, path, origin, scratch), path, sheet)


@cache
def _synonyms() -> Mapping[str, Mapping[str, object]]:
    synonyms: Mapping[str, Mapping[str, object]] = yaml.safe_load(SYNONYMS.read_text("utf-8"))
    return synonyms


def _key(name: object) -> str:
    """A name without what people write differently: case, spaces, punctuation, brackets."""
    without_brackets = re.sub(r"[(\[（【].*?[)\]）】]", "", normal(str(name)))
    return re.sub(r"[\W_]", "", without_brackets)


def _matches(header: Sequence[str], table: str, columns: Sequence[str]) -> dict[str, str]:
    """Raw column → the column of the file that has its name or a synonym; each used once."""
    by_key = {_key(name): name for name in reversed(header)}
    known = _synonyms()[table]["columns"]
    assert isinstance(known, dict)
    found: dict[str, str] = {}
    for column in columns:
        for synonym in (column, *known.get(column, ())):
            name = by_key.get(_key(synonym))
            if name is not None and name not in found.values():
                found[column] = name
                break
    return found


def _table_of(sheet: Sheet) -> tuple[Table, dict[str, str]] | None:
    """The raw table a file fits best: by its name, and by the columns the table requires."""
    best: tuple[float, Table, dict[str, str]] | None = None
    words = set(re.split(r"[\W_\d]+", normal(f"{sheet.path.stem} {sheet.sheet or ''}")))
    for table in raw_tables().values():
        found = _matches(sheet.source.header, table.name, [c.name for c in table.data_columns])
        required = [column.name for column in table.data_columns if column.required]
        names = _synonyms()[table.name]["names"]
        assert isinstance(names, list)
        # File names count for more than any one column: every table has an id and a date.
        named = any(_key(name) in {_key(word) for word in words} for name in names)
        named = named or any(
            not name.isascii() and name in sheet.path.stem + (sheet.sheet or "") for name in names
        )
        score = len(found) + 4 * named - 2 * sum(name not in found for name in required)
        if found and (best is None or score > best[0]):
            best = (score, table, found)
    return (best[1], best[2]) if best and best[0] > 0 else None


def _drafts(sheet: Sheet) -> list[Draft]:
    """The entries a file gives rise to; order lines give orders, items and products."""
    header = sheet.source.header
    lines = _matches(header, "order_items", ["order_id", "product_id", "quantity"])
    orders = _matches(header, "orders", [c.name for c in raw_tables()["orders"].data_columns])
    amount = _amount_of_lines(sheet, lines)
    if amount and {"customer_id", "ordered_at"} <= orders.keys():
        return _drafts_of_lines(sheet, orders, lines, amount)
    best = _table_of(sheet)
    if best is None:
        return []
    table, found = best
    draft = Draft(table, {})
    for column in table.data_columns:
        if column.name in found:
            _add(sheet, draft, column.name, column.data_type, found[column.name])
    if table.name == "orders" and "order_id" in found and sheet.repeats(found["order_id"]):
        _group(sheet, draft, found)
    return [draft]


def _amount_of_lines(sheet: Sheet, lines: dict[str, str]) -> str | None:
    """What each order line comes to: quantity × price, else a sum that differs within orders.

    The column it is found in joins `lines`. None where the file has no lines.
    """
    header = [name for name in sheet.source.header if name not in lines.values()]
    price = _matches(header, LINES, ["unit_price"])
    if price and "quantity" in lines:
        lines |= price
        return f"{sheet.number(lines['quantity'])[0]} * {sheet.number(price['unit_price'])[0]}"
    total = _matches(header, "order_items", ["net_amount"])
    if not total or not {"order_id", "product_id"} <= lines.keys():
        return None
    if sheet.is_constant_within(total["net_amount"], lines["order_id"]):
        return None
    lines |= total
    return sheet.number(total["net_amount"])[0]


def _drafts_of_lines(
    sheet: Sheet, orders: dict[str, str], lines: dict[str, str], amount: str
) -> list[Draft]:
    """Orders, order items and products from a file with a row per order line."""
    tables = raw_tables()
    found = {name: column for name, column in orders.items() if column not in lines.values()}
    found |= {"order_id": lines["order_id"]} if "order_id" in lines else {}
    header = Draft(tables["orders"], {})
    types = {column.name: column.data_type for column in tables["orders"].data_columns}
    for name in types:
        if name in found and name != "gross_amount":
            _add(sheet, header, name, types[name], found[name])
    header.columns["gross_amount"] = amount
    if "order_id" not in found:
        return [header]
    _group(sheet, header, found)
    header.columns["gross_amount"] = f"sum({amount})"
    drafts = [header, Draft(tables["order_items"], {"order_id": found["order_id"]})]
    if "product_id" in lines:
        drafts[1].columns["product_id"] = lines["product_id"]
        product = Draft(tables["products"], {"product_id": lines["product_id"]})
        product.where = f"{as_sql(lines['product_id'])} is not null"
        product.group_by = as_sql(lines["product_id"])
        known = _matches(sheet.source.header, "products", ["name", "category", "brand"])
        for name, column in known.items():
            if column != lines["product_id"]:
                product.columns[name] = f"max({as_sql(column)})"
        drafts.append(product)
    drafts[1].columns["net_amount"] = amount
    if "quantity" not in lines:
        return drafts
    quantity = sheet.number(lines["quantity"])[0]
    drafts[1].columns["quantity"] = quantity
    if sheet.any_value(lines["quantity"], "number(x) < 0"):
        for draft in drafts:
            draft.where = f"{quantity} > 0"
        refund = Draft(tables["refunds"], {}, where=f"{quantity} < 0")
        refund.remarks["amount"] = "CHECK: quantities below zero are taken for goods given back"
        refund.columns["customer_id"] = found["customer_id"]
        if "product_id" in lines:
            refund.columns["product_id"] = lines["product_id"]
        refund.columns["refunded_at"] = sheet.moment(found["ordered_at"])[0]
        refund.columns["amount"] = f"-{amount}"
        drafts.append(refund)
    return drafts


def _group(sheet: Sheet, draft: Draft, found: Mapping[str, str]) -> None:
    """Make one order of the rows that share an order id."""
    draft.group_by = as_sql(found["order_id"])
    for name, expression in draft.columns.items():
        if name == "order_id":
            continue
        sql = expression if "(" in expression else as_sql(found[name])
        if name in ("gross_amount", "discount_amount") and name in found:
            is_header = sheet.is_constant_within(found[name], found["order_id"])
            aggregate = "max" if is_header else "sum"
            sql = sql if "(" in sql else f"number({sql})"
            draft.remarks[name] = (
                "CHECK: the same on every row of an order, so taken once"
                if is_header
                else "CHECK: differs between the rows of an order, so added up"
            )
        else:
            aggregate = "min" if name == "ordered_at" else "max"
        draft.columns[name] = f"{aggregate}({sql})"


def _customers_of_orders(drafts: Sequence[tuple[Sheet, Draft]]) -> list[tuple[Sheet, Draft]]:
    """Customers as the orders name them, where no file lists customers."""
    table = raw_tables()["customers"]
    for sheet, draft in drafts:
        if draft.table.name != "orders" or "customer_id" not in draft.columns:
            continue
        found = _matches(
            sheet.source.header,
            "customers",
            ["customer_id", "name", "email", "phone", "region", "customer_type", "industry"],
        )
        orders = _matches(sheet.source.header, "orders", ["order_id", "customer_id"])
        customer = orders["customer_id"]
        columns = {"customer_id": customer}
        columns |= {
            name: f"max({as_sql(column)})"
            for name, column in found.items()
            if column not in orders.values() and name != "customer_id"
        }
        sql = as_sql(customer)
        derived = Draft(table, columns, where=f"{sql} is not null", group_by=sql)
        derived.remarks["customer_id"] = "no file lists customers, so they are those who ordered"
        return [(sheet, derived)]
    return []


def _add(sheet: Sheet, draft: Draft, column: str, data_type: str, name: str) -> None:
    """Give a raw column the expression that reads the values of the file's column."""
    expression, remark = name, ""
    if data_type in ("date", "timestamp"):
        expression, remark = sheet.moment(name)
    elif data_type.startswith("decimal"):
        expression, remark = sheet.number(name, plain=name)
    draft.columns[column] = expression
    if column == "gross_amount":
        remark = remark or "CHECK: is this the goods before discounts, without tax and shipping?"
    if remark:
        draft.remarks[column] = remark


def _one_per_table(drafts: Sequence[tuple[Sheet, Draft]]) -> dict[str, list[tuple[Sheet, Draft]]]:
    """Entries by raw table, in the contract's order."""
    return {
        name: entries
        for name in raw_tables()
        if (entries := [(sheet, draft) for sheet, draft in drafts if draft.table.name == name])
    }


def _written(
    sheets: Sequence[Sheet],
    entries: Mapping[str, Sequence[tuple[Sheet, Draft]]],
    files: Sequence[Path],
) -> Iterator[str]:
    """The lines of the mapping file."""
    folders = {path.resolve().parent for path in files}
    if len(folders) > 1:
        raise UserError(
            "the files are in several folders; put them into one, or propose one by one"
        )
    folder = folders.pop()
    yield "# Proposed from the files' own columns. Read it, correct what is wrong, then load it:\n"
    yield "# python scripts/load_raw.py --mapping THIS_FILE --dry-run\n"
    yield "# Times without an offset are read as UTC; if they are your local time, name its zone:\n"
    yield "# moment(column, format, 'Asia/Shanghai')\n"
    yield f"description: {_yaml('Proposed from ' + ', '.join(path.name for path in files))}\n"
    place = folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder
    yield f"folder: {_yaml(str(place))}\n"
    for sheet in sheets:
        if not any(sheet is its for drafts in entries.values() for its, _ in drafts):
            yield f"# {_label(sheet)} fits no raw table: its columns are"
            yield f" {', '.join(sheet.source.header)}\n"
    for name in ("customers", "orders"):
        if name not in entries:
            yield f"# MISSING: nothing found for {name}, without which there are no segments\n"
    yield "tables:\n" if entries else "tables: {}\n"
    for name, drafts in entries.items():
        yield f"  {name}:\n"
        for sheet, draft in drafts:
            yield from _entry_lines(sheet, draft, is_one_of_many=len(drafts) > 1)


def _entry_lines(sheet: Sheet, draft: Draft, *, is_one_of_many: bool) -> Iterator[str]:
    lines = [f"file: {_yaml(sheet.path.name)}"]
    lines += [f"sheet: {_yaml(sheet.sheet)}"] if sheet.sheet else []
    lines += [f"where: {_yaml(draft.where)}"] if draft.where else []
    lines += [f"group_by: {_yaml(draft.group_by)}"] if draft.group_by else []
    lines.append("columns:")
    for column in draft.table.data_columns:
        if column.name in draft.columns:
            if column.name in draft.remarks:
                lines.append(f"  # {draft.remarks[column.name]}")
            lines.append(f"  {column.name}: {_yaml(draft.columns[column.name])}")
        elif column.required:
            lines.append(f"  # MISSING, required: {column.name} ({column.description})")
    optional = [
        column.name
        for column in draft.table.data_columns
        if not column.required and column.name not in draft.columns
    ]
    if optional:
        lines.append(f"  # not found: {', '.join(optional)}")
    text = " ".join(draft.columns.values())
    unused = [name for name in sheet.source.header if name not in text]
    if unused and not draft.group_by:
        lines.append(f"  # unused columns of the file: {', '.join(unused)}")
    for number, line in enumerate(lines):
        yield (
            "    - " if is_one_of_many and number == 0 else "      " if is_one_of_many else "    "
        )
        yield f"{line}\n"


def _label(sheet: Sheet) -> str:
    return f"{sheet.path.name}, sheet {sheet.sheet}," if sheet.sheet else sheet.path.name


def _yaml(text: str) -> str:
    """A text as a YAML scalar on one line."""
    if re.fullmatch(r"[^\W\d][\w .()/*+=<>%$-]*", text) and yaml.safe_load(text) == text:
        return text
    return json.dumps(text, ensure_ascii=False)
