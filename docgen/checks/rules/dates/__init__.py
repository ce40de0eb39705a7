"""Dates and their order: periods, steps and stages, deadlines, training before work."""
