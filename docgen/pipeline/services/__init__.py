"""What commands and other front ends ask for beside a build: templates, profiles, cases, the intake workbook.

No door: a module per service. Imports ``pipeline.stages``.
"""
