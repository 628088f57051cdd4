"""dbt's sessions learn `pseudonym_of(text)`; profiles.yml names this module as a plugin.

Through the connection, because a secret read by env_var() in a model is afterwards found in the
manifest, the compiled SQL and the logs.
"""

from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin

from lib.pseudonyms import key_from_environment, teach


class Plugin(BasePlugin):
    """Teaches every cursor; a cursor is a session of its own and forgets with its end."""

    def configure_cursor(self, cursor: Any) -> None:
        teach(cursor, key_from_environment())
