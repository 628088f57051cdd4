"""Erasing a person (GDPR Art. 17, PIPL Art. 47) from raw rows, versions and later loads."""
