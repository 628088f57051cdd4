"""Who is on the lists that are served now: what the next version's audience_events compare with."""

from pathlib import Path

from lib.publishing.fingerprints import literal, tables_of
from lib.publishing.layout import Layout
from lib.warehouse import connect, contract, create_contract_table

TABLE = "audience_memberships"


def note_served_lists(layout: Layout, state: Path) -> None:
    """Copy the members of the served version's audiences into `served.*` of a candidate.

    From the version's own file, so that a rollback is compared with what readers were given. Empty
    where nothing is served, or a version without audiences. Raises duckdb.Error where the file
    cannot be read.
    """
    version = layout.served()
    file = layout.version(version) / "audiences.duckdb" if version else None
    with connect(state) as connection:
        create_contract_table(connection, contract()[f"served.{TABLE}"])
        connection.execute(f"delete from served.{TABLE}")
        if file is None or not file.exists():
            return
        connection.execute(f"attach {literal(str(file))} as before (read_only)")
        if ("main", TABLE) in tables_of(connection, "before", ("main",)):
            connection.execute(
                f"insert into served.{TABLE} by name"
                f" select audience_id, customer_id, observed_on from before.main.{TABLE}"
            )
