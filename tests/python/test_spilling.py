"""A build larger than its memory works on disk, in the directory that the profile names."""

import os
import shutil
from pathlib import Path

import duckdb
import pytest
import yaml
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.environments.local import LocalEnvironment
from jinja2 import Environment

from lib.warehouse import connect
from sample_run import ROOT

# 320 MB of noise, where 150 MB of memory are allowed
TOO_LARGE = """
    create temporary table too_large as
    select concat(md5(cast(i as varchar)), md5(cast(-i as varchar))) as noise
    from range(5000000) as numbers (i)
"""


def credentials(folder: Path, memory: str) -> DuckDBCredentials:
    """Those of the profile, with the variables that a user would set."""
    variables = {
        "SEGMENTS_WAREHOUSE": str(folder / "state.duckdb"),
        "SEGMENTS_TEMP": str(folder / "spill"),
        "SEGMENTS_MEMORY_LIMIT": memory,
    }
    rendering = Environment(autoescape=False)
    rendering.filters["as_number"] = int
    text = (ROOT / "profiles" / "profiles.yml").read_text(encoding="utf-8")
    rendered = rendering.from_string(text).render(
        env_var=lambda name, default=None: variables.get(name, os.environ.get(name, default))
    )
    output = yaml.safe_load(rendered)["customer_segments"]["outputs"]["duckdb"]
    del output["type"], output["threads"], output["plugins"]
    return DuckDBCredentials.from_dict({"database": "state", **output})


def test_after_one_model_has_spilled_the_next_connection_opens_still(tmp_path: Path) -> None:
    environment = LocalEnvironment(credentials(tmp_path, "150MB"))
    first = environment.handle()
    first.cursor().execute(TOO_LARGE)
    spilled = [path for path in (tmp_path / "spill").rglob("*") if path.stat().st_size]
    second = environment.handle()
    assert second.cursor().execute("select 42").fetchall() == [(42,)]
    assert spilled, "nothing was written to the spill directory, so this test says nothing"
    environment.close()


def test_with_no_room_to_spill_it_is_refused_rather_than_killed(tmp_path: Path) -> None:
    environment = LocalEnvironment(credentials(tmp_path, "150MB"))
    handle = environment.handle()
    handle.cursor().execute("set max_temp_directory_size = '1MB'")
    with pytest.raises(duckdb.OutOfMemoryException):
        handle.cursor().execute(TOO_LARGE)
    environment.close()
    shutil.rmtree(tmp_path / "spill", ignore_errors=True)


def test_a_load_keeps_to_the_same_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, loading ten million orders took 12 GB; with it 4.2."""
    for limit, kept in (("512MiB", "512.0 MiB"), (None, "3.7 GiB")):
        if limit:
            monkeypatch.setenv("SEGMENTS_MEMORY_LIMIT", limit)
        else:
            monkeypatch.delenv("SEGMENTS_MEMORY_LIMIT")
        with connect(tmp_path / "state.duckdb") as connection:
            found = connection.execute("select current_setting('memory_limit')").fetchall()
        assert found == [(kept,)]
