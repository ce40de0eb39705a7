"""What several checks need, a module per subject: a rule's scope, texts, dates, people. Imports ``checks.base``."""
