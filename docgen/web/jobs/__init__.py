"""Long work: each job a folder and a row of the ledger, done in processes of its own; the server only looks on.

``runner`` is the door. ``model`` says what a job is, ``kinds`` which there are, ``ledger`` which were started and how
they stand, ``folder`` what lies in a job's folder, ``process`` is the side of the process that works; ``desk`` answers
quick questions.
"""
