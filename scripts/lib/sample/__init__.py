"""The made-up shop: who its customers are, what they do, and the raw tables that follow from it."""
