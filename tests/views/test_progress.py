"""Progress where no terminal is: one true line a step."""

from __future__ import annotations

import io
import re

import pytest
from repository import CORPUS

import dedup
from dedup.pipeline.run import run
from dedup.settings import Settings
from dedup.views import progress
from dedup.views.progress import STEP_NAMES, RunProgress


def test_a_step_is_timed_from_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])
    out = io.StringIO()
    with RunProgress(quiet=False, file=out) as watch:
        watch("sign", 0, 4000)
        clock[0] = 2.0
        watch("sign", 4000, 4000)
        watch("match", 0, 0)
    lines = [line.split(" ", 1) for line in out.getvalue().splitlines()]
    assert [line for _, line in lines] == ["signing 4,000 (2,000/s) in 2.0 s", "matching in 0.0 s"]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", now) for now, _ in lines)


def test_a_run_tells_each_step_before_its_work() -> None:
    told: list[tuple[str, int]] = []

    def watch(step: str, done: int, whole: int) -> None:
        told.append((step, done))

    run([CORPUS], Settings(), watch=watch).items.close()
    steps = list(dict.fromkeys(step for step, _ in told))
    assert steps == [name for name in STEP_NAMES if name != "write"]
    assert all((step, 0) in told for step in steps)
    assert ("sign", len(dedup.items([CORPUS]).table)) in told
