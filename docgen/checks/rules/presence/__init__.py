"""What must be there, and what follows it up: fields, answers, plans, papers, rubrics."""
