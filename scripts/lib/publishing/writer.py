"""For every other command that changes the warehouse: load, fit, erase, roll back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lib.publishing.flip import STATE, recover
from lib.publishing.layout import Layout
from lib.publishing.lock import exclusive


@contextmanager
def changing(layout: Layout, *, purpose: str, wait: float = 0.0) -> Iterator[Layout]:
    """Hold the lock, and finish first what a dead run left.

    A run that died right after its flip has left the state of its version still to be moved into
    place; rows written to the state before that would be lost with it.
    """
    layout.create()
    with exclusive(layout.lock, wait=wait, purpose=purpose):
        recover(layout)
        yield layout


@contextmanager
def changing_file(path: Path, *, purpose: str) -> Iterator[None]:
    """The same for a command that is given the state file; any other file is the user's own."""
    if path.name != STATE:
        yield
        return
    with changing(Layout(path.resolve().parent), purpose=purpose):
        yield
