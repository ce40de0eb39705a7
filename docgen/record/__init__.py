"""The shared vocabulary of project records, and the facts computed from it. Pure: no file, no clock."""
