"""A killed run loses nothing, a full disk changes nothing: the next run gives the same."""

import json
import os
import subprocess
import sys

from repository import ROOT

SUPPORT = ROOT / "tests" / "support"


def run(place, what, count):
    done = subprocess.run(
        [sys.executable, str(SUPPORT / "kill_runs.py"), str(place), what, str(count)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(SUPPORT)},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_runs_killed_at_any_moment_are_completed_by_the_next(tmp_path):
    found = run(tmp_path, "kills", 50)
    assert found["killed"] == 50
    assert found["differ"] == []
    assert len(found["steps"]) > 3


def test_a_full_disk_leaves_the_store_as_it_was(tmp_path):
    found = run(tmp_path, "disk", 9)
    assert found["differ"] == []
    assert found["failed"] > 3
    assert found["said"] == ["StoreError"]


def test_upgrades_killed_at_any_moment_are_completed_by_the_next_call(tmp_path):
    found = run(tmp_path, "upgrades", 50)
    assert found["killed"] == 50
    assert found["differ"] == []
    assert found["steps"]["copy left"] > 10
