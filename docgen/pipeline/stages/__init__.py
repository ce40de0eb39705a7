"""The stages of a build: prepare, render (``documents``), pack (``dossier``), release, and what belongs to each.

``pipeline.build`` calls them in order; nothing is exported here. A stage takes frozen inputs, most of them the prepared
record and the run's ``context``, and gives a value and diagnostics. Imports no other folder of ``pipeline``.
"""
