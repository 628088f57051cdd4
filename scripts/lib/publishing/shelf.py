"""The kept versions as commands show them, and the way back to one."""

from lib.publishing.flip import kept_versions, rollback
from lib.publishing.layout import Layout
from lib.publishing.preflight import megabytes
from lib.publishing.writer import changing


def listed(layout: Layout) -> list[str]:
    """A line per kept version, oldest first; * marks the served one."""
    served = layout.served()
    lines = []
    for _, name, manifest in kept_versions(layout):
        size = sum(file["bytes"] for file in manifest.get("files", {}).values())
        sealed, as_of = manifest.get("sealed_at", "damaged"), manifest.get("as_of")
        mark = "*" if name == served else " "
        lines.append(f"{mark} {name}  sealed {sealed}  as of {as_of}  {megabytes(size)}")
    return lines or ["nothing is published yet"]


def roll_back(layout: Layout, name: str | None, wait: float) -> list[str]:
    """Serve a kept version again (without a name: the one before the served), checked first.

    Returns what to tell the user; `wait` is in seconds.
    """
    with changing(layout, purpose="rollback", wait=wait):
        served, warnings = rollback(layout, name)
    return [*(f"warning: {warning}" for warning in warnings), f"serving {served}"]
