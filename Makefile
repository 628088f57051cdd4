# Two commands: `make` makes the sample shop's segments, `make test` runs every test.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
AUDIT := .venv-audit
SAMPLE := data/sample
SPARK := .venv-spark
SEMANTIC := .venv-semantic
SUPERSET := .venv-superset
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes
INSTALL := $(BIN)/python $(PIP_INSTALL)
# the report's chart library, for each environment that publishes: kept as it is, never installed
FETCH_CHARTS := -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements-charts.lock --dest

.DEFAULT_GOAL := segments
.PHONY: segments sample shell test lint unit test-faults audit spark-build test-spark test-semantic superset test-superset java clean

segments: $(VENV)/run.stamp $(SAMPLE)/customers.parquet  ## sample data, load, fit, build, publish
	$(BIN)/python scripts/run_pipeline.py --mapping scripts/mappings/sample.yml --loaded-on 2026-07-01

sample: $(SAMPLE)/customers.parquet  ## the made-up shop

shell: $(VENV)/run.stamp  ## SQL on what is served, read-only
	@$(BIN)/python scripts/query.py --shell

test: lint unit  ## every test

lint: $(VENV)/test.stamp
	$(BIN)/ruff check scripts tests
	$(BIN)/ruff format --check scripts tests
	$(BIN)/mypy scripts
	DBT_PROFILES_DIR=profiles SEGMENTS_WAREHOUSE=$(VENV)/lint.duckdb $(BIN)/sqlfluff lint --disable-progress-bar models tests/singular

unit: $(VENV)/test.stamp
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-faults: $(VENV)/test.stamp  ## the long form of the fault suite
	FAULTS=full $(BIN)/python -m pytest tests/python/faults

audit: $(AUDIT)/audit.stamp  ## what is installed (target/sbom.json), and what is known against it
	mkdir -p target
	cat requirements.lock requirements-charts.lock | $(AUDIT)/bin/cyclonedx-py requirements - --pyproject pyproject.toml -o target/sbom.json
	@echo "target/sbom.json lists what is installed; now the advisory service is asked about each"
	$(AUDIT)/bin/pip-audit --strict --require-hashes --disable-pip --requirement requirements.lock --requirement requirements-charts.lock || \
		{ echo "NOT CLEAN: a version above has a known flaw, or the advisory service could not be reached, and then nothing was audited" >&2; exit 1; }

spark-build: $(SPARK)/spark.stamp $(SAMPLE)/customers.parquet | java  ## the same on Apache Spark
	$(SPARK)/bin/python scripts/run_pipeline.py --target spark --mapping scripts/mappings/sample.yml --loaded-on 2026-07-01

test-spark: $(SPARK)/spark.stamp | java  ## both engines, row for row
	$(SPARK)/bin/python -m pytest -n 0 -m spark tests/python/test_spark.py

test-semantic: $(SEMANTIC)/semantic.stamp  ## MetricFlow's numbers are those of the marts
	$(SEMANTIC)/bin/python -m pytest -m semantic tests/python/test_semantic_layer.py

superset: $(SUPERSET)/superset.stamp  ## dashboards on what is served, on this machine only
	$(SUPERSET)/bin/python scripts/serve_superset.py

test-superset: $(VENV)/test.stamp $(SUPERSET)/superset.stamp  ## its charts in a browser, while versions are published
	SUPERSET_PYTHON=$(SUPERSET)/bin/python $(BIN)/python -m pytest -n 0 -m superset tests/python/test_superset.py

$(SUPERSET)/superset.stamp: requirements-superset.lock
	$(PYTHON) -m venv $(SUPERSET)
	$(SUPERSET)/bin/python $(PIP_INSTALL) -r $<
	touch $@

$(SEMANTIC)/semantic.stamp: requirements-semantic.lock requirements-charts.lock
	$(PYTHON) -m venv $(SEMANTIC)
	$(SEMANTIC)/bin/python $(PIP_INSTALL) -r $<
	$(SEMANTIC)/bin/python $(FETCH_CHARTS) $(SEMANTIC)/share/charts
	touch $@

java:
	@"$${JAVA_HOME:+$$JAVA_HOME/bin/}java" -version > /dev/null 2>&1 || { echo "Spark needs Java 17, and there is none on the PATH or under JAVA_HOME; on Debian: apt-get install openjdk-17-jre-headless" >&2; exit 2; }

$(SPARK)/spark.stamp: requirements-spark.lock | java
	$(PYTHON) -m venv $(SPARK)
	$(SPARK)/bin/python $(PIP_INSTALL) -r requirements-spark.lock
	touch $@

$(SAMPLE)/customers.parquet: | $(VENV)/run.stamp
	$(BIN)/python scripts/generate_sample_data.py --out $(SAMPLE)

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock | $(VENV)/charts.stamp
	$(INSTALL) -r requirements.lock
	touch $@

$(VENV)/test.stamp: requirements-test.lock | $(VENV)/charts.stamp
	$(INSTALL) -r requirements-test.lock
	touch $@ $(VENV)/run.stamp

$(VENV)/charts.stamp: requirements-charts.lock | $(BIN)/python
	$(BIN)/python $(FETCH_CHARTS) $(VENV)/share/charts
	touch $@

$(AUDIT)/audit.stamp: requirements-audit.lock
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	touch $@

clean:  ## everything that can be made again, the served versions too
	rm -rf $(VENV) $(AUDIT) $(SPARK) $(SEMANTIC) $(SUPERSET) $(SAMPLE) warehouse target logs
