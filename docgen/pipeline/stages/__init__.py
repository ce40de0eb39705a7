"""The stages of a build in a room of their own: prepare, evidence, documents, dossier, release.

``pipeline.build`` is the page that lists them in order. A stage takes frozen inputs and gives a value and diagnostics.
"""
