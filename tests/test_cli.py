"""The command line as a new user meets it: one clear message, the right exit code, no traceback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from slm_analysis.cli import BAD_INPUT, BAD_REPORTS, OK, main
from slm_analysis.project import slug
from tests.batch.projects import UNITS, set_tasks, write_notebook, write_project
from tests.jupyter_lab import SLM, asked, slm_lab


@pytest.fixture(scope="module")
def run_project(tmp_path_factory) -> Path:
    """Return a project whose reports have been run."""
    root = write_project(tmp_path_factory.mktemp("project"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert main(["run", "--workers", "2"]) == OK
    return root


@pytest.fixture
def project(run_project, tmp_path, monkeypatch) -> Path:
    """Return a copy of that project, the working directory within."""
    root = shutil.copytree(run_project, tmp_path / "project")
    monkeypatch.chdir(root)
    return root


def told(capsys, *arguments: str) -> tuple[int, str, str]:
    """Return exit code, output and errors of a command."""
    capsys.readouterr()
    code = main(arguments)
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return code, out, err


def usage_error(capsys, *arguments: str) -> str:
    with pytest.raises(SystemExit) as e:
        main(arguments)
    assert e.value.code == BAD_INPUT
    return capsys.readouterr().err.splitlines()[-1]


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as e:
        main(["--help"])
    assert e.value.code == OK
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines() if line.startswith("    ")] == [
        "check", "prepare", "run", "publish", "lab", "new",
    ]  # fmt: skip


@pytest.mark.parametrize("command", ["check", "prepare", "run", "publish", "lab", "new"])
def test_every_command_has_help(capsys, command):
    with pytest.raises(SystemExit) as e:
        main([command, "--help"])
    assert e.value.code == OK
    assert capsys.readouterr().out.startswith(f"usage: slm {command}")


def test_no_command(capsys):
    assert usage_error(capsys) == "slm: error: the following arguments are required: COMMAND"


def test_an_unknown_command(capsys):
    assert "'chekc'" in usage_error(capsys, "chekc")


def test_an_unknown_option(capsys):
    assert usage_error(capsys, "run", "--peroid", "2026-10") == (
        "slm: error: unrecognized arguments: --peroid 2026-10"
    )


@pytest.mark.parametrize(
    "command", ["check", "prepare", "run", "publish", "lab", "new my-question"]
)
def test_outside_a_project(capsys, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    code, out, err = told(capsys, *command.split())
    assert (code, out) == (BAD_INPUT, "")
    assert err == (
        f"error: No parameters/sources.yaml in {tmp_path} or any folder above it. "
        "Go to the project's folder first.\n"
    )


def test_a_good_project_is_checked(capsys, project):
    code, out, err = told(capsys, "check")
    assert (code, err) == (OK, "")
    assert out == ("tickets: 4 read = 4 used + 0 rejected\nGood. 2026-10: 2 reports for 2 units.\n")


def test_rejected_rows_are_told(capsys, project):
    with (project / "data" / "tickets.csv").open("a", encoding="utf-8") as tickets:
        tickets.write(
            "4,Head Office,Invoices,2026-10-05 10:00,\n5,Head Office,,,\n6,,,2026-10-05 10:00,\n"
        )
    code, out, _ = told(capsys, "check")
    assert code == OK
    assert out.splitlines()[:3] == [
        "tickets: 7 read = 5 used + 2 rejected",
        "Rejected: tickets: 1 without opened_at, 1 with a repeated ticket_id.",
        "Assumed: tickets: 1 without business_unit, kept under '(not stated)', "
        "2 without service, kept under '(not stated)'.",
    ]


def test_every_fault_has_its_line(capsys, project):
    (project / "parameters" / "defaults.yaml").write_text(
        "minimun: 1\nlabel: NO\n", encoding="utf-8"
    )
    (project / "parameters" / "sources.yaml").write_text(
        "timezone: Asia/Shanghai\ntikets: {}\n", encoding="utf-8"
    )
    code, out, err = told(capsys, "check")
    assert (code, out) == (BAD_INPUT, "")
    lines = err.splitlines()
    assert all(line.startswith(f"error: {project}/parameters/") for line in lines)
    assert [line.partition("Did you mean ")[2] for line in lines if "Did" in line] == [
        "'minimum'?", "'tickets'?",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--period", "2026-13"], "The period '2026-13' is no month such as 2026-10."),
        (["publish", "--period", "x"], "The period 'x' is no month such as 2026-10."),
        (["run", "--unit", "Head Ofice"], "There is no business unit 'Head Ofice' in the data. "
         "Did you mean 'Head Office'?"),
        (["run", "--workers", "0"], "--workers must be at least 1."),
        (["publish", "--period", "2026-09"], "Of 2 reports of 2026-09, 2 are missing or stale. "
         "Use 'slm run'."),
    ],
)  # fmt: skip
def test_bad_options(capsys, project, arguments, said):
    assert told(capsys, *arguments) == (BAD_INPUT, "", f"error: {said}\n")


def test_the_run_table(capsys, project, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    code, out, err = told(capsys, "run")
    assert (code, err) == (OK, "")
    lines = [line.split() for line in out.splitlines() if line.strip()]
    assert lines[0] == ["business", "unit", "report", "status", "seconds", "error"]
    assert [line[-3:-1] for line in lines[1:4]] == [["01_levels", "done"]] * 2 + [
        ["00_portfolio", "done"]
    ]
    assert out.splitlines()[-1] == (
        f"3 of 3 reports are good: {project / 'reports' / '2026-10' / 'index.html'}"
    )


def test_quiet_prints_only_what_failed(capsys, project):
    assert told(capsys, "run", "--quiet") == (OK, "", "")
    set_tasks(project, {UNITS[0]: "raise"})
    (project / "parameters" / "defaults.yaml").write_text("label: other\n", encoding="utf-8")
    code, out, err = told(capsys, "run", "--quiet")
    assert (code, err) == (BAD_REPORTS, "")
    assert " done " not in out
    assert "no luck with Head Office" in " ".join(out.split())
    assert "2 of 3 reports are good" in out


def test_a_line_of_json_per_report(capsys, project):
    set_tasks(project, {UNITS[0]: "raise"})
    (project / "parameters" / "defaults.yaml").write_text("label: other\n", encoding="utf-8")
    code, out, err = told(capsys, "run", "--json", "--workers", "1")
    assert (code, err) == (BAD_REPORTS, "")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [(line["business_unit"], line["status"]) for line in lines] == [
        (UNITS[0], "failed"), (UNITS[1], "done"), ("", "done"),
    ]  # fmt: skip
    assert lines[0]["error"] == "ValueError: no luck with Head Office and more"
    assert set(lines[0]) == {"business_unit", "notebook", "status", "seconds", "error"}


def test_publish_writes_deleted_pages_again(capsys, project):
    pages = sorted((project / "reports").rglob("*.html"))
    for page in pages:
        page.unlink()
    code, out, _ = told(capsys, "publish")
    assert code == OK
    assert "3 of 3 reports are good" in out
    assert sorted((project / "reports").rglob("*.html")) == pages


def test_one_unit_names_its_folder_and_no_index(capsys, project):
    shutil.rmtree(project / "reports")
    code, out, _ = told(capsys, "run", "--unit", UNITS[1], "--unit", UNITS[1])
    assert code == OK
    folder = project / "reports" / "2026-10" / slug(UNITS[1])
    assert out.splitlines()[-1] == f"1 of 1 reports are good: {folder}"
    assert (folder / "01_levels.html").is_file()
    assert not (folder.parent / "index.html").exists()


def test_a_failed_report_is_in_table_and_exit_code(capsys, project, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    set_tasks(project, {UNITS[0]: "raise"})
    (project / "parameters" / "units" / "a.yaml").write_text(
        "business_unit: Head Office\nlabel: other\n", encoding="utf-8"
    )
    code, out, err = told(capsys, "run")
    assert (code, err) == (BAD_REPORTS, "")
    (row,) = [line for line in out.splitlines() if " failed " in line]
    assert row.split()[:4] == ["Head", "Office", "01_levels", "failed"]
    assert row.rstrip().endswith("ValueError: no luck with Head Office and more")
    assert "2 of 3 reports are good" in out
    assert told(capsys, "publish")[0] == BAD_REPORTS


def test_reports_that_cannot_be_written(capsys, project):
    shutil.rmtree(project / "reports")
    (project / "reports").write_text("a file where a folder should be", encoding="utf-8")
    code, _, err = told(capsys, "run")
    assert code == BAD_INPUT
    assert err == f"error: {project / 'reports' / '2026-10'}: Not a directory.\n"


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_reports_folder_without_permission(capsys, project):
    shutil.rmtree(project / "reports")
    (project / "reports").mkdir(mode=0o500)
    code, _, err = told(capsys, "run")
    assert code == BAD_INPUT
    assert err == f"error: {project / 'reports' / '2026-10'}: Permission denied.\n"


def test_a_missing_export(capsys, project):
    (project / "data" / "tickets.csv").unlink()
    code, _, err = told(capsys, "run")
    assert code == BAD_INPUT
    assert "tickets.csv" in err
    assert len(err.splitlines()) == 1


def test_a_notebook_without_tag(capsys, project):
    write_notebook(project / "notebooks" / "02_x.ipynb", "X", None)
    code, _, err = told(capsys, "run")
    assert code == BAD_INPUT
    assert err == (
        f"error: {project / 'notebooks' / '02_x.ipynb'}: The notebook has 0 cells tagged "
        "'parameters'. Tag exactly one.\n"
    )


def test_a_terminal_without_chinese_letters(project):
    done = subprocess.run(  # noqa: S603
        [*SLM, "run"], cwd=project, env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == OK, done.stderr
    assert b"?????" in done.stdout
    assert done.stderr == b""


def test_from_a_folder_below(capsys, project, monkeypatch):
    monkeypatch.chdir(project / "notebooks")
    assert told(capsys, "check")[0] == OK


def test_a_new_notebook_is_a_report_of_every_unit(capsys, project):
    assert told(capsys, "new", "why late") == (
        OK,
        "notebooks/02_why_late.ipynb is there. 'slm lab' opens it; "
        "'slm run' makes it a report of every unit.\n",
        "",
    )
    code, out, _ = told(capsys, "run")
    assert code == OK, out
    for unit in UNITS:
        page = project / "reports" / "2026-10" / slug(unit) / "02_why_late.html"
        text = page.read_text(encoding="utf-8")
        assert f"{unit}: why late, October 2026" in text
        assert "Is the time to resolve stable?" in text


def test_lab_opens_on_the_notebooks(project, tmp_path):
    with slm_lab(project / "notebooks", tmp_path / "jupyter") as server:
        assert Path(server["root_dir"]) == project
        assert asked(server, "lab/tree/notebooks").url.endswith("/lab/tree/notebooks")
        listed = json.load(asked(server, "api/contents/notebooks"))
        assert [file["name"] for file in listed["content"] if file["type"] == "notebook"]
