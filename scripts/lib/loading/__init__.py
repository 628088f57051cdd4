"""Bring your own data: files and databases into `raw.*` by a mapping, every row accounted for."""

from lib.loading.load import LoadResult, load_mapping

__all__ = ["LoadResult", "load_mapping"]
