"""The stages of a build: prepare, render (``documents``), pack (``dossier``), release, and what belongs to each.

No door: ``pipeline.build`` is the page that lists them in order. A stage takes frozen inputs, most of them the prepared
record and the run's ``context``, and gives a value and diagnostics. Imports no other room of ``pipeline``.
"""
