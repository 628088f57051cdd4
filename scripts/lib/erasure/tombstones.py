"""What is kept of an erased person: HMACs, against which every later load is held.

Without them the next load of an old file would bring the person back. They are made with the
secret of the environment: nobody without it can tell whom they stand for, or that they stand for
someone they know.
"""

import re
from collections.abc import Iterable
from datetime import date

from lib.errors import UserError
from lib.loading.shape import INCOMING
from lib.loading.sql import Connection, columns_of, literal, number_from
from lib.pseudonyms import KEY_VARIABLE, key_check, pseudonym, required_key, teach
from lib.warehouse import Table

# By which columns of raw tables a row is somebody's, and how their values are compared.
KINDS = {
    "customer": ("customer_id", "raw_customer_id"),
    "order": ("order_id",),
    "email": ("email",),
}
# What separates the values of a line that could not be parsed.
BETWEEN_VALUES = re.compile(r"[,;|{}\[\]\"'\s]+|:(?=\s*\")")


def said(kind: str, value: str) -> str:
    """What is hashed for a value: spaces around it, and the case of an address, do not matter."""
    return f"erased {kind} {value.strip().lower() if kind == 'email' else value.strip()}"


def bury(
    connection: Connection, key: bytes, values: Iterable[tuple[str, str]], erased_on: date
) -> None:
    """Add a tombstone per (kind, value) that has none yet."""
    for kind, value in sorted(set(values)):
        tombstone = pseudonym(key, said(kind, value))
        connection.execute(
            "insert into raw.erased_values (kind, tombstone, key_check, erased_on)"
            f" select {literal(kind)}, '{tombstone}', '{key_check(key)}', date '{erased_on}'"
            f" where '{tombstone}' not in (select tombstone from raw.erased_values)"
        )


def is_buried(connection: Connection, key: bytes, kind: str, value: str) -> bool:
    """Whether a value has a tombstone."""
    tombstone = pseudonym(key, said(kind, value))
    found = f"select count(*) from raw.erased_values where tombstone = '{tombstone}'"
    return number_from(connection, found) > 0


class Tombstones:
    """The tombstones of a warehouse, held against one load. Without any, nothing is asked for."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.key: bytes | None = None
        if number_from(connection, "select count(*) from raw.erased_values"):
            self.key = required_key("people have been erased here, and only the key tells who")
            other = (
                f"select count(*) from raw.erased_values where key_check <> '{key_check(self.key)}'"
            )
            if number_from(connection, other):
                raise UserError(
                    f"{KEY_VARIABLE} is not the key with which people were erased here; set the"
                    " one that was"
                )
            teach(connection, self.key)

    def keep_out(self, table: Table, rejects: str) -> int:
        """Take the erased out of INCOMING, and the text of their lines out of `rejects`.

        Returns how many rows were taken out of INCOMING.
        """
        if self.key is None:
            return 0
        before = number_from(self.connection, f"select count(*) from {INCOMING}")
        for kind, columns in KINDS.items():
            for column in set(columns) & set(columns_of(self.connection, f"from {INCOMING}")):
                text = f"trim(cast({column} as varchar))"
                text = f"lower({text})" if kind == "email" else text
                self.connection.execute(
                    f"""
                    delete from {INCOMING}
                    where {text} in (
                        select value
                        from (select distinct {text} as value from {INCOMING})
                        where pseudonym_of('erased {kind} ' || value) in (
                            select tombstone from raw.erased_values
                        )
                    )
                    """
                )
        self._blank(rejects)
        return before - number_from(self.connection, f"select count(*) from {INCOMING}")

    def _blank(self, rejects: str) -> None:
        assert self.key is not None
        known = {
            row[0]
            for row in self.connection.execute("select tombstone from raw.erased_values").fetchall()
        }
        rows = self.connection.execute(f"select source_line, raw_row from {rejects}").fetchall()
        for line, text in rows:
            values = [value for value in BETWEEN_VALUES.split(text or "") if value]
            tombstones = {pseudonym(self.key, said(kind, v)) for v in values for kind in KINDS}
            if tombstones & known:
                self.connection.execute(
                    f"update {rejects} set raw_row = null where source_line = {line}"
                )
