"""Writing outputs: a package's zip, and any file or folder that is written aside and then moved into place.

The door to packages is ``package``; ``target``, ``staging`` and ``occupancy`` serve every output. Imports
``archive.bag`` and what stands before it.
"""
