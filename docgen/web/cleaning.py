"""Removes jobs that are 30 days old: at every start and while the page is served."""

from __future__ import annotations

import time

from docgen.web.state import State

_DAY = 24 * 3600


def clean_old(state: State, *, at_start: bool = False) -> None:
    """Clear jobs that ended longer ago than the settings' days, and folders that belong to no job.

    A folder that a form is filling has no job yet: at the start there is none such, later a day has to pass.
    """
    known = {job.id: job for job in state.ledger.list_all()}
    limit = time.time() - state.settings.days * _DAY
    for job in known.values():
        if (job.ended or job.created) < limit:
            state.runner.clear(job.id)
    for job_id in list(state.workplace.list_ids()):
        if job_id not in known and (at_start or state.workplace.find_age(job_id) > _DAY):
            state.workplace.remove(job_id)
