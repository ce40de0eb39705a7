"""Verifies a received package, a zip or a folder, from its own files alone: findings and a verdict for each step.

The door is ``package``. Imports ``archive.bag`` and what stands before it, never ``archive.writing``.
"""
