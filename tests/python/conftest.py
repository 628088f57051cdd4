"""Shared by every Python test of the project."""
