"""The name of a version: the same date, rows and code give the same name, on any machine."""

import hashlib
import json
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lib.publishing.durable import sha256

CODE_FOLDERS = ("models", "macros", "seeds", "snapshots", "tests", "profiles")
CODE_SUFFIXES = {".sql", ".yml", ".yaml", ".csv", ".py", ".html", ".css", ".js"}
PACKAGES = ("dbt-core", "dbt-duckdb", "duckdb", "numpy", "scipy")
SCRIPTS = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Identity:
    """What decides the content of a version.

    `as_of` is the date asked for, or None for the newest the data allow; `inputs` and `code` are
    SHA-256 digests of the raw rows and of everything that turns them into segments.
    """

    as_of: str | None
    inputs: str
    code: str

    @property
    def name(self) -> str:
        """E.g. 2025-06-30-4f2a90c1d3e8-77ab01c2, or latest-… without a date."""
        return f"{self.as_of or 'latest'}-{self.inputs[:12]}-{self.code[:8]}"

    def matches(self, manifest: dict[str, Any]) -> bool:
        """Whether a sealed version was built from just this."""
        return manifest.get("identity") == self.as_json()

    def as_json(self) -> dict[str, str | None]:
        return {"as_of": self.as_of, "inputs": self.inputs, "code": self.code}


def versions() -> dict[str, str]:
    """The versions that can change a result."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python} | {package: version(package) for package in PACKAGES}


def code_digest(project: Path, key_check: str | None = None) -> str:
    """Digest of the dbt project, the scripts and the versions they run on.

    `key_check` tells the key of pseudonyms from another one, where there are pseudonyms.
    """
    files = [project / "dbt_project.yml"]
    for folder in (*(project / name for name in CODE_FOLDERS), SCRIPTS):
        files += (path for path in folder.rglob("*") if path.suffix in CODE_SUFFIXES)
    skipped = project / "tests" / "python"
    digests = {
        str(path.relative_to(SCRIPTS if path.is_relative_to(SCRIPTS) else project)): sha256(path)
        for path in sorted(set(files))
        if path.is_file() and not path.is_relative_to(skipped)
    }
    return digest([digests, versions(), *([key_check] if key_check else [])])


def digest(value: Any) -> str:
    """SHA-256 of a value's JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
