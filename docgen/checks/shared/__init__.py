"""Helpers that several checks share, a module per subject: scopes, texts, dates, people. Imports ``checks.base``."""
