"""Office packages, a leaf: zips of parts, their relationships and content types, their XML, cells' references.

``package`` (a file's parts) and ``xml`` (the only parser) are the entry points. Every fault of a file is a
PackageError, which the readers turn into a diagnostic. Imports nothing else of docgen.
"""
