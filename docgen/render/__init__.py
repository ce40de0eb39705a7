"""Compiled Word and Excel templates: once per template, then a document is string work."""
