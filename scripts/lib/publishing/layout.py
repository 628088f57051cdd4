"""The places of a warehouse folder, and the one pointer that says which version is served."""

import errno
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.errors import UserError
from lib.publishing import FAILED
from lib.publishing.durable import sync, write_json
from lib.warehouse import state_path

FOLDER_MODE = 0o750
NO_SYMLINKS = (errno.EPERM, errno.ENOSYS, errno.EOPNOTSUPP)


@dataclass(frozen=True)
class Layout:
    """A warehouse folder; `root` holds everything a run reads and writes."""

    root: Path

    @property
    def state(self) -> Path:
        return self.root / "state.duckdb"

    @property
    def lock(self) -> Path:
        return self.root / ".lock"

    @property
    def build(self) -> Path:
        return self.root / "build"

    @property
    def versions(self) -> Path:
        return self.root / "versions"

    @property
    def current(self) -> Path:
        return self.root / "current"

    @property
    def current_json(self) -> Path:
        """Stands in for the symlink on file systems that have none (FAT, some shares)."""
        return self.root / "current.json"

    @property
    def log(self) -> Path:
        return self.root / "publish_log.jsonl"

    @property
    def record(self) -> Path:
        return self.root / "last_run.json"

    def create(self) -> None:
        """Make the folders; only `build` is closed to the group."""
        for folder in (self.root, self.versions):
            if not folder.exists():
                folder.mkdir(parents=True, exist_ok=True)
                folder.chmod(FOLDER_MODE)
        self.build.mkdir(mode=0o700, exist_ok=True)

    def served(self) -> str | None:
        """The name of the served version, or None before the first one."""
        if self.current.is_symlink():
            return Path(os.readlink(self.current)).name
        if self.current_json.exists():
            return str(json.loads(self.current_json.read_text(encoding="utf-8"))["version"])
        return None

    def version(self, name: str) -> Path:
        """The folder of a version; refuses a name that would leave `versions/`."""
        if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z._-]*", name):
            raise UserError(f"{name!r} is not the name of a version; see run_pipeline.py --list")
        return self.versions / name

    def point_to(self, name: str) -> None:
        """Serve a version: one rename, so that a reader finds the old one or the new one."""
        fresh = self.root / f".current-{os.getpid()}"
        fresh.unlink(missing_ok=True)
        try:
            fresh.symlink_to(self.version(name).relative_to(self.root))
        except OSError as error:
            if error.errno not in NO_SYMLINKS:
                raise
            write_json(self.current_json, {"version": name}, mode=0o640)
            return
        os.replace(fresh, self.current)

    def sync(self) -> None:
        """Make renames inside the warehouse folder survive a loss of power."""
        sync(self.root)


def default_layout() -> Layout:
    """The warehouse folder around state.duckdb (SEGMENTS_WAREHOUSE moves both)."""
    return Layout(state_path().resolve().parent)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a sealed version; a version without a readable one is not whole."""
    path = folder / "manifest.json"
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"version {folder.name} has no readable manifest.json: {error}"
        raise UserError(message, exit_code=FAILED) from error
    return manifest
