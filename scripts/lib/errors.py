"""One way for every command to say what went wrong, and with which exit code."""

import sys
from collections.abc import Callable

BAD_INPUT = 2
BUSY = 75


class UserError(Exception):
    """Something the user can mend: the message says what, where, and how to fix it.

    `exit_code` is 2 for bad input; 3 for a full disk, 75 (EX_TEMPFAIL) for a busy warehouse.
    """

    def __init__(self, message: str, exit_code: int = BAD_INPUT) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def run_command(command: Callable[..., object]) -> None:
    """Run a click command; a UserError becomes one sentence on stderr and its exit code."""
    try:
        command()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
