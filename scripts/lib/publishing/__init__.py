"""How a version of the warehouse is built in private, judged, sealed and served.

    warehouse/state.duckdb          raw rows and closed months: the one file that lives on
    warehouse/.lock                 one writer at a time
    warehouse/build/<version>/      the candidate; whatever lies here belongs to a dead run
    warehouse/versions/<version>/   sealed: segments.duckdb, manifest.json and the other artefacts
    warehouse/current               -> versions/<version>, a relative symlink: THE commit point
    warehouse/publish_log.jsonl     what was published, rejected, rolled back, pruned
    warehouse/last_run.json         the record of the last run

lock -> recover -> preflight -> load -> build -> audit -> seal -> flip -> settle -> prune.
Before the flip every error leaves the served version as it was; after it every error is a
warning, and the next run finishes what was left.
"""

# Exit codes beside those of lib.errors (2 bad input, 75 busy).
FAILED = 1
NO_SPACE = 3
