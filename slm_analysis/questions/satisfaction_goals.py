"""What was agreed about satisfaction."""

from __future__ import annotations

import pandas as pd

from slm_analysis.dataset.unit import Unit
from slm_analysis.sla.agreements import ALL

METRIC = "satisfaction"
MEAN, NPS = "mean", "nps"


def satisfaction_goals(unit: Unit, levels: pd.DataFrame) -> pd.DataFrame:
    """Return the goals for satisfaction with their verdicts; of several measures, for the mean.

    Parameters
    ----------
    unit : Unit
    levels : DataFrame
        Of its service levels.

    Returns
    -------
    DataFrame
        Rows of `levels`, at most one per service, with `measure`.
    """
    measure_of = {
        (agreement.name, agreement.version, service): target.measure
        for agreement in unit.agreement.versions
        for service, terms in agreement.services.items()
        for target in terms.targets
        if target.metric == METRIC
    }
    goals = levels[levels["metric"] == METRIC]
    keys = zip(goals["agreement"], goals["version"], goals["service"], strict=True)
    goals = goals.assign(
        measure=[measure_of.get((a, v, s), measure_of.get((a, v, ALL), MEAN)) for a, v, s in keys]
    )
    if len(goals["measure"].unique()) > 1:
        goals = goals[goals["measure"] == MEAN]
    return goals.drop_duplicates("service")


def shared_goal(goals: pd.DataFrame) -> float:
    """Return the mean score that all services with a goal share; missing where there is none."""
    values = goals.loc[goals["measure"] == MEAN, "goal_value"].unique()
    return float(values[0]) if len(values) == 1 else float("nan")
