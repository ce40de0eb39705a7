"""What maker and receiver agree on: content digests, the package index, whether an office file opens.

No door: each module is one agreement. Imports ``archive.zip`` and ``archive.plan``.
"""
