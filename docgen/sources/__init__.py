"""Sources of a record's data and evidence: record files, workbooks, and the files that prove something.

No door: ``record_file``, ``intake`` and ``evidence`` each read one kind. Imports ``profile``, ``record``, ``content``,
``trees`` and ``ooxml``, never its neighbours ``render``, ``checks`` and ``archive``.
"""
