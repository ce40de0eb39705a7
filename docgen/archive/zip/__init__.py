"""A zip that may be hostile: its directory, its members' names, their bytes, manifests and digests; bounded.

The door is ``read``; ``names`` says which names a package may hold. Imports nothing else of ``archive``.
"""
