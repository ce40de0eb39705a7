"""What several checks need: the scope of a rule, and the texts of a record."""
