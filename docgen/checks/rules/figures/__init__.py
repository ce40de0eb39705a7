"""Figures: sums, products and counts, indicators, the size class."""
