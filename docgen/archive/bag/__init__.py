"""The package's index, content digests, and the inspection of files: shared by the writer and the verifier of a bag.

Each module is imported by itself. Imports ``archive.zip`` and ``archive.plan``.
"""
