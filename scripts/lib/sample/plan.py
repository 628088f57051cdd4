"""What sample is asked for: the arguments of the command, and what follows from them alone."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from lib.errors import UserError
from lib.sample.chance import Chance

SMALLEST, LARGEST = 1_000, 10_000_000
MOST_YEARS = 10
EARLIEST, LATEST = date(2000, 1, 1), date(2089, 12, 31)
FORMATS = ("parquet", "csv")


@dataclass(frozen=True)
class Plan:
    """One sample. `workers` is how many tables are written at a time: it changes no byte."""

    customers: int = 10_000
    seed: int = 1
    years: int = 3
    through: date = date(2026, 6, 30)
    out: Path = Path("data/sample")
    format: str = "parquet"
    workers: int = 2

    def __post_init__(self) -> None:
        """Raise UserError for arguments no shop can be made of."""
        if not SMALLEST <= self.customers <= LARGEST:
            raise UserError(
                f"--customers {self.customers:,} is out of range; give {SMALLEST:,} to {LARGEST:,}"
            )
        if not 0 <= self.seed < 2**63:
            raise UserError(f"--seed {self.seed} is out of range; give 0 or a greater number")
        if not 1 <= self.years <= MOST_YEARS:
            raise UserError(f"--years {self.years} is out of range; give 1 to {MOST_YEARS}")
        if not EARLIEST <= self.first_day <= self.through <= LATEST:
            raise UserError(
                f"--through {self.through} with --years {self.years} is out of range; "
                f"the shop must be open between {EARLIEST} and {LATEST}"
            )
        if self.format not in FORMATS:
            raise UserError(f"--format {self.format} is unknown; give {' or '.join(FORMATS)}")

    @property
    def chance(self) -> Chance:
        """The draws of this sample's seed."""
        return Chance(self.seed)

    @property
    def first_day(self) -> date:
        """The day the shop opens: `years` before the day after the last one."""
        after = self.through + timedelta(days=1)
        is_leap_day = (after.month, after.day) == (2, 29)
        return after.replace(year=after.year - self.years, day=28 if is_leap_day else after.day)

    @property
    def days(self) -> int:
        """How many days the shop is open."""
        return (self.through - self.first_day).days + 1

    @property
    def opening_day(self) -> str:
        """The first day, as an SQL date."""
        return sql_date(self.first_day)

    @property
    def closing_time(self) -> str:
        """The first instant after the last day, as an SQL timestamp: by then all has happened."""
        return f"timestamp '{self.through + timedelta(days=1)}'"


def sql_date(day: date) -> str:
    """A day as an SQL date."""
    return f"date '{day}'"
