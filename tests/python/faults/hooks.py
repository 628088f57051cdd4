"""What a run does to itself at a chosen moment: dies, stops, loses its disk or its memory.

A moment is the call of a function, named by its path ("lib.pipeline.seal"). Hooks run in the
child; bind them with functools.partial and pass them as `prepare`.
"""

import os
import random
import resource
import signal
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

Action = Callable[..., None]


def at(moment: str, action: Action, *arguments: Any, after: bool = False) -> None:
    """Do something just before (or after) the function named `moment` is called."""
    owner, name = _owner_of(moment)
    original = getattr(owner, name)

    def hooked(*values: Any, **options: Any) -> Any:
        if not after:
            action(*arguments)
        result = original(*values, **options)
        if after:
            action(*arguments)
        return result

    setattr(owner, name, hooked)


def _owner_of(moment: str) -> tuple[Any, str]:
    """Module, or class in a module, and the name in it."""
    path, name = moment.rsplit(".", 1)
    try:
        return import_module(path), name
    except ModuleNotFoundError:
        module, owner = path.rsplit(".", 1)
        return getattr(import_module(module), owner), name


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt() -> None:
    """What Ctrl-C does, also where the tests run in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.raise_signal(signal.SIGINT)


def stop() -> None:
    """Wait to be continued: the parent attaches strace meanwhile."""
    os.kill(os.getpid(), signal.SIGSTOP)


def limit_memory(megabytes: float) -> None:
    """No more address space than is in use now, and `megabytes`."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + int(megabytes * 1e6)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def limit_file_size(kilobytes: int) -> None:
    """No file may grow beyond this: the write fails with EFBIG."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1000, kilobytes * 1000))


def fill_disk(folder: Path, leave_kilobytes: int) -> None:
    """Fill the file system of a folder with one file (`ballast`), but for some room."""
    free = os.statvfs(folder)
    size = free.f_bavail * free.f_frsize - leave_kilobytes * 1000
    with (folder / "ballast").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(size, 1))


def flip_bytes(pattern: str, folder: Path, seed: int, count: int = 1) -> None:
    """Change some bytes of the files a pattern finds."""
    dice = random.Random(seed)
    for path in folder.glob(pattern):
        path.chmod(0o600)
        with path.open("r+b") as file:
            size = path.stat().st_size
            for _ in range(count):
                place = dice.randrange(size)
                file.seek(place)
                byte = file.read(1)
                file.seek(place)
                file.write(bytes([byte[0] ^ (1 << dice.randrange(8))]))


def truncate(pattern: str, folder: Path, share: float) -> None:
    """Cut the files a pattern finds."""
    for path in folder.glob(pattern):
        path.chmod(0o600)
        os.truncate(path, int(path.stat().st_size * share))
