"""Parameters folders for the real data beside the project, as a user would write them."""

from pathlib import Path

SOURCES = {
    "uci": """
as_of: 2017-03-01 00:00
timezone: America/Sao_Paulo
tickets:
  file: {data}/uci_incident_dev60.csv.gz
  layout: updates
  date_format: "%d/%m/%Y %H:%M"
  missing: ["?"]
  columns:
    ticket_id: number
    business_unit: {{column: category, default: Uncategorised}}
    service: {{column: subcategory, default: Unknown}}
    opened_at: opened_at
    status: incident_state
    updated_at: sys_updated_at
    resolved_at: resolved_at
    closed_at: closed_at
    breached: {{not: made_sla}}
""",
    "boston": """
as_of: 2020-01-01
timezone: America/New_York
tickets:
  file: {data}/boston311_2011Q3_dev.csv.gz
  columns:
    ticket_id: case_enquiry_id
    business_unit: {{column: department, default: Unknown}}
    service: type
    opened_at: open_dt
    due_at: target_dt
    closed_at: closed_dt
    status: case_status
    channel: source
    assignment_group: queue
""",
    "declarations": """
as_of: 2019-07-01
timezone: Europe/Amsterdam
tickets:
  file: {data}/bpi2020_DomesticDeclarations_events.csv.gz
  layout: events
  columns:
    ticket_id: case_id
    activity: concept:name
    time: time:timestamp
    business_unit: {{const: University}}
    service: {{const: Domestic declarations}}
    opened_at: {{first: Declaration SUBMITTED by EMPLOYEE}}
    resolved_at: {{last: Payment Handled}}
    amount: case:Amount
    assignment_group: org:role
""",
    "tech_support": """
as_of: 2024-01-05
timezone: UTC
tickets:
  file: {data}/tech_support_2023_SYNTHETIC.csv.gz
  columns:
    ticket_id: Ticket ID
    business_unit: Country
    service: {{const: Help desk}}
    opened_at: Created time
    first_response_at: First response time
    resolved_at: Resolution time
    closed_at: Close time
    status: Status
    priority: Priority
    channel: Source
    assignment_group: Agent Group
    response_due_at: Expected SLA to first response
    response_breached:
      column: SLA For first response
      values: {{SLA Violated: true, Within SLA: false}}
    due_at: Expected SLA to resolve
    breached:
      column: SLA For Resolution
      values: {{SLA Violated: true, Within SLA: false}}
surveys:
  file: {data}/tech_support_2023_SYNTHETIC.csv.gz
  missing: [not rated]
  columns:
    business_unit: Country
    service: {{const: Help desk}}
    ticket_id: Ticket ID
    score: Survey results
    scale_min: {{const: 1}}
    scale_max: {{const: 5}}
    responded_at: Close time
""",
}  # fmt: skip
TIMEZONES = {
    "uci": "America/Sao_Paulo",
    "boston": "America/New_York",
    "declarations": "Europe/Amsterdam",
    "tech_support": "UTC",
}
AGREEMENT = """
agreement: {name}
version: 1
effective_from: 2000-01-01
timezone: {timezone}
calendars:
  always:
    hours: {{Mon-Sun: "00:00-24:00"}}
services:
  all:
    calendar: always
    targets:
      - {{metric: resolution_time, goal: {goal}}}
"""
GOALS = {
    "uci": "95% as recorded",
    "boston": "80% by due date",
    "declarations": "60% within 240h",
    "tech_support": "80% as recorded",
}


def write_project(folder: Path, name: str, shared: Path, goal: str | None = None) -> Path:
    """Write the parameters folder of one real data set and return the project's root."""
    agreements = folder / "parameters" / "agreements"
    agreements.mkdir(parents=True)
    (folder / "parameters" / "sources.yaml").write_text(
        SOURCES[name].format(data=shared / "data"), encoding="utf-8"
    )
    agreements.joinpath(f"{name}.yaml").write_text(
        AGREEMENT.format(name=name, timezone=TIMEZONES[name], goal=goal or GOALS[name]),
        encoding="utf-8",
    )
    return folder
