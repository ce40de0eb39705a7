"""Reads a zip that may be hostile, within limits: directory, member names, bytes, manifests and digests.

``read`` is the entry point; ``names`` defines which names a package may hold. Imports nothing else of ``archive``.
"""
