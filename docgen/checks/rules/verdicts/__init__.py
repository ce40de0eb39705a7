"""Verdicts, grades and answers that must fit one another."""
