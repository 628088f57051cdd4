"""The same project on Apache Spark: build it, publish it, and hold it against DuckDB."""
