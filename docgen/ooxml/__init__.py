"""Office packages, a leaf: zips of parts, their relationships and content types, their XML, cells' references.

Whatever is wrong with a file is one PackageError; those who read a file say it in their own words.
"""
