"""From an error before the flip to an exit code, a sentence and the trace it leaves."""

import errno
import os
import traceback
from collections.abc import Sequence
from contextlib import suppress
from textwrap import shorten

from lib.errors import BAD_INPUT, BUSY, UserError
from lib.publishing import FAILED, NO_SPACE
from lib.publishing.audit import Finding
from lib.publishing.flip import log_event, recover
from lib.publishing.layout import Layout
from lib.publishing.record import RunRecord
from lib.publishing.screen import say

OUTCOMES = {FAILED: "failed", BAD_INPUT: "bad_input", NO_SPACE: "no_space", BUSY: "busy"}
CONSEQUENCES = ("skipped", "did not run")
SHOWN_FINDINGS = 20
SHOWN_CHARACTERS = 400


class Rejected(UserError):
    """The candidate was built and is not fit to serve."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        # What was skipped says nothing of its own, unless nothing else is wrong.
        self.causes = [found for found in findings if found.check not in CONSEQUENCES] or findings
        checks = "1 check" if len(self.causes) == 1 else f"{len(self.causes)} checks"
        first = f"{self.causes[0].check} {self.causes[0].subject}"
        super().__init__(f"{checks} failed, first: {first}", exit_code=FAILED)


def fail(layout: Layout, record: RunRecord, error: BaseException) -> UserError:
    """Fill the record of a run that ends here; returns what to raise.

    A rejected candidate stays in build/ to be looked at until the next run; any other is removed,
    not least because it may be what fills the disk.
    """
    code, reason = code_and_reason(error)
    record.exit_code, record.outcome = code, OUTCOMES.get(code, "failed")
    if isinstance(error, Rejected):
        record.findings = [finding.as_json() for finding in error.findings]
        for finding in error.causes[:SHOWN_FINDINGS]:
            say(f"  FAILED {shorten(str(finding), SHOWN_CHARACTERS)}")
        if hidden := len(error.findings) - len(error.causes[:SHOWN_FINDINGS]):
            say(f"  and {hidden} more or skipped: see {layout.record}")
        with suppress(OSError):
            causes = [f"{found.check} {found.subject}" for found in error.causes]
            log_event(layout, "reject", record.version or "", causes=causes)
    elif not isinstance(error, UserError):
        record.traceback = "".join(traceback.format_exception(error))
    if isinstance(error, Rejected) and code == FAILED:
        record.outcome = "rejected"
        where = layout.build / (record.version or "")
        reason += f" (the candidate stays in {where} until the next run)"
    else:
        with suppress(OSError):
            recover(layout)
    served = record.served_before
    still = f"{served} is still served" if served else "nothing is served yet"
    record.message = f"{reason}; nothing was published, {still}"
    return UserError(record.message, exit_code=code)


def code_and_reason(error: BaseException) -> tuple[int, str]:
    """The exit code and the sentence for any error, the ones nobody foresaw included."""
    texts = [str(error)]
    if isinstance(error, Rejected):
        texts += [finding.message for finding in error.findings]
    is_full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    full = next((text for text in texts if os.strerror(errno.ENOSPC) in text), None)
    if is_full or full:
        return NO_SPACE, f"the disk is full ({' '.join((full or texts[0]).split())})"
    if isinstance(error, UserError):
        return error.exit_code, str(error)
    if isinstance(error, KeyboardInterrupt):
        return FAILED, "the run was interrupted"
    if isinstance(error, MemoryError):
        return FAILED, "the run ran out of memory"
    return FAILED, f"the run failed: {type(error).__name__}: {' '.join(str(error).split())}"
