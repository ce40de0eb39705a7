"""What has lain for thirty days goes at the next start; what belongs to no job, too; nothing else does."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from support.web_support import OWN, enter, make_settings, open_page

from docgen.errors import OutputError
from docgen.web.jobs.ledger import open_job_ledger
from docgen.web.workplace import Workplace

DAY = 24 * 3600


def make_job(folder: Path, monkeypatch: pytest.MonkeyPatch, days: float) -> str:
    """A job that ended so many days ago."""
    workplace = Workplace(folder)
    workplace.prepare()
    job_id = workplace.make()
    now = time.time()
    with monkeypatch.context() as patched, open_job_ledger(folder) as ledger:
        patched.setattr(time, "time", lambda: now - days * DAY)
        ledger.add(job_id, "case")
        ledger.set_state(job_id, "done")
    return job_id


def test_old_jobs_go_at_the_next_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, young = make_job(tmp_path, monkeypatch, 30.1), make_job(tmp_path, monkeypatch, 29.9)
    lost = Workplace(tmp_path).make()
    (tmp_path / "jobs" / "mine").mkdir()
    (tmp_path / "own.docx").write_bytes(b"")
    with open_page(make_settings(tmp_path)) as client:
        text = enter(client).get("/").text
    assert young in text
    assert old not in text
    assert {path.name for path in (tmp_path / "jobs").iterdir()} == {young, "mine"}, lost
    assert (tmp_path / "own.docx").is_file(), "what isn't ours stays"


def test_everything_goes_when_the_page_is_asked_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_job(tmp_path, monkeypatch, 1)
    with open_page(make_settings(tmp_path)) as client:
        enter(client).post("/clear", headers=OWN)
        assert "已经清除干净" in client.get("/clear").text
    assert list((tmp_path / "jobs").iterdir()) == []


def test_a_folder_has_one_server(tmp_path: Path) -> None:
    with open_page(make_settings(tmp_path)), pytest.raises(OutputError) as refused, open_job_ledger(tmp_path):
        pass
    assert [item.code for item in refused.value.diagnostics] == ["N161"]


def test_a_folder_that_can_t_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError) as refused:
        Workplace(tmp_path / "file" / "page").prepare()
    assert [item.code for item in refused.value.diagnostics] == ["N166"]


def test_the_key_of_programs_is_kept_and_nobody_else_s(tmp_path: Path) -> None:
    workplace = Workplace(tmp_path / "page")
    workplace.prepare()
    key = workplace.read_api_key()
    assert len(key) >= 32
    assert workplace.key_file.stat().st_mode & 0o077 == 0
    assert workplace.folder.stat().st_mode & 0o077 == 0
    assert workplace.read_api_key() == key
    workplace.key_file.chmod(0o644)
    assert workplace.read_api_key() != key, "others may have read it"
