"""Settings of the Superset that scripts/serve_superset.py starts; everything else is its default.

Every query opens the version served at that moment: DuckDB shares an open file by its path within
one process, so the path must name the version (lib/publishing/reader.py).
"""

import os
from pathlib import Path
from typing import Any

from lib.publishing.reader import served_file

HOME = Path(os.environ["SUPERSET_HOME"])
WAREHOUSE = Path(os.environ["SEGMENTS_WAREHOUSE_DIR"])

SECRET_KEY = (HOME / "secret_key").read_text(encoding="ascii")
SQLALCHEMY_DATABASE_URI = f"sqlite:///{HOME / 'superset.db'}"
SQLALCHEMY_ENGINE_OPTIONS = {"connect_args": {"timeout": 60}}
LANGUAGES = {
    "en": {"flag": "us", "name": "English"},
    "zh": {"flag": "cn", "name": "简体中文"},
}

# Superset's own policy lets its pages ask others for maps, fonts and a pixel that counts readers.
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}

READ_ONLY = {
    "read_only": True,
    "config": {"enable_external_access": "false", "lock_configuration": "true"},
}


def DB_CONNECTION_MUTATOR(
    uri: Any, params: dict[str, Any], _username: str, _security: Any, _source: Any
) -> tuple[Any, dict[str, Any]]:
    """Whatever DuckDB file a connection names, it gets the served one, read-only."""
    if uri.get_backend_name() != "duckdb":
        return uri, params
    return uri.set(database=str(served_file(WAREHOUSE))), params | {"connect_args": READ_ONLY}
