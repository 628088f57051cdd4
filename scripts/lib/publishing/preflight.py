"""Before anything is built: are the inputs files we may read, and is there room to build?"""

import fcntl
import shutil
import stat
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from lib.errors import BUSY, UserError
from lib.publishing import NO_SPACE
from lib.publishing.durable import sha256
from lib.publishing.layout import Layout

ROOM = 3  # times the bytes of inputs, state and the last version: copy, tables, sealed copy
FICLONE = 0x40049409  # linux/fs.h: share the blocks of another file, copy on write


@dataclass(frozen=True)
class InputFile:
    """A file a run reads: where it really is, its size in bytes, its SHA-256 before reading."""

    path: Path
    bytes: int
    modified_ns: int
    sha256: str

    def as_json(self) -> dict[str, Any]:
        return {"name": self.path.name, "bytes": self.bytes, "sha256": self.sha256}


@dataclass(frozen=True)
class FileIdentity:
    """What changes when somebody writes or replaces a file."""

    inode: int
    bytes: int
    modified_ns: int

    @classmethod
    def of(cls, path: Path) -> "FileIdentity | None":
        if not path.exists():
            return None
        found = path.stat()
        return cls(found.st_ino, found.st_size, found.st_mtime_ns)


def read_inputs(files: Iterable[Path], folder: Path | None) -> list[InputFile]:
    """Each input after its links are followed: a regular file, inside `folder` where one is set."""
    return [_input(path, folder.resolve() if folder else None) for path in files]


def _input(path: Path, folder: Path | None) -> InputFile:
    try:
        real = path.resolve(strict=True)
        found = real.stat()
    except OSError as error:
        raise UserError(f"cannot read the input {path}: {error.strerror}") from error
    if not stat.S_ISREG(found.st_mode):
        raise UserError(f"the input {path} is not a regular file; name a file to read")
    if folder and not real.is_relative_to(folder):
        raise UserError(
            f"the input {path} lies outside {folder}; move it there, or name another --folder"
        )
    return InputFile(real, found.st_size, found.st_mtime_ns, sha256(real))


def check_unchanged(inputs: Iterable[InputFile]) -> None:
    """Refuse a load whose inputs were written to while they were read."""
    for file in inputs:
        found = FileIdentity.of(file.path)
        if found is None or (found.bytes, found.modified_ns) != (file.bytes, file.modified_ns):
            raise UserError(
                f"the input {file.path} changed while it was read; wait until it is written"
            )


def check_room(layout: Layout, inputs: Iterable[InputFile]) -> None:
    """Refuse early, with exit code 3, what would fill the disk."""
    served = layout.served()
    files = [layout.state, *(layout.version(served).glob("*") if served else ())]
    needed = sum(file.bytes for file in inputs)
    needed += sum(file.stat().st_size for file in files if file.exists())
    free = shutil.disk_usage(layout.root).free
    if free < ROOM * needed:
        raise UserError(
            f"{layout.root} has {megabytes(free)} free, a run needs {megabytes(ROOM * needed)}:"
            " make room, or keep fewer versions (publish.py keep N)",
            exit_code=NO_SPACE,
        )


def megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"


def copy_state(layout: Layout, target: Path) -> FileIdentity | None:
    """Copy state.duckdb into the candidate while nobody can write to it; None if there is none.

    A write-ahead log left by a crashed writer is folded in first: renaming the next state over
    this one would leave the log behind, and DuckDB would replay it into the wrong file.
    """
    if not layout.state.exists():
        return None
    folds = layout.state.with_name("state.duckdb.wal").exists()
    try:
        with duckdb.connect(str(layout.state), read_only=not folds) as connection:
            if folds:
                connection.execute("force checkpoint")
            _clone(layout.state, target)
            return FileIdentity.of(layout.state)
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        reason = str(error).removeprefix("IO Error: ").split(". See")[0]
        raise UserError(
            f"{layout.state} is open in another program; close it there and run again ({reason})",
            exit_code=BUSY,
        ) from error


def check_state(layout: Layout, copied: FileIdentity | None) -> None:
    """Refuse to replace a state that somebody else wrote to since it was copied."""
    if FileIdentity.of(layout.state) != copied:
        raise UserError(
            f"{layout.state} was changed by another program while the candidate was built;"
            " nothing was published: run again",
            exit_code=BUSY,
        )


def _clone(source: Path, target: Path) -> None:
    with source.open("rb") as reading, target.open("wb") as writing, suppress(OSError):
        fcntl.ioctl(writing, FICLONE, reading.fileno())
        return
    shutil.copyfile(source, target)
