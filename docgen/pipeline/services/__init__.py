"""The services of front ends beside a build: cases, receiving, new projects, templates, the intake workbook.

A module for each subject; nothing is exported here. Imports ``pipeline.stages``.
"""
