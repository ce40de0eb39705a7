"""Packages beside the main one, made by the same stages: redacted, supplement, transfer.

``pipeline.build`` calls the first two, a command of its own the third; nothing is exported here. Imports
``pipeline.stages``.
"""
