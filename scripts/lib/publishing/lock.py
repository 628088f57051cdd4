"""One writer at a time: an flock, which the kernel drops when its holder dies."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from lib.errors import BUSY, UserError

POLL_SECONDS = 0.1


@contextmanager
def exclusive(path: Path, *, wait: float = 0.0, purpose: str) -> Iterator[None]:
    """Hold the warehouse's lock; wait up to `wait` seconds for it.

    Raises UserError with exit code 75 and the holder's process id when it stays busy. The id in
    the file is for information only: the lock is the kernel's, so a dead holder blocks nobody.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + wait
        while not _try(descriptor):
            if time.monotonic() >= deadline:
                raise UserError(_busy(path, descriptor), exit_code=BUSY)
            time.sleep(POLL_SECONDS)
        holder = {
            "pid": os.getpid(),
            "purpose": purpose,
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        with suppress(OSError):  # on a full disk the lock still holds, it only has no name on it
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(holder).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _busy(path: Path, descriptor: int) -> str:
    try:
        holder = json.loads(os.pread(descriptor, 4096, 0))
        who = f"process {holder['pid']} ({holder['purpose']}, since {holder['since']})"
    except (OSError, ValueError, KeyError):
        who = "another process"
    return f"the warehouse is busy: {who} holds {path}; try again later, or use --wait SECONDS"
