"""Who may import whom, and that what is read at run time goes out with the wheel.

`make lint` runs Import Linter as well. It stands here too because it takes a quarter of a second, and whoever runs
the tests alone should hear of a broken design.
"""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from casework import database
from casework.gate.answers import PAGES
from notifications import wording
from states import half_terms, policy_file, school_types

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
# What each package reads while it runs, beside its own modules.
READ_AT_RUN_TIME = {
    "policies": policy_file._FOLDER,
    "calendars": half_terms._FOLDER,
    "school types": Path(school_types.__file__).with_name("school_types.toml"),
    "migrations": database.MIGRATIONS,
    "templates": wording.TEMPLATES,
    "pages of the gate": PAGES,
}


def test_every_import_contract_holds() -> None:
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", READ_AT_RUN_TIME.values(), ids=READ_AT_RUN_TIME)
def test_file_read_at_run_time_is_in_the_wheel(path: Path) -> None:
    assert path.exists()
    assert path.resolve().relative_to(ROOT).parts[0] in PACKAGES


def test_wheel_and_its_checker_name_the_same_packages() -> None:
    tools = PROJECT["tool"]
    assert tools["check-wheel-contents"]["toplevel"] == PACKAGES
    assert set(PACKAGES) <= set(tools["hatch"]["build"]["targets"]["sdist"]["include"])
    assert set(tools["importlinter"]["root_packages"]) == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_package_says_what_it_is(package: str) -> None:
    assert (ROOT / package / "__init__.py").read_text(encoding="utf-8").startswith('"""')


def test_command_line_starts_without_prefect() -> None:
    code = "import sys, casework.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {"prefect", "sqlalchemy", "pydantic", "jinja2", "typst"}.isdisjoint(done.stdout.split())
