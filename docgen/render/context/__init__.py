"""The context of templates: the record, its facts and the document's own lines, columns and sections as views.

The door is ``build`` (a document job → its context). ``vocabulary`` declares the names, ``views`` the types that are no
models; what is built, described and traced back is read from there. Imports ``render.values`` only.
"""
