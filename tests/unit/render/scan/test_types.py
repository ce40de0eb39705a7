"""What is declared of a template's names is true of what templates really get: name by name, both ways."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import BaseModel
from support import made_up
from support.stand_in_office import make_stand_in

from docgen.cli.run import run
from docgen.content.model import Narrative
from docgen.pipeline import Options, build_record
from docgen.pipeline.packages.transfer import TransferOptions, transfer_package
from docgen.pipeline.stages.prepare import PreparedRecord, prepare_record
from docgen.profile.paths import list_field_names
from docgen.profile.plan import plan_documents
from docgen.record.month import Month
from docgen.render.context.build import build_context
from docgen.render.context.packages import PACKAGE_PAPERS, describe_paper
from docgen.render.context.records import ModelView
from docgen.render.context.types import Shape
from docgen.render.context.vocabulary import describe_context
from docgen.render.store import TemplateStore
from docgen.render.values.values import Missing, MissingMode
from docgen.resources import Resources

ROOT = Path(__file__).resolve().parents[4]
SAMPLES = sorted(path for path in ROOT.glob("samples/*/*/record.yaml") if path.parent.name != "negative")
KINDS: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "number": (int, Decimal),
    "date": (dt.date,),
    "month": (Month,),
    "minute": (dt.datetime,),
    "yes_no": (bool,),
    "scalar": (str, int, Decimal, dt.date, Month),
    "prose": (Narrative,),
}


def list_real_names(value: Any) -> set[str] | None:
    """The names inside of what a template gets; None where it answers whatever it is asked."""
    if isinstance(value, ModelView):
        return set(list_field_names(type(value._model)))
    if isinstance(value, SimpleNamespace):
        return set(vars(value))
    if is_dataclass(value):
        return {item.name for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(name) for name in value}
    return set(list_field_names(type(value))) if isinstance(value, BaseModel) else None


def read_name(value: Any, name: str) -> Any:
    return value[name] if isinstance(value, Mapping) else getattr(value, name)


def compare(shape: Shape, value: Any, path: str, mode: MissingMode) -> Iterator[str]:
    """What differs between the type that is told of a name and the value that stands for it."""
    if value is None and shape.absence == "optional":
        return
    if isinstance(value, Missing):
        if mode == "error":
            # What the record need not hold stays free, too, though a template had better ask for it first.
            wanted = ("free", "never", "optional") if value.mode == "blank" else ("present", "optional")
            if shape.absence not in wanted:
                yield f"{path}: {shape.absence}, missing as {value.mode}"
        return
    if shape.absence == "never":
        yield f"{path}: never there, but {value!r}"
    if shape.kind == "any":
        return
    if shape.kind == "list":
        if not isinstance(value, (tuple, list)):
            yield f"{path}: no list but {type(value).__name__}"
            return
        assert shape.item is not None
        for item in value:
            yield from compare(shape.item, item, f"{path}[]", mode)
    elif shape.kind == "fields":
        real = list_real_names(value)
        partly = isinstance(value, Mapping)
        if real is not None and real != set(shape.names) and not (partly and real <= set(shape.names)):
            yield f"{path}: {sorted(real ^ set(shape.names))} on one side only"
            return
        for name in shape.names if not partly else real or ():
            yield from compare(shape.names[name], read_name(value, name), f"{path}.{name}", mode)
    elif not isinstance(value, KINDS[shape.kind]) or (isinstance(value, bool) and shape.kind not in ("yes_no",)):
        yield f"{path}: {shape.kind}, but {value!r}"


def compare_all(names: Mapping[str, Shape], context: Mapping[str, Any], mode: MissingMode) -> list[str]:
    """Everything that differs between the names told of a template and what it gets."""
    only = set(names) ^ set(context)
    assert not only, only
    return [fault for name in names for fault in compare(names[name], context[name], name, mode)]


@pytest.fixture(scope="module", params=["made up", *SAMPLES], ids=lambda case: getattr(case, "parent", Path(case)).name)
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> PreparedRecord:
    if isinstance(request.param, Path):
        found = prepare_record(request.param, Options())
    else:
        folder = tmp_path_factory.mktemp("made-up")
        resources = Resources(own_profiles=(made_up.write_profile(folder / "profiles"),))
        found = prepare_record(made_up.write_record(folder), Options(resources=resources))
    assert isinstance(found, PreparedRecord)
    return found


@pytest.mark.heavy
@pytest.mark.parametrize("mode", ["error", "draft", "blank"])
def test_contexts_are_as_described(prepared: PreparedRecord, mode: MissingMode) -> None:
    jobs = plan_documents(prepared.subject, (), mode == "blank")
    assert jobs
    for job in jobs:
        names = describe_context(prepared.loaded, job.document)
        context = build_context(prepared.subject, job, mode)
        assert compare_all(names, context, mode) == [], job.id


@pytest.mark.heavy
def test_contexts_of_a_package_are_as_described(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, list[Mapping[str, Any]]] = {}
    render = TemplateStore.render

    def watch(store: TemplateStore, name: str, context: Mapping[str, Any], **options: Any) -> Any:
        seen.setdefault(Path(name).stem, []).append(context)
        return render(store, name, context, **options)

    monkeypatch.setattr(TemplateStore, "render", watch)
    # The sample of the made-up standard has an item that doesn't apply.
    resources = Resources(own_profiles=(made_up.write_profile(tmp_path / "profiles"),))
    made = made_up.write_record(tmp_path)
    for number, record in enumerate([*SAMPLES, made]):
        outcome = build_record(record, tmp_path / str(number), Options(resources=resources))
    # a recording can't be bound, so a sheet says where it is
    monkeypatch.setenv("PATH", str(make_stand_in(tmp_path / "office").program.parent), prepend=":")
    (tmp_path / "a.mp3").write_bytes(b"ID3")
    sound = "evidence:\n  - {key: sound, file: a.mp3, kind: other, title: 录音, item: r}\n"
    made.write_text(made.read_text("utf-8") + sound, "utf-8")
    build_record(made, tmp_path / "bound", Options(resources=resources, bind=True))
    package = next(output.path for output in outcome.outputs if output.kind == "package")
    transfer_package(package, tmp_path / "transfer", TransferOptions(resources=resources))
    papers = ("--report", str(tmp_path / "reports"), "--receipt", str(tmp_path / "receipts"))
    assert run(["verify", str(package), *papers]) in (0, 1)
    assert set(PACKAGE_PAPERS) <= set(seen)
    for paper in PACKAGE_PAPERS:
        for context in seen[paper]:
            assert compare_all(describe_paper(paper), context, "error") == []


def test_the_comparison_can_fail() -> None:
    shape = Shape("fields", names={"a": Shape("text"), "b": Shape("number", "free")})
    assert list(compare(shape, SimpleNamespace(a="x", b=Missing("b", "", "blank")), "v", "error")) == []
    assert list(compare(shape, SimpleNamespace(a="x"), "v", "error")) == ["v: ['b'] on one side only"]
    assert list(compare(shape, SimpleNamespace(a=1, b=2), "v", "error")) == ["v.a: text, but 1"]
    late = SimpleNamespace(a=Missing("a", "", "blank"), b=2)
    assert list(compare(shape, late, "v", "error")) == ["v.a: present, missing as blank"]
