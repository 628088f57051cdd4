"""How many random shops to try: 40 in a quick run, SHOPS=10000 by hand."""

import os

SHOPS = int(os.environ.get("SHOPS", "40"))
