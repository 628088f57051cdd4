"""What sample is asked for: the arguments of the command, and what follows from them alone."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from lib.errors import UserError
from lib.sample.chance import Chance, quote

SMALLEST, LARGEST = 1_000, 10_000_000
MOST_YEARS = 10
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
    chance: Chance = field(init=False)

    def __post_init__(self) -> None:
        """Raise UserError for arguments no shop can be made of."""
        if not SMALLEST <= self.customers <= LARGEST:
            raise UserError(
                f"--customers {self.customers:,} is out of range; give {SMALLEST:,} to {LARGEST:,}"
            )
        if not 1 <= self.years <= MOST_YEARS:
            raise UserError(f"--years {self.years} is out of range; give 1 to {MOST_YEARS}")
        if self.through.year - self.years < 1990 or self.through.year > 2090:
            raise UserError(
                f"--through {self.through} with --years {self.years} leaves the years 1990 to 2090; "
                "give another last day"
            )
        if self.format not in FORMATS:
            raise UserError(f"--format {self.format} is unknown; give {' or '.join(FORMATS)}")
        object.__setattr__(self, "chance", Chance(self.seed))

    @property
    def first_day(self) -> date:
        """The day the shop opens: `years` before the day after the last one."""
        after = self.through + timedelta(days=1)
        leap_day = after.month == 2 and after.day == 29
        return after.replace(year=after.year - self.years, day=28 if leap_day else after.day)

    @property
    def days(self) -> int:
        """How many days the shop is open."""
        return (self.through - self.first_day).days + 1

    @property
    def closing_time(self) -> str:
        """The first instant after the last day, as an SQL timestamp: nothing happens from then on."""
        return f"timestamp {quote(str(self.through + timedelta(days=1)))}"

    def sql_day(self, day: date) -> str:
        """A day as an SQL date."""
        return f"date {quote(str(day))}"
