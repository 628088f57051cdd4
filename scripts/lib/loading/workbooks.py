"""Sheets of Excel and OpenDocument workbooks."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import python_calamine

from lib.errors import UserError
from lib.loading.decode import scratch_path
from lib.loading.mapping import Origin
from lib.loading.sql import Connection
from lib.loading.written import Source, cell_text, write_csv, written_source

WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
ZIP_FILE = b"PK\x03\x04"
OLE_FILE = b"\xd0\xcf\x11\xe0"
# An encrypted .xlsx is an OLE file with a stream of this name.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def is_workbook(path: Path, start: bytes) -> bool:
    """Whether a file that begins with these bytes is meant to be a workbook."""
    zipped = start.startswith(ZIP_FILE) and path.suffix.lower() in WORKBOOK_SUFFIXES
    return zipped or start.startswith(OLE_FILE)


def sheet_names(path: Path) -> list[str | None]:
    """The sheets of a workbook that have rows; none where there is one, or no workbook."""
    if path.is_dir() or not path.exists():
        return []
    with path.open("rb") as file:
        if not is_workbook(path, file.read(8)):
            return []
    try:
        names = list(_sheets(path, None))
    except python_calamine.CalamineError:
        return []
    return list(names) if len(names) > 1 else []


def open_workbook(
    connection: Connection, path: Path, name: str, sha256: str, origin: Origin, workdir: Path
) -> Source:
    """The named sheet, or the only one with rows. Errors: a password, damage, several sheets."""
    try:
        sheets = _sheets(path, origin.sheet)
    except python_calamine.PasswordError:
        raise UserError(f"{path.name} is protected by a password; save it without one") from None
    except python_calamine.CalamineError as error:
        raise UserError(
            f"{path.name} cannot be read as a workbook ({error}); save it again"
        ) from None
    if len(sheets) != 1:
        if not sheets:
            raise UserError(f"{path.name} is empty; export it again")
        raise UserError(
            f"{path.name} has several sheets ({', '.join(sheets)}); say which in the mapping, as in"
            f" sheet: {next(iter(sheets))}"
        )
    target = scratch_path(workdir, ".csv")
    write_csv(target, _with_times(next(iter(sheets.values()))))
    return written_source(connection, target, name, origin.options, sha256)


def _sheets(path: Path, wanted: str | None) -> dict[str, list[list[Any]]]:
    """The rows of the wanted sheet, or of every sheet that has any."""
    if path.read_bytes()[:4] == OLE_FILE and ENCRYPTED in path.read_bytes():
        raise python_calamine.PasswordError
    with python_calamine.load_workbook(path) as workbook:
        names = workbook.sheet_names
        if wanted and wanted not in names:
            raise UserError(f"{path.name} has no sheet {wanted!r}; it has {', '.join(names)}")
        sheets = {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in ([wanted] if wanted else names)
        }
    return {
        name: rows
        for name, rows in sheets.items()
        if any(cell_text(v) for row in rows for v in row)
    }


def _with_times(rows: Sequence[list[Any]]) -> Sequence[list[Any]]:
    """Midnight comes out of a workbook as a date; in a column of times it is a time."""
    timed = {i for row in rows for i, value in enumerate(row) if isinstance(value, datetime)}
    for row in rows if timed else ():
        for i in timed:
            if isinstance(row[i], date) and not isinstance(row[i], datetime):
                row[i] = datetime(row[i].year, row[i].month, row[i].day)
    return rows
