"""A zip that may be hostile: its directory, its members' names, their bytes and digests; bounded.

The door is ``read``. Imports nothing else of ``archive``.
"""
