"""Office packages, a leaf: zips of parts, their relationships and content types, their XML, cells' references.

The doors are ``package`` (a file's parts) and ``xml`` (the one parser). Whatever is wrong with a file is one
PackageError; those who read a file say it in their own words. Imports nothing else of docgen.
"""
