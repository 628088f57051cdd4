"""Whether Spark can be started here, and the session that dbt started."""

import importlib.util
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from lib.errors import UserError


def check_spark_is_installed() -> None:
    """Raise a UserError unless PySpark, dbt-spark and a Java are there."""
    for module, package in (("pyspark", "pyspark"), ("dbt.adapters.spark", "dbt-spark")):
        if importlib.util.find_spec(module) is None:
            raise UserError(
                f"{package} is not installed in this environment;"
                " `make spark-build` makes one that has it, .venv-spark"
            )
    home = os.environ.get("JAVA_HOME")
    java = Path(home) / "bin" / "java" if home else shutil.which("java")
    if java is None or not Path(java).is_file():
        raise UserError(
            "Spark needs Java 17, and there is none on the PATH or under JAVA_HOME;"
            " on Debian: apt-get install openjdk-17-jre-headless"
        )


def current_session() -> Any:
    """The session dbt has started in this process, by the profile's parameters."""
    from pyspark.sql import SparkSession

    return SparkSession.builder.getOrCreate()


def stop_session() -> None:
    """End the session and its Java process, so that the next one starts anew."""
    if "pyspark" not in sys.modules:
        return
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    if SparkContext._active_spark_context is None:
        return
    SparkSession.builder.getOrCreate().stop()
    gateway, SparkContext._gateway, SparkContext._jvm = SparkContext._gateway, None, None
    if gateway is not None:
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait()
