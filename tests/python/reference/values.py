"""What the text of a raw value means: a day, an amount, a flag."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 16  # decimal(18, 2) holds less


def text_of(value: object) -> str | None:
    """Text without surrounding spaces; None where nothing is left."""
    stripped = "" if value is None else str(value).strip()
    return stripped or None


def moment_of(value: object) -> datetime | None:
    """A timestamp in UTC; None where the text is none. Without an offset it is in UTC already."""
    text = text_of(value)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def day_of(value: object, zone: str) -> date | None:
    """The day in the business time zone; a bare date is that day whatever the zone."""
    moment = moment_of(value)
    if moment is None:
        return None
    is_bare = len(text_of(value) or "") <= len("2024-01-31")
    return moment.date() if is_bare else moment.astimezone(ZoneInfo(zone)).date()


def amount_of(value: object) -> Decimal | None:
    """An amount in cents, rounded half up; None where the text is no finite number."""
    try:
        amount = Decimal(text_of(value) or "none")
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) >= LARGEST:
        return None
    return amount.quantize(CENT, ROUND_HALF_UP)


def flag_of(value: object) -> bool:
    """Whether a flag is raised."""
    return (text_of(value) or "").lower() in {"true", "t", "yes", "1"}
