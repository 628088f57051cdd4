"""Keep the newest versions and the served one, remove the rest."""

import os
import shutil

from lib.publishing.flip import kept_versions, log_event
from lib.publishing.layout import Layout


def prune(layout: Layout, keep: int) -> list[str]:
    """Remove all but the newest `keep` versions (at least 1), never the served one.

    A version leaves `versions/` by one rename, so that no crash leaves half a version there.
    Returns the names of the removed.
    """
    served = layout.served()
    others = [version.name for version in kept_versions(layout) if version.name != served]
    surplus = others[: max(0, len(others) - (max(keep, 1) - 1))]
    for name in surplus:
        doomed = layout.build / f"pruned-{name}"
        os.rename(layout.version(name), doomed)
        log_event(layout, "prune", name)
        shutil.rmtree(doomed)
    return surplus
