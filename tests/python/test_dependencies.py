"""What is installed is what was locked, by hash, from nowhere in particular."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from lib.errors import UserError
from lib.report.echarts import FOLDER, LOCK, SCRIPT, WHEEL, echarts

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NEEDED = PROJECT["project"]["dependencies"]
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCKS = {
    "requirements.lock": NEEDED,
    "requirements-test.lock": [*NEEDED, *EXTRAS["test"]],
    "requirements-audit.lock": PROJECT["dependency-groups"]["audit"],
    "requirements-charts.lock": PROJECT["dependency-groups"]["charts"],
    "requirements-superset.lock": PROJECT["dependency-groups"]["superset"],
}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: str) -> dict[str, str]:
    """{name: the text of its entry, hashes included}"""
    text = (ROOT / lock).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.M)[1:]
    return {normal(re.split(r"[=\[ ;]", entry)[0]): entry for entry in entries}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_dependency_is_locked_by_hash_and_by_no_host(lock: str) -> None:
    entries = locked(lock)
    assert [
        name for name in LOCKS[lock] if normal(re.split(r"[=><\[ ]", name)[0]) not in entries
    ] == []
    assert [name for name, entry in entries.items() if "--hash=sha256:" not in entry] == []
    assert [name for name, entry in entries.items() if "==" not in entry or "://" in entry] == []


def test_tests_run_on_the_versions_that_users_install() -> None:
    users, tests = locked("requirements.lock"), locked("requirements-test.lock")
    pinned = {name: entry.split()[0] for name, entry in users.items()}
    assert pinned == {name: tests[name].split()[0] for name in users}


def test_the_chart_library_is_the_one_that_was_tested(tmp_path: Path) -> None:
    pinned = next(iter(locked("requirements-charts.lock").values())).split()[0]
    assert pinned.split("==") == WHEEL.split("-")[:2]
    assert "Licensed to the Apache Software Foundation" in echarts()
    with pytest.raises(UserError, match=r"cannot be read: .* run make, or: .* pip download"):
        echarts(tmp_path)
    with zipfile.ZipFile(tmp_path / WHEEL, "w") as wheel:
        wheel.writestr(SCRIPT, echarts() + " ")
    with pytest.raises(UserError, match=f"{WHEEL} holds another {SCRIPT} than was tested"):
        echarts(tmp_path)


@pytest.mark.parametrize(
    ("environment", "stamp"), [(".venv", "run"), (".venv", "test"), (".venv-semantic", "semantic")]
)
def test_each_environment_that_publishes_has_the_chart_library(
    environment: str, stamp: str
) -> None:
    """`make test-semantic` publishes a shop of its own, and once had none to draw with."""
    told = subprocess.run(
        ["make", "--dry-run", "--always-make", f"{environment}/{stamp}.stamp"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"{LOCK} --dest {environment}/{FOLDER.relative_to(sys.prefix)}" in told.stdout


def test_an_audit_that_could_not_be_made_is_no_audit() -> None:
    """Without --strict, pip-audit says "could not be audited" and ends with 0."""
    recipe = re.search(r"^audit:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), flags=re.M)
    assert recipe and "pip-audit --strict" in recipe[1] and "|| true" not in recipe[1]
    for lock in ("requirements.lock", "requirements-charts.lock"):  # what `make` installs
        assert recipe[1].count(f" {lock}") == 2, f"{lock} is in the list and asked about"
    assert not re.search(r"^\t-", recipe[1], flags=re.M)
