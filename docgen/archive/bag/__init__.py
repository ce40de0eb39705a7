"""The parts of a package that maker and receiver agree on: content digests, package index, documents that open.

No door: each module is one agreement. Imports ``archive.zip`` and ``archive.plan``.
"""
