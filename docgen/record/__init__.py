"""The shared vocabulary of project records, and the facts computed from it. Pure: no clock, no file but own tables.

``record`` holds the record's model, ``types`` the types of its fields, ``facts`` the computed facts. Imports only
``content``.
"""
