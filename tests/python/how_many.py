"""How many random shops to try: 300 in every run, SHOPS=10000 by hand, SHOPS=60 while at work."""

import os

SHOPS = int(os.environ.get("SHOPS", "300"))
# Of those, for each of the relations between a shop and a changed one.
RELATION_SHOPS = max(SHOPS // 75, 4)
