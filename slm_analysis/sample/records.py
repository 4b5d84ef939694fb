"""What the centre writes down by hand: process changes, actions agreed in reviews, outages."""

from __future__ import annotations

import pandas as pd

from slm_analysis.sample.truth import TRUTH

EXPECTED_EFFECT = {
    "CHG-102": "A third less time to post an invoice",
    "CHG-101": "Fewer questions back to the requester, shorter times",
    "CHG-100": "Claims approved sooner",
}

ACTION_COLUMNS = (
    "action_id", "business_unit", "owner", "due_on", "status", "change_id", "finding",
)  # fmt: skip
ACTIONS = (
    ("ACT-01", "Sales West", "Li Na", "2025-11-07", "done", "CHG-100",
     "Travel claims wait for approval; remind approvers by e-mail"),
    ("ACT-02", "Head Office", "Anna Berg", "2025-12-19", "done", "",
     "Cost centre list out of date; publish it every quarter"),
    ("ACT-03", "Logistics", "Tom Fischer", "2026-01-09", "done", "CHG-101",
     "Requests arrive incomplete; introduce a new request form"),
    ("ACT-04", "Manufacturing", "Zhao Lei", "2026-02-27", "done", "CHG-102",
     "Invoices wait for a manual match; automate the three-way match"),
    ("ACT-05", "Manufacturing", "Zhao Lei", "2026-08-31", "done", "",
     "Suppliers send scans; ask the ten largest for e-invoices"),
    ("ACT-06", "华东销售部", "王芳", "2026-09-30", "late", "",
     "采购订单号缺失：与采购部商定补录流程"),
    ("ACT-07", "华东销售部", "陈杰", "2026-11-30", "open", "",
     "Invoices without purchase order: review routing to AP Team 2"),
    ("ACT-08", "Head Office", "Anna Berg", "2026-11-27", "open", "",
     "Ratings fall although targets are met; interview ten users"),
    ("ACT-09", "Logistics", "Tom Fischer", "2026-10-16", "late", "",
     "Carrier invoices in three formats; agree on one"),
    ("ACT-10", "Sales West", "Li Na", "2026-12-18", "open", "",
     "Cut the number of approvers for claims under 500 yuan"),
    ("ACT-11", "Research & Development", "Mei Tanaka", "2026-12-11", "open", "",
     "Too few answers to read satisfaction; talk to the four requesters"),
)  # fmt: skip

OUTAGE_COLUMNS = ("service", "started_at", "ended_at", "planned", "business_unit")
OUTAGES = (
    ("Payments", "2024-12-14 20:00", "2024-12-15 02:00", "true", ""),
    ("Payments", "2025-03-18 10:05", "2025-03-18 11:20", "false", ""),
    ("Payments", "2025-03-18 11:00", "2025-03-18 11:40", "false", ""),
    ("Invoice posting", "2025-05-22 16:40", "2025-05-22 17:25", "false", ""),
    ("Payments", "2025-06-14 20:00", "2025-06-15 02:00", "true", ""),
    ("Payments", "2025-08-12 17:45", "2025-08-13 09:20", "false", ""),
    ("Payments", "2025-11-20 09:40", "2025-11-20 10:00", "false", ""),
    ("Payments", "2025-12-12 16:00", "2025-12-12 18:00", "true", ""),
    ("Travel reimbursement", "2026-02-05 13:10", "2026-02-05 14:00", "false", ""),
    ("Payments", "2026-04-14 15:10", "2026-04-14 15:40", "false", ""),
    ("Payments", "2026-05-12 14:00", "2026-05-12 15:30", "false", "Manufacturing"),
    ("Payments", "2026-06-13 20:00", "2026-06-14 02:00", "true", ""),
    ("Payments", "2026-08-19 10:00", "2026-08-19 10:25", "false", ""),
    ("Payments", "2026-10-21 13:20", "2026-10-21 13:45", "false", ""),
    ("Master data", "2026-10-30 17:30", "", "false", ""),
)
"""One pair overlaps, one runs over a night, the last has not ended. Payments miss their
availability in March 2025, and in Manufacturing in May 2026."""


def record_tables() -> dict[str, pd.DataFrame]:
    """Return `process_changes`, `actions` and `outages` as exported."""
    changes = (TRUTH.noise_change, TRUTH.idle_change, TRUTH.improvement)
    return {
        "process_changes": pd.DataFrame(
            {
                "change_id": [change.change_id for change in changes],
                "business_unit": [change.business_unit for change in changes],
                "service": [change.service for change in changes],
                "implemented_at": [f"{change.on} 00:00" for change in changes],
                "full_effect_at": "",
                "description": [change.description for change in changes],
                "expected_effect": [EXPECTED_EFFECT[change.change_id] for change in changes],
            },
            dtype="str",
        ),
        "actions": pd.DataFrame(ACTIONS, columns=list(ACTION_COLUMNS), dtype="str"),
        "outages": pd.DataFrame(OUTAGES, columns=list(OUTAGE_COLUMNS), dtype="str"),
    }
