"""A Superset on the served file: its dashboard, its installation, its start.

assets.py   scripts/superset/dashboard.yml to the ZIP that Superset imports, for each language
serve.py    a home folder with a key of its own, the import, and the server on loopback
"""
