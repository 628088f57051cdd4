"""Apache ECharts, byte for byte as its makers publish it, out of a wheel that carries it.

The wheel is downloaded with a hash (requirements-charts.lock), kept as it is and never installed:
all that is read of it is one file, and that only if it is the one named here.
"""

import hashlib
import sys
import zipfile
from functools import cache
from pathlib import Path

from lib.errors import UserError

WHEEL = "panel-1.9.4-py3-none-any.whl"
SCRIPT = "panel/dist/bundled/echarts/echarts@6.0.0/dist/echarts.min.js"
SHA256 = "baa8dfe7e1d9336b98e8986ba7e20ea15e7cdbea1ef42a59d59478632fa45a1d"
FOLDER = Path(sys.prefix) / "share" / "charts"
LOCK = "requirements-charts.lock"


@cache
def echarts(folder: Path = FOLDER) -> str:
    """The library's script; UserError where the wheel or the right file in it is missing."""
    wheel = folder / WHEEL
    try:
        with zipfile.ZipFile(wheel) as archive:
            script = archive.read(SCRIPT)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise UserError(f"the report's chart library cannot be read: {error}; {_fix()}") from error
    if hashlib.sha256(script).hexdigest() != SHA256:
        raise UserError(f"{wheel} holds another {SCRIPT} than was tested; {_fix()}")
    return script.decode()


def _fix() -> str:
    return (
        f"run make, or: {sys.executable} -m pip download --no-deps --require-hashes"
        f" --requirement {LOCK} --dest {FOLDER}"
    )
