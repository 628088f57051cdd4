"""The sample shop, made and published as `make` does it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOADED_ON = "2026-07-01"  # the Makefile's


def run_script(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one of scripts/ as a person would."""
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / script), *arguments],
        capture_output=True,
        text=True,
        timeout=900,
    )


def publish_sample(sample: Path, warehouse: Path) -> subprocess.CompletedProcess[str]:
    """What `make` does with the sample shop."""
    return run_script(
        "run_pipeline.py",
        *("--mapping", str(ROOT / "scripts/mappings/sample.yml")),
        *("--folder", str(sample), "--loaded-on", LOADED_ON),
        *("--warehouse-dir", str(warehouse)),
    )
