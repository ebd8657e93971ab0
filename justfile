# What can be done here; `just` lists it.

set shell := ["bash", "-c"]
bin := ".venv/bin"

# List the recipes.
default:
    @just --list

# Make the environment with everything that development needs.
setup:
    python3 -m venv .venv
    {{bin}}/pip install --quiet -e '.[dev]'

# Run all tests.
test *arguments:
    {{bin}}/pytest -q {{arguments}}

# Lint, format and type-check; import floors are checked by the tests.
lint:
    {{bin}}/ruff check --fix .
    {{bin}}/ruff format .
    {{bin}}/mypy

# Make models/default again from data/, then all that shows its answers.
model: && datasheet pictures readme golden
    {{bin}}/socialcls train data --base none -o models/default --force

# Draw the pictures of the README again.
pictures:
    {{bin}}/python -m docs.make_pictures

# Write the counts in the datasheet again.
datasheet:
    {{bin}}/python -m docs.refresh_datasheet

# Write the outputs in the README and in docs/ again.
readme:
    {{bin}}/python -m docs.refresh_readme

# Write the golden outputs again; read the difference before committing it.
golden:
    {{bin}}/python -m tests.golden.make

# Make the API documentation from the docstrings: build/api/index.html.
api:
    {{bin}}/pdoc --docformat google --output-directory build/api socialcls '!socialcls.__main__'

# Measure accuracy, beside peers and without each lever, on labelled files that are not part of this repository.
benchmark-accuracy dev="../shared/eval/dev" blind="../shared/eval/blind" *options:
    {{bin}}/pip install --quiet -e ".[bench]"
    {{bin}}/python -m benchmarks.accuracy {{dev}} {{blind}} {{options}}

# Measure accuracy on saved pages, beside peers, and what each mark says; the pages are not part of this repository.
benchmark-pages pages="../shared/eval/dev-html" *options:
    {{bin}}/pip install --quiet -e ".[bench]"
    {{bin}}/python -m benchmarks.pages {{pages}} {{options}}

# Measure rows per second with Spark on two cores; needs Java.
benchmark-spark rows="200000":
    {{bin}}/pip install --quiet -e ".[spark]"
    {{bin}}/python -m benchmarks.spark {{rows}}

# Measure speed and memory beside peers, ten minutes; writes docs/speed.md. `--long` adds ten million rows.
benchmark-speed *options:
    {{bin}}/pip install --quiet -e ".[bench]"
    {{bin}}/python -m benchmarks.speed {{options}}

# Run the suite with the lowest declared versions, and with each other Python that is here.
lowest:
    .ci/lowest

# What continuous integration runs.
ci:
    bash .ci/run
