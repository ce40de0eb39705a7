"""The services of front ends beside a build: cases, receiving, new projects, templates, the intake workbook.

No door: a module for each subject, whose outcome a front end shows. Imports ``pipeline.stages``.
"""
