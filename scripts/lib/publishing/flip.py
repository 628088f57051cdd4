"""The commit point and what follows it, so written that a crash at any point is finished later.

While a version is on its way its candidate build/<name>/ holds the next state.duckdb. Once
`current` names the version, the state is moved into place, the log is written and the folder goes:
`settle`, which does only what is left to do. `recover` runs it for a run that died after its flip,
and removes the traces of one that died before.
"""

import itertools
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from lib.errors import UserError
from lib.publishing.durable import append_line, read_lines, sync
from lib.publishing.layout import Layout, read_manifest
from lib.publishing.seal import verify_files

SEALED = "sealed"
STATE = "state.duckdb"


class Version(NamedTuple):
    """A kept version: its place in the order of publication, its name, its manifest."""

    sequence: int
    name: str
    manifest: dict[str, Any]


def flip(layout: Layout, name: str) -> None:
    """Move build/<name>/sealed among the versions and serve it. Raises only before the commit."""
    os.rename(layout.build / name / SEALED, layout.version(name))
    sync(layout.versions)
    layout.point_to(name)


def settle(layout: Layout, name: str) -> list[str]:
    """Finish a version that is served already: durable pointer, state, log, tidy up.

    Every step may have been done before. Returns what could not be done now, as warnings; the
    next run's `recover` tries again.
    """
    warnings: list[str] = []
    build = layout.build / name
    try:
        layout.sync()
        take_over_state(layout, build / STATE)
        if not _is_logged(layout, name):
            log_event(layout, "publish", name)
        if build.exists():
            shutil.rmtree(build)
    except OSError as error:
        warnings.append(f"after publishing {name}: {error}")
    return warnings


def recover(layout: Layout) -> list[str]:
    """Put right what a dead run left behind; returns what was done, in words.

    Runs under the lock. Raises OSError when a served version's state cannot be put in place:
    building on the state before it would lose what that version's run loaded.
    """
    for link in layout.root.glob(".current-*"):
        link.unlink()
    for half_written in layout.root.glob(".*.json-*"):
        half_written.unlink()
    done = []
    served = layout.served()
    for build in sorted(layout.build.iterdir()):
        if build.name == served:
            if warnings := settle(layout, build.name):
                raise OSError(warnings[0])
            done.append(f"finished the publication of {build.name}")
            continue
        # A candidate that still has its state was never served, though it may have been moved.
        if (build / STATE).exists() and (layout.versions / build.name).exists():
            shutil.rmtree(layout.versions / build.name)
        shutil.rmtree(build)
        done.append(f"removed the remains of {build.name}")
    return done


def rollback(layout: Layout, name: str | None = None) -> tuple[str, list[str]]:
    """Serve a kept version again (without a name: the one before the served).

    Returns its name and what could not be done after the flip, as warnings. The state stays: the
    next run builds on every row loaded so far, and publishes again.
    """
    served = layout.served()
    if name is None:
        name = _before(layout, served)
    if not layout.version(name).is_dir():
        raise UserError(f"there is no version {name}; see run_pipeline.py --list")
    verify_files(layout.version(name))
    if name == served:
        return name, []
    layout.point_to(name)
    try:
        layout.sync()
        log_event(layout, "rollback", name, instead_of=served)
    except OSError as error:
        return name, [f"after rolling back to {name}: {error}"]
    return name, []


def log_event(layout: Layout, event: str, name: str, **details: Any) -> None:
    """Append what happened to publish_log.jsonl: publish, reject, rollback, prune or erase."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")
    append_line(layout.log, {"at": at, "event": event, "version": name} | details)


def kept_versions(layout: Layout) -> list[Version]:
    """The kept versions, oldest first; one whose manifest cannot be read counts as oldest."""
    if not layout.versions.exists():
        return []
    versions = []
    for folder in layout.versions.iterdir():
        try:
            manifest = read_manifest(folder)
        except UserError:
            manifest = {"sequence": 0}
        versions.append(Version(int(manifest["sequence"]), folder.name, manifest))
    return sorted(versions, key=lambda version: (version.sequence, version.name))


def free_name(layout: Layout, base: str) -> str:
    """A name no version has had: `base`, or `base-2`, … when it was built before."""
    taken = {version.name for version in kept_versions(layout)}
    taken |= {
        str(line.get("version"))
        for line in read_lines(layout.log)
        if line.get("event") == "publish"
    }
    names = (base if number == 1 else f"{base}-{number}" for number in itertools.count(1))
    return next(name for name in names if name not in taken)


def take_over_state(layout: Layout, candidate: Path) -> None:
    """Move a candidate's state into place, if it has not been moved already."""
    if candidate.exists():
        os.replace(candidate, layout.state)
        layout.sync()


def _is_logged(layout: Layout, name: str) -> bool:
    return any(
        line.get("event") == "publish" and line.get("version") == name
        for line in read_lines(layout.log)
    )


def _before(layout: Layout, served: str | None) -> str:
    names = [version.name for version in kept_versions(layout)]
    if served not in names or names.index(served) == 0:
        raise UserError("there is no older version to go back to; see run_pipeline.py --list")
    return names[names.index(served) - 1]
