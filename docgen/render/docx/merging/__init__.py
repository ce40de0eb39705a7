"""Joins finished documents of one template into one document to print. Start reading at ``merge``."""
