"""What front ends ask for beside a build: cases, receiving, starting a project, templates, the intake workbook.

No door: a module for each subject, whose outcome a front end shows. Imports ``pipeline.stages``.
"""
