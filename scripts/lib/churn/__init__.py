"""The churn and value models: who will order again, how often, and for how much."""
