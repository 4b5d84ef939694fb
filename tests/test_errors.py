from pathlib import Path

from slm_analysis.errors import Fault, InputError, nearest


def test_a_fault_reads_place_problem_remedy():
    fault = Fault(
        "This is not a date.",
        "Write 2026-01-31.",
        file=Path("parameters/sources.yaml"),
        row=7,
        column="opened_at",
        key="tickets",
        value="31.13.2026",
    )
    assert str(fault) == (
        "parameters/sources.yaml, line 7, column 'opened_at', tickets, value '31.13.2026': "
        "This is not a date. Write 2026-01-31."
    )
    assert str(Fault("Nothing is known of the place.")) == "Nothing is known of the place."


def test_a_long_value_is_cut():
    assert str(Fault("Bad.", value="x" * 1000)) == f"value {'x' * 80!r}: Bad."


def test_an_error_lists_every_fault_once():
    faults = [Fault("One."), Fault("Two.", row=3), Fault("One.")]
    error = InputError(iter(faults))
    assert error.faults == (Fault("One."), Fault("Two.", row=3))
    assert str(error) == "One.\nline 3: Two."
    assert InputError("A text.").faults == (Fault("A text."),)
    assert InputError(Fault("A fault.")).faults == (Fault("A fault."),)


def test_nearest_names_the_likely_word_or_all():
    assert nearest("Ressolved_at", ["opened_at", "resolved_at"]) == "Did you mean 'resolved_at'?"
    assert nearest("TICKET_ID", ["number", "Ticket_Id"]) == "Did you mean 'Ticket_Id'?"
    assert nearest("xyz", ["opened_at", "resolved_at"]) == "Known: opened_at, resolved_at."
    assert nearest("xyz", []) == ""
