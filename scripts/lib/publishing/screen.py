"""Words to the user, which must never decide how a run ends."""

import os
import sys

import click


def say(message: str, *, err: bool = True) -> None:
    """Print a line; where the stream cannot be written to (its disk is full), go silent.

    Without that a published run would end with an error because its log file is on a full disk:
    Python flushes again at exit and then returns 120.
    """
    try:
        click.echo(message, err=err)
    except OSError:
        stream = sys.stderr if err else sys.stdout
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
