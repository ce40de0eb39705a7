"""The shared vocabulary of project records, and the facts computed from it. Pure: no clock, no file but own tables.

``record`` is the whole, ``types`` the types of fields, ``facts`` all that is computed. Imports ``content`` alone.
"""
