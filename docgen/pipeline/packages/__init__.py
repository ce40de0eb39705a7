"""Packages beside the main one, of the same stages: redacted, supplement, transfer.

No door: ``pipeline.build`` calls what goes with a build, a command ``transfer``. Imports ``pipeline.stages``.
"""
