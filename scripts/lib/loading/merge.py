"""Put the incoming rows of one load into their raw table, by key, losing none.

Rows of one key are judged together. The rows of a key that came in are unchanged if they are the
same rows as there, or all older by updated_at; otherwise they take the place of all earlier rows
of the key.

Rows without a key of their own are the same row when they are equal in every column, the first to
the first and the second to the second, and come from a source of the same name: a file that is
exported again with more rows at its end adds only those. Order lines name their order, so any
source will do.
"""

from dataclasses import dataclass
from datetime import date

from lib.loading.shape import INCOMING
from lib.loading.sql import Connection, columns_of, literal, number_from
from lib.warehouse import Table

# Stands between the columns of a key; ids do not hold this control character.
SEPARATOR = "chr(31)"
LINES_OF_ORDERS = "order_items"


@dataclass(frozen=True)
class Merged:
    """Incoming rows by what became of them: new to the table, in place of others, or not stored.

    `look_alikes` of the new ones have no key and equal rows of other sources.
    """

    new: int
    replacing: int
    unchanged: int
    look_alikes: int


def merge(
    connection: Connection,
    table: Table,
    made_key: str | None,
    load_id: str,
    source_name: str,
    loaded_on: date,
) -> Merged:
    """Move INCOMING into `raw.<table>`; `made_key` is the key column the loader makes itself.

    Rows that others replace are counted in the `rows_replaced` of their own load.
    """
    raw = f"raw.{table.name}"
    _widen(connection, raw)
    incoming = number_from(connection, f"select count(*) from {INCOMING}")
    unchanged = replacing = look_alikes = 0
    if _has_rows(connection, raw):
        _list_rows(connection, table, made_key, source_name)
        _judge(connection)
        unchanged, replacing, look_alikes = (
            number_from(connection, f"select count(*) from verdicts where {condition}")
            for condition in (
                "verdict = 'unchanged'",
                "verdict = 'replaces'",
                "verdict = 'new' and own_key is null and content in (select content from present)",
            )
        )
        _make_room(connection, raw)
    made = f"{literal(load_id + '-')} || source_line as {made_key}," if made_key else ""
    connection.execute(
        f"""
        insert into {raw} by name
        select {made} *, {literal(load_id)} as load_id, date '{loaded_on}' as loaded_on
        from {INCOMING}
        """
    )
    return Merged(incoming - unchanged - replacing, replacing, unchanged, look_alikes)


def _has_rows(connection: Connection, table: str) -> bool:
    return number_from(connection, f"select count(*) from (from {table} limit 1)") > 0


def _widen(connection: Connection, raw: str) -> None:
    """Make every raw column able to hold what comes: an empty table takes the incoming types, a
    filled one turns to text where types differ, for text keeps whatever came."""
    types = columns_of(connection, raw)
    is_empty = not _has_rows(connection, raw)
    for name, type_ in columns_of(connection, INCOMING).items():
        if name == "source_line" or types[name] == type_:
            continue
        if is_empty:
            connection.execute(f"alter table {raw} alter column {name} type {type_}")
        elif types[name] != "VARCHAR":
            connection.execute(f"alter table {raw} alter column {name} type varchar")


def _list_rows(
    connection: Connection, table: Table, made_key: str | None, source_name: str
) -> None:
    """Make `arriving` and `present`: where each row is, its own key if any, content and last
    update.

    Both get a merge_key: the row's own, else its content and which of its equals it is.
    """
    raw = f"raw.{table.name}"
    types = columns_of(connection, raw)
    given = columns_of(connection, INCOMING)
    columns = [column.name for column in table.data_columns if column.name != made_key]

    def content(available: dict[str, str]) -> str:
        values = ", ".join(
            f"cast({name if name in available else 'null'} as {types[name]})" for name in columns
        )
        return f"hash({values})"

    blank = " or ".join(f"coalesce(trim(cast({name} as varchar)), '') = ''" for name in table.key)
    key = f"concat_ws({SEPARATOR}, {', '.join(f'cast({name} as varchar)' for name in table.key)})"
    # A key of the loader's own making says nothing about the row.
    is_made = f"starts_with({key}, load_id || '-')" if len(table.key) == 1 else "false"
    own_key = f"case when not ({blank}) then {key} end"
    same_source = (
        "true" if table.name == LINES_OF_ORDERS else f"source_name = {literal(source_name)}"
    )
    updated_at = "updated_at" if "updated_at" in given else "null"
    connection.execute(
        f"""
        create or replace temp table arriving as
        select
            source_line as place,
            try_cast({updated_at} as timestamp) as updated_at,
            {content(given)} as content,
            {"cast(null as varchar)" if made_key else own_key} as own_key,
            true as is_same_source
        from {INCOMING};

        create or replace temp table present as
        select
            {raw}.rowid as place,
            {raw}.load_id,
            try_cast(updated_at as timestamp) as updated_at,
            {content(types)} as content,
            case when not {is_made} then {own_key} end as own_key,
            load_id in (select loads.load_id from raw.loads where {same_source}) as is_same_source
        from {raw}
        """
    )
    for rows in ("arriving", "present"):
        connection.execute(
            f"""
            create or replace temp table {rows} as
            select
                *,
                case
                    when own_key is not null then own_key
                    when is_same_source then content || {SEPARATOR} || row_number() over (
                        partition by own_key, is_same_source, content order by place
                    )
                end as merge_key
            from {rows}
            """
        )


def _judge(connection: Connection) -> None:
    """Make `verdicts`: is an arriving row new, unchanged, or does it replace those of its key?"""
    connection.execute(
        """
        create or replace temp table verdicts as
        with

        incoming as (
            select
                merge_key,
                list_sort(list(content)) as contents,
                case when count(updated_at) = count(*) then max(updated_at) end as newest
            from arriving
            group by merge_key
        ),

        earlier as (
            select
                merge_key,
                list_sort(list(content)) as contents,
                max(updated_at) as newest
            from present
            where merge_key in (select merge_key from arriving)
            group by merge_key
        )

        select
            arriving.place,
            arriving.merge_key,
            arriving.own_key,
            arriving.content,
            case
                when earlier.merge_key is null then 'new'
                when incoming.contents = earlier.contents then 'unchanged'
                when incoming.newest < earlier.newest then 'unchanged'
                else 'replaces'
            end as verdict
        from arriving
        inner join incoming on arriving.merge_key = incoming.merge_key
        left join earlier on arriving.merge_key = earlier.merge_key
        """
    )


def _make_room(connection: Connection, raw: str) -> None:
    """Drop unchanged rows from INCOMING, and from the raw table the rows that are replaced."""
    connection.execute(
        f"""
        delete from {INCOMING}
        where source_line in (select place from verdicts where verdict = 'unchanged');

        create or replace temp table replaced as
        select place, load_id
        from present
        where merge_key in (select merge_key from verdicts where verdict = 'replaces');

        delete from {raw} where rowid in (select place from replaced);

        update raw.loads set rows_replaced = rows_replaced + gone.rows
        from (select load_id, count(*) as rows from replaced group by load_id) as gone
        where loads.load_id = gone.load_id
        """
    )
