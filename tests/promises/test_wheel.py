"""The wheel holds what the product needs to run: code, diagrams, forms, the demo municipality."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_carries_diagrams_forms_and_the_engine(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        "engine/cli/__init__.py",
        "web/cli.py",
        "engine/feel/grammar.lark",
        "processes/fiktivby/organisation.toml",
    }
    for folder, pattern in (("processes", "*.bpmn"), ("processes", "*.dmn"), ("forms", "*.form")):
        wanted |= {f"{folder}/{file.name}" for file in (ROOT / folder).glob(pattern)}
    assert wanted <= names, sorted(wanted - names)
    assert not [name for name in names if name.startswith("tests/")]
