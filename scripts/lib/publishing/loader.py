"""New raw rows, from the files and databases that mappings name."""

from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from lib.loading import load_mapping
from lib.loading.mapping import database_url, files_of, read_mapping
from lib.publishing.screen import say
from lib.warehouse import create_contract_tables


@dataclass(frozen=True)
class MappingLoader:
    """Loads what mappings (scripts/mappings/*.yml) name; without any, nothing new."""

    mappings: tuple[Path, ...]
    data_folder: Path | None = None
    loaded_on: date | None = None

    def files(self) -> list[Path]:
        files = []
        for path in self.mappings:
            mapping = read_mapping(path, self.data_folder)
            files.append(path)
            for entry in mapping.entries:
                for origin in (entry.origin, *(lookup.origin for lookup in entry.lookups)):
                    if database_url(origin, path.name) is None:
                        files += files_of(origin, mapping.folder, path.name)
        return sorted(set(files))

    def folder(self) -> Path | None:
        return None  # each mapping names its own, and has been held to it above

    def load(self, connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
        # First, so that absent tables do not look like news when dbt makes them.
        create_contract_tables(connection)
        results = []
        for mapping in self.mappings:
            for result in load_mapping(connection, mapping, self.data_folder, self.loaded_on):
                told = "already loaded" if result.already_loaded else f"{result.rows_read:,} rows"
                say(f"  {result.raw_table} ← {result.source_name}: {told}")
                for note in result.notes:
                    say(f"  {note}")
                results.append(asdict(result))
        return results
