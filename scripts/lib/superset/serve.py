"""One Superset for one warehouse: its home, the import, and the server on loopback."""

import hashlib
import os
import secrets
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import click

from lib.errors import UserError
from lib.publishing.reader import served_file, serving_connection
from lib.superset.assets import write_assets
from lib.warehouse import ROOT

HOST = "127.0.0.1"
USER = "admin"
KEY, PASSWORD, READY = "secret_key", "password", "ready"
ASSETS, LOG = "dashboard.zip", "set_up.log"


def prepare(home: Path, warehouse: Path) -> dict[str, str]:
    """Make the home ready, anew only where Superset or the dashboard changed; the environment."""
    served_file(warehouse)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, length in ((KEY, 48), (PASSWORD, 18)):
        _make_secret(home / name, length)
    with serving_connection(warehouse) as served:
        write_assets(home / ASSETS, served)
    environment = _environment(home, warehouse)
    state = version("apache-superset") + hashlib.sha256((home / ASSETS).read_bytes()).hexdigest()
    ready = home / READY
    if not ready.exists() or ready.read_text(encoding="ascii") != state:
        _set_up(home, environment)
        ready.write_text(state, encoding="ascii")
    return environment


def serve(environment: dict[str, str], port: int) -> None:
    """Become the server; ends when it is ended."""
    command = [
        *(sys.executable, "-m", "gunicorn", "--bind", f"{HOST}:{port}"),
        *("--workers", "1", "--worker-class", "gthread", "--threads", "8", "--timeout", "600"),
        *("--log-level", "warning", "superset.app:create_app()"),
    ]
    os.execve(command[0], command, environment)


def _set_up(home: Path, environment: dict[str, str]) -> None:
    password = (home / PASSWORD).read_text(encoding="ascii")
    account = ("--username", USER, "--password", password)
    named = ("--firstname", "Segments", "--lastname", "Admin", "--email", "admin@localhost")
    for said, arguments in (
        ("its own tables", ("db", "upgrade")),
        ("roles", ("init",)),
        ("the account", ("fab", "create-admin", *account, *named)),
        ("the dashboard", ("import-dashboards", "--path", str(home / ASSETS), "--username", USER)),
    ):
        click.echo(f"Superset: {said} ...")
        command = [str(Path(sys.executable).with_name("superset")), *arguments]
        with (home / LOG).open("a", encoding="utf-8") as log:
            done = subprocess.run(command, env=environment, stdout=log, stderr=log)
        if done.returncode:
            raise UserError(f"superset {arguments[0]} failed: {home / LOG} says why")


def _environment(home: Path, warehouse: Path) -> dict[str, str]:
    return os.environ | {
        "FLASK_APP": "superset.app:create_app()",
        "PYTHONPATH": str(ROOT / "scripts"),
        "SEGMENTS_WAREHOUSE_DIR": str(warehouse),
        "SUPERSET_CONFIG_PATH": str(ROOT / "scripts" / "superset" / "superset_config.py"),
        "SUPERSET_HOME": str(home),
    }


def _make_secret(path: Path, length: int) -> None:
    """Once per installation, readable by its owner alone."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(length))
