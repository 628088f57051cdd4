"""What the tests of both engines share: shops, a cluster of one machine, the ways to read text."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pandas as pd

from lib.spark.parity import WITHOUT_TESTS
from lib.warehouse import ROOT, connect, create_contract_tables
from shop import Shop
from shop.engine import _create_text_tables
from shop.generated import generate

# Cheap to start, which is most of what a small build costs.
SMALL = {
    "SPARK_JAVA_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "SPARK_SHUFFLE_PARTITIONS": "1",
}

# Raw text as people and programs write it; what is read from it must be the same.
SPELLINGS = (
    "", "  ", " 30 ", "30", "30.5", "30.555", "30.545", "-0.005", "0.005", "1e3", "1,5", "1,000",
    "abc", "NaN", "Infinity", "inf", "+5", "-5", ".5", "5.", "0x10", "12\u3000", "\u00a012",
    "\t12\n", "123456789012345678.99", "2024-01-05", "2024-1-5", "2024-02-30", "2024", "2024-03",
    "12:30", "T12:30", "20240105", "2024/01/05", "2024/1/5 8:05", "05/01/2024", "2024-01/05",
    "2024-01-05 12:30", "2024-01-05 12:30:15", "2024-01-05 12:30:15.123456",
    "2024-01-05T12:30:15Z", "2024-01-05T12:30:15.5Z", "2024-01-05T12:30:15+08:00",
    "2024-01-05T23:30:15-0800", "2024-01-05 12:30:15+08", "2024-01-05 12:30:15 UTC",
    "2024-01-05T12", "2024-01-05 24:00:00", "2024-01-05 12:60:00", "0001-01-01", "1899-12-30",
    "9999-12-31", "10000-01-01", "-0001-01-01", "2024-01-05 ", "  2024-01-05", "2024-01-05x",
    "2024-01-05 abc", "2024-01-05 00:00:00+14:00", "soon", "now", "today", "epoch", "infinity",
    "2024-01-05 1:2:3", "Jan 5 2024", "2024-01-05 12:30 PM", "true", "false", "TRUE", "t", "yes",
    "no", "y", "1", "0", "on", "2", "Ann's \"shop\" \\ Co", "李雷\u3000", "ANN@Example.COM", "null",
)  # fmt: skip


def messy_shop(customers: int = 120, corruptions: int = 160) -> Shop:
    """A shop with everything wrong with it, its raw columns all text."""
    shop = Shop(today="2024-06-30", as_text=True)
    generate(Random(11).choice, customers, corruptions, shop)
    for number, text in enumerate(SPELLINGS):
        shop.order(f"c{number:03}", None, amount=text, ordered_at="2024-03-03")
        shop.order(f"c{number:03}", None, amount="10", ordered_at=text)
        shop.order(f"c{number:03}", 40, amount="20", is_test=text, discount_amount=text)
        shop.customer(f"text-{number}", created=text, email=text, is_staff=text)
    return shop


def store_as_text(shop: Shop, path: Path) -> None:
    """The raw rows of a shop in a warehouse file, as a loader that guesses no types leaves them."""
    with connect(path) as connection:
        _create_text_tables(connection)
        create_contract_tables(connection)
        for table, rows in shop.raw.items():
            columns = dict.fromkeys(name for row in rows for name in row)
            frame = {name: [row.get(name) for row in rows] for name in columns}
            connection.register("rows", pd.DataFrame(frame, dtype=object))
            connection.execute(f"insert into raw.{table} by name select * from rows")
            connection.unregister("rows")


def values_on_duckdb(expression: str) -> list[str | None]:
    """What an expression over `value` makes of each spelling, as text."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.register(
            "spellings", pd.DataFrame({"value": SPELLINGS, "n": range(len(SPELLINGS))})
        )
        rows = connection.execute(
            f"select cast({expression} as string) from spellings order by n"
        ).fetchall()
    return [row[0] for row in rows]


def values_on_spark(session: Any, expression: str) -> list[str | None]:
    """The same on Spark."""
    frame = session.createDataFrame(list(enumerate(SPELLINGS)), "n int, value string")
    frame.createOrReplaceTempView("spellings")
    rows = session.sql(f"select cast({expression} as string) from spellings order by n").collect()
    return [row[0] for row in rows]


@dataclass(frozen=True)
class Doors:
    """The ways into one Spark from outside: Spark Connect and Thrift, by the project's profiles."""

    folder: Path
    variables: dict[str, Any]
    environment: dict[str, str]

    @classmethod
    def chosen(cls, folder: Path, parquet: Path, variables: dict[str, Any]) -> "Doors":
        """Free ports, and the settings by which a Spark that starts now opens them."""
        connect_port, thrift_port = _free_port(), _free_port()
        settings = {
            "spark.plugins": "org.apache.spark.sql.connect.SparkConnectPlugin",
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.connect.grpc.binding.port": connect_port,
            "spark.hadoop.hive.server2.thrift.bind.host": "127.0.0.1",
            "spark.hadoop.hive.server2.thrift.port": thrift_port,
        }
        (folder / "conf").mkdir()
        lines = [f"{name} {value}" for name, value in settings.items()]
        (folder / "conf" / "spark-defaults.conf").write_text("\n".join(lines))
        environment = {
            "SPARK_CONF_DIR": str(folder / "conf"),
            "SPARK_CONNECT_URL": f"sc://127.0.0.1:{connect_port}",
            "SPARK_THRIFT_PORT": str(thrift_port),
            "SEGMENTS_PARQUET": str(parquet),
            "SPARK_EXECUTOR_MEMORY": "512m",
        }
        return cls(folder, variables, environment)

    def open_thrift(self, session: Any) -> None:
        """Spark Connect comes with the session; Thrift is started beside it."""
        server = session._jvm.org.apache.spark.sql.hive.thriftserver.HiveThriftServer2
        server.startWithContext(session._jsparkSession.sqlContext())

    def dbt(self, target: str, *selection: str, told: Callable[[str], None] | None = None) -> None:
        """`dbt build` in a process of its own, without tests; each of its lines goes to `told`."""
        command = [
            str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "--log-level-file",
            "none", "build", *selection, *WITHOUT_TESTS, "--target", target,
            "--vars", json.dumps(self.variables), "--target-path", str(self.folder / target),
            "--project-dir", str(ROOT), "--profiles-dir", str(ROOT / "profiles"),
        ]  # fmt: skip
        said: list[str] = []
        with subprocess.Popen(
            command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            for line in process.stdout or ():
                said.append(line)
                if told:
                    told(line)
        assert process.returncode == 0, "".join(said[-60:])
        assert "SKIP=0" in said[-1] and "PASS=0" not in said[-1], said[-1]


@dataclass
class Cluster:
    """A standalone cluster on loopback: its URL, and the processes to kill."""

    url: str
    workers: list[subprocess.Popen[bytes]]

    def kill_a_worker(self) -> None:
        """Kill the last worker and its executor outright, as a machine that loses power."""
        os.killpg(self.workers[-1].pid, signal.SIGKILL)


@contextmanager
def standalone_cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """A master and workers of one core each; all of them are gone at the end."""
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": SMALL["SPARK_JAVA_OPTIONS"],
        "SPARK_WORKER_DIR": str(folder / "work"),
        "PYSPARK_PYTHON": sys.executable,
    }
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str, role: str, *arguments: str) -> subprocess.Popen[bytes]:
        log = (folder / f"{name}.log").open("wb")
        started.append(
            subprocess.Popen(
                [home / "bin" / "spark-class", f"org.apache.spark.deploy.{role}", *arguments],
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        )
        return started[-1]

    try:
        start(
            "master", "master.Master",
            "--host", "127.0.0.1", "--port", "0", "--webui-port", "0",
        )  # fmt: skip
        (url,) = _wait_for(folder, r"Starting Spark master at (\S+)", 1)
        nodes = [
            start(
                f"worker-{number}",
                "worker.Worker",
                url,
                "--host",
                "127.0.0.1",
                "--cores",
                "1",
                "--memory",
                "1g",
                "--webui-port",
                "0",
            )
            for number in range(workers)
        ]
        _wait_for(folder, "Registering worker", workers)
        yield Cluster(url, nodes)
    finally:
        for process in reversed(started):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(folder: Path, said: str, times: int, seconds: float = 120) -> list[str]:
    """Until the master has said it so many times; it chooses its own port, so none is lost."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        log = (folder / "master.log").read_text(errors="replace")
        if len(found := re.findall(said, log)) >= times:
            return found
        time.sleep(0.2)
    raise AssertionError(f"no cluster after {seconds} s: {log[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
