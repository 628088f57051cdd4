"""The whole run: load, build into a private candidate, audit, seal, publish, keep N, record."""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol

import duckdb

from lib.churn.evidence import churn_warnings
from lib.errors import UserError
from lib.publishing.anomalies import (
    audit_days,
    audit_lag,
    audit_rejected,
    daily_orders,
    last_load,
)
from lib.publishing.audit import Finding, audit_dbt
from lib.publishing.audit_tables import (
    audit_against_last,
    audit_contacts,
    audit_loads,
    audit_pseudonyms,
    audit_types,
    newest_observation,
    rows_of_customers,
)
from lib.publishing.durable import sync
from lib.publishing.failure import Rejected, code_and_reason, fail
from lib.publishing.fingerprints import contents, tables_of
from lib.publishing.flip import (
    SEALED,
    STATE,
    flip,
    free_name,
    kept_versions,
    recover,
    settle,
    take_over_state,
)
from lib.publishing.identity import Identity, code_digest, digest, versions
from lib.publishing.layout import Layout, read_manifest
from lib.publishing.leftovers import drop_leftovers
from lib.publishing.lock import exclusive
from lib.publishing.preflight import (
    FileIdentity,
    InputFile,
    check_room,
    check_state,
    check_unchanged,
    copy_state,
    read_inputs,
)
from lib.publishing.privacy import Privacy, privacy_of
from lib.publishing.proofs import with_rows
from lib.publishing.prune import prune
from lib.publishing.record import RunRecord
from lib.publishing.screen import say
from lib.publishing.seal import (
    ArtefactWriter,
    attached,
    seal,
    verify_files,
    verify_in_fresh_process,
)
from lib.publishing.served_lists import note_served_lists
from lib.report.echarts import echarts
from lib.report.page import write_report
from lib.warehouse import ROOT, connect

LEDGER = "+int_customers_observed"
LOADING = "loading"
RAW = {"raw": "raw"}

DOCS = "docs.html"


def copy_docs(state: Path, folder: Path) -> None:
    """Seal dbt's documentation, where dbt built the candidate, beside the tables it describes."""
    if (written := state.with_name(DOCS)).exists():
        shutil.copyfile(written, folder / DOCS)


# What else a version holds, e.g. its report; each is called before the version is sealed.
ARTEFACTS: tuple[ArtefactWriter, ...] = (write_report, copy_docs)


class Loader(Protocol):
    """Brings new raw rows into the candidate."""

    def files(self) -> list[Path]:
        """Every file the load reads."""

    def folder(self) -> Path | None:
        """The folder all of them must lie in once links are followed, or None."""

    def load(self, connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
        """Load; loading the same files twice must change nothing. Returns the counts of rows."""


@dataclass(frozen=True)
class RunOptions:
    """How to run: `wait` in seconds for the lock, `keep` in versions, the served one included."""

    layout: Layout
    project: Path = ROOT
    as_of: date | None = None
    keep: int = 3
    wait: float = 0.0
    accept_smaller: bool = False


def run_pipeline(
    options: RunOptions,
    loader: Loader,
    build: "Builder | None" = None,
    artefacts: Sequence[ArtefactWriter] = ARTEFACTS,
) -> RunRecord:
    """Publish a new version, or leave the served one as it was and raise UserError saying why.

    Either way last_run.json says what happened.
    """
    layout = options.layout
    umask = os.umask(0o077)
    try:
        layout.create()
        with exclusive(layout.lock, wait=options.wait, purpose="run_pipeline"):
            record = RunRecord(served_before=layout.served())
            with suppress(OSError):  # a full disk is reported below, with its own exit code
                record.write(layout.record)
            run = Run(options, record)
            try:
                run.run(loader, build or build_with_dbt, artefacts)
            except BaseException as error:
                if not run.has_flipped():
                    raise fail(layout, record, error) from error
                run.warn(f"after the flip: {error!r}; the next run finishes what was left")
            finally:
                run.close()
        return record
    except OSError as error:
        code, reason = code_and_reason(error)
        raise UserError(reason, exit_code=code) from error
    finally:
        os.umask(umask)


class Run:
    """One run's steps, in order; each says on the screen what it does and records its time."""

    def __init__(self, options: RunOptions, record: RunRecord) -> None:
        self.options = options
        self.layout = options.layout
        self.record = record
        self.privacy = Privacy()
        self.loaded_through: str | None = None
        self.has_new_rows = False
        self.flipped_to: str | None = None

    def run(self, loader: Loader, build: "Builder", artefacts: Sequence[ArtefactWriter]) -> None:
        with self.step("recover"):
            self.record.recovered = recover(self.layout)
        with self.step("preflight"):
            self.privacy = privacy_of(self.options.project)
            echarts()  # the last thing a version needs: missing, it would cost a whole build
            inputs = read_inputs(loader.files(), loader.folder())
            check_room(self.layout, inputs)
            self.record.inputs = [file.as_json() for file in inputs]
        with self.step("load"):
            copied, identity, content = self.load(loader, inputs)
        if self.is_served(identity):
            self.nothing_to_publish()
            return
        name = free_name(self.layout, identity.name)
        candidate = self.layout.build / name
        os.rename(self.layout.build / LOADING, candidate)
        self.record.version = name
        self.note_served_lists(candidate / STATE)
        build(self, candidate)
        with self.step("audit"):
            as_of = self.audit(candidate / STATE)
        with self.step("seal"):
            sync(candidate / STATE)
            version = self.describe(name, as_of)
            least_group = self.privacy.least_group
            manifest = seal(
                candidate / STATE, candidate / SEALED, version, artefacts, least_group=least_group
            )
            # The next run builds on these rows: damage on disk must not replace a good state.
            verify_in_fresh_process(candidate / STATE, content)
            check_state(self.layout, copied)
        with self.step("publish"):
            self.publish(name, manifest)

    def load(
        self, loader: Loader, inputs: list[InputFile]
    ) -> tuple[FileIdentity | None, Identity, dict[str, list[Any]]]:
        """Copy the state and load into the copy: what was copied, the run's identity, the rows."""
        candidate = self.layout.build / LOADING
        candidate.mkdir()
        copied = copy_state(self.layout, candidate / STATE)
        if copied is None and not inputs:
            raise UserError(
                f"there is nothing to build from: {self.layout.state} does not exist;"
                " name a --mapping to load"
            )
        with connect(candidate / STATE) as connection:
            before = contents(connection, "state", RAW)
            self.record.loads = loader.load(connection)
            content = contents(connection, "state", RAW)
            connection.execute("force checkpoint")
        check_unchanged(inputs)
        as_of = self.options.as_of.isoformat() if self.options.as_of else None
        code = code_digest(self.options.project, self.privacy.key_check)
        identity = Identity(as_of, digest(content), code)
        self.record.identity = identity.as_json()
        self.record.code_versions = versions()
        self.has_new_rows = before != content
        return copied, identity, content

    def is_served(self, identity: Identity) -> bool:
        """Whether the served version was built from just this, and is whole."""
        served = self.layout.served()
        if served is None:
            return False
        try:
            manifest = verify_files(self.layout.version(served))
        except UserError as error:
            self.warn(f"{error}; it will be built again")
            return False
        return identity.matches(manifest)

    def nothing_to_publish(self) -> None:
        candidate = self.layout.build / LOADING
        if (
            self.has_new_rows
        ):  # the state lacked rows the served version has: an older copy was put back
            sync(candidate / STATE)
            take_over_state(self.layout, candidate / STATE)
        shutil.rmtree(candidate)
        self.record.version = self.layout.served()
        self.record.conclude(
            "nothing_to_publish",
            f"nothing to publish: {self.record.version} was built from the same rows and rules",
        )

    def note_served_lists(self, state: Path) -> None:
        """Let the candidate tell who entered and left each list since the served version."""
        try:
            note_served_lists(self.layout, state)
        except duckdb.Error as error:
            self.warn(f"the lists served now cannot be read, so everyone on one enters: {error}")

    def judge(self, artefacts: Sequence[Path], *, succeeded: bool, complete: bool) -> None:
        """Reject what dbt did unless every node of its artefacts is fine."""
        verdict = audit_dbt(artefacts, complete=complete)
        self.record.dbt = verdict.counts
        say(f"  {self.record.counts()}")
        if verdict.findings:
            candidate = self.layout.build / (self.record.version or "")
            raise Rejected(with_rows(verdict.findings, artefacts, candidate / STATE))
        if not succeeded:
            raise Rejected([Finding("dbt", "build", "ended with an error no result tells of")])

    def audit(self, state: Path) -> str | None:
        """Look at the tables themselves; returns the newest observation date."""
        with connect(state) as connection:
            connection.execute("force checkpoint")  # no write-ahead log beside what is sealed
        served = self.layout.served()
        with attached(state) as connection:
            as_of = newest_observation(connection)
            findings = [
                *audit_types(connection),
                *audit_contacts(connection),
                *audit_loads(connection),
                *(audit_pseudonyms(connection) if self.privacy.is_pseudonymous else ()),
            ]
            if not tables_of(connection, "state", ("marts",)):
                findings.append(Finding("empty", "marts", "the candidate has no table to serve"))
            self.loaded_through = last_load(connection)
            before: dict[str, Any] | None = None
            with suppress(UserError):  # a damaged manifest was warned of; it proves nothing
                before = read_manifest(self.layout.version(served)) if served else None
            if before and not self.options.accept_smaller:
                findings += audit_against_last(
                    as_of,
                    rows_of_customers(connection),
                    before,
                    is_dated=bool(self.options.as_of),
                )
            if not self.options.accept_smaller:
                findings += audit_rejected(connection, self.record.loads)
            if as_of and not self.options.as_of and not self.options.accept_smaller:
                orders, today = daily_orders(connection, as_of), date.fromisoformat(as_of)
                findings += audit_days(orders, today)
                served_through = (before or {}).get("loaded_through")
                findings += audit_lag(orders, today, self.loaded_through, served_through)
        if findings:
            raise Rejected(findings)
        return as_of

    def describe(self, name: str, as_of: str | None) -> dict[str, Any]:
        """What the manifest says of a version beside its files."""
        kept = kept_versions(self.layout)
        return {
            "name": name,
            "sequence": kept[-1].sequence + 1 if kept else 1,
            "sealed_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "as_of": as_of,
            "identity": self.record.identity,
            "inputs": self.record.inputs,
            "code_versions": self.record.code_versions,
            "dbt": self.record.dbt,
            "loaded_through": self.loaded_through,
            "least_group": self.privacy.least_group,
            "is_pseudonymous": self.privacy.is_pseudonymous,
        }

    def publish(self, name: str, manifest: dict[str, Any]) -> None:
        """Flip; from then on every error is a warning."""
        self.record.files, self.record.tables = manifest["files"], manifest["tables"]
        flip(self.layout, name)
        self.flipped_to = name
        for warning in settle(self.layout, name):
            self.warn(warning)
        prune(self.layout, self.options.keep)

    def has_flipped(self) -> bool:
        """Whether this run's version is served, however the step that served it ended."""
        if self.flipped_to is None and self.record.files:
            with suppress(OSError):
                self.flipped_to = self.layout.served()
        return self.flipped_to is not None and self.flipped_to == self.record.version

    def close(self) -> None:
        """Write the record's last word; where that fails, exit code and last line still tell."""
        record = self.record
        if self.has_flipped():
            record.conclude("published", f"published {record.version} ({record.counts()})")
        try:
            record.served_after = self.layout.served()
            record.kept = [version.name for version in kept_versions(self.layout)]
            record.write(self.layout.record)
        except OSError as error:
            say(f"warning: {self.layout.record} could not be written: {error}")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        say(f"{name} …")
        with self.record.step(name):
            yield

    def warn(self, message: str) -> None:
        self.record.warnings.append(message)
        say(f"warning: {message}")


# Builds the marts in a candidate's folder (its state.duckdb is loaded), or raises.
Builder = Callable[[Run, Path], None]
# Fits the models' parameters on the candidate between ledger and answers: (file, as-of date).
Fitter = Callable[[Path, date | None], None]


def fit_churn_model(warehouse: Path, as_of: date | None) -> None:
    """Fit the churn and value models on the ledger of the candidate."""
    from lib.churn.fitting import fit_warehouse

    fit_warehouse(warehouse, as_of=as_of)


def build_with_dbt(run: Run, candidate: Path, fit: Fitter = fit_churn_model) -> None:
    """dbt up to the ledger, the fit, dbt for the rest; stops at the first part that failed."""
    from lib.publishing.dbt_build import DbtBuild  # two seconds of imports, only now needed

    options = run.options
    with run.step("parse"):
        dbt = DbtBuild(options.project, candidate / STATE, candidate, options.as_of)
        dbt.parse()
    with run.step("ledger"):
        succeeded = dbt.build("ledger", ["--select", LEDGER])
        run.judge(dbt.artefacts, succeeded=succeeded, complete=False)
    with run.step("fit"):
        fit(candidate / STATE, options.as_of)
    with run.step("answers"):
        succeeded = dbt.build("answers", ["--exclude", LEDGER])
        run.judge(dbt.artefacts, succeeded=succeeded, complete=True)
        with connect(candidate / STATE) as connection:
            for name in drop_leftovers(connection, dbt.artefacts[-1]):
                say(f"  {name} is no longer built; it was dropped")
            for warning in churn_warnings(connection):
                run.warn(warning)
            dbt.describe(connection)
    with run.step("docs"):
        dbt.document(candidate / DOCS)
