"""Helpers of several checks, a module per subject: a rule's scope, texts, dates, people. Imports ``checks.base``."""
