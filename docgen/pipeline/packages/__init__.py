"""Packages beside the main one, of the same stages: redacted, supplement, transfer.

No door: ``pipeline.build`` calls each. Imports ``pipeline.stages``.
"""
