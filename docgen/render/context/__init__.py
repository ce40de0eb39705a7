"""The context of templates: views of the record, its facts and the document's own lines, columns and sections.

The entry is ``build`` (a document job → its context). ``vocabulary`` declares the names and ``views`` the types that
are no models; contexts and their descriptions are made from both. The folder imports ``render.values`` only.
"""
