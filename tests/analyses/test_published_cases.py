"""Published cases with their data: survival of lung cancer and leukaemia, oesophageal cancer."""

import io

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable

from slm_analysis import attainment_change, breach_drivers, time_to_resolve

# --- Loprinzi et al., J Clin Oncol 1994;12:601-607; figures of R survival 3.5: survfit with
# conf.type = "log-log", survdiff, coxph(Surv(time, status) ~ sex, lung). A plus marks a patient
# still alive.
MEN = """
11 11 11 12 13 13 15 26 30 31 53 53 54 59 60 65 65 71 81 88 88 92 93 95 105 107 110 116 118 131
132 132 135 142 144 147 156 156 163 163 163 166 170 174+ 175 176 177 179 179 180 181 181 183 185+
188+ 189 191+ 196+ 197 197+ 202 207 210 212 218 221+ 222 222+ 223 225+ 225+ 229 230 237+ 239 246
259+ 267 269 270 279+ 283 284 284+ 285 286 288 291 292+ 300+ 301 301+ 303 303+ 306 310 320 329 337
353 353 363 364 371 387 390 394 404+ 413+ 428 429 442 444+ 455 457 458+ 460 477 519 524 533 558
567 574 583 613 624 643 655 689 707 791 806+ 814 840+ 883 1010+ 1022+
"""
WOMEN = """
5 60 61 62 79 81 92+ 95 105+ 107 122 145 145 153 166 167 173+ 175+ 177+ 182 186 192+ 194 199 201
201 202+ 203+ 208 211+ 224+ 226 235+ 239 240+ 243+ 245 252+ 266+ 268 269+ 272+ 276+ 285 292+ 293
296+ 305 310 315+ 332+ 340 345 348 350 351 356+ 361 363 364+ 371 376+ 382+ 384+ 426 433 444 450
473 511+ 511+ 520 524 529+ 543+ 550 551+ 559+ 588+ 641 654 687 705 728 731 735 740+ 765 821+ 965+
"""


def followed(**groups):
    """Return times and ends of groups written as in the tables above."""
    return pd.DataFrame(
        [
            {"group": name, "time": float(token.rstrip("+")), "ended": not token.endswith("+")}
            for name, text in groups.items()
            for token in text.split()
        ]
    )


def test_lung_cancer_as_a_whole():
    result = time_to_resolve(followed(all=MEN + WOMEN), time="time", ended="ended")
    assert result.groups[["tickets", "done"]].to_numpy().tolist() == [[228, 165]]
    half = result.percentiles[result.percentiles["share"] == 0.5].iloc[0]
    assert half[["time", "low", "high"]].tolist() == [310, 284, 361]


def test_lung_cancer_of_men_and_women():
    data = followed(men=MEN, women=WOMEN)
    result = time_to_resolve(data, time="time", ended="ended", by="group", compare=True)
    assert result.groups[["tickets", "done"]].to_numpy().tolist() == [[138, 112], [90, 53]]
    half = result.percentiles[result.percentiles["share"] == 0.5]
    assert half["time"].tolist() == [270, 426]
    assert half[["low", "high"]].to_numpy().tolist() == [[210, 306], [345, 524]]
    test = result.log_rank.iloc[0]
    assert (test["chi_square"], test["p"]) == (
        pytest.approx(10.32674, abs=1e-5), pytest.approx(0.001311165, abs=1e-9),
    )  # fmt: skip
    effect = result.effects.iloc[0]
    assert effect[["log_ratio", "error", "z", "ratio"]].tolist() == pytest.approx(
        [-0.5310, 0.1672, -3.176, 0.5880], abs=5e-4
    )
    assert effect[["low", "high"]].tolist() == pytest.approx([0.4237, 0.816], abs=5e-4)


# --- Miller, Survival Analysis, 1981, ch. 3: maintenance of leukaemia; figures of R survival:
# survfit, survdiff and coxph(Surv(time, status) ~ x, aml).


def test_maintained_leukaemia():
    data = followed(
        maintained="9 13 13+ 18 23 28+ 31 34 45+ 48 161+",
        nonmaintained="5 5 8 8 12 16+ 23 27 30 33 43 45",
    )
    result = time_to_resolve(data, time="time", ended="ended", by="group", compare=True)
    own = result.curves[result.curves["group"] == "maintained"]
    own = own[own["done"] > 0]
    assert own["share_open"].to_numpy() == pytest.approx(
        [0.909, 0.818, 0.716, 0.614, 0.491, 0.368, 0.184], abs=5e-4
    )
    assert own["error"].to_numpy() == pytest.approx(
        [0.0867, 0.1163, 0.1397, 0.1526, 0.1642, 0.1627, 0.1535], abs=5e-5
    )
    assert result.log_rank.iloc[0].tolist() == pytest.approx([3.396389, 1, 0.06533932], abs=1e-6)
    effect = result.effects.iloc[0]
    # R compares the nonmaintained with the maintained, here it is against the larger group.
    assert -effect["log_ratio"] == pytest.approx(0.9155, abs=5e-5)
    assert effect[["error", "p"]].tolist() == pytest.approx([0.5119, 0.0737], abs=5e-5)


# --- Edmonson et al., Cancer Treatment Reports 1979;63:241-247; figures of R survival:
# survdiff(Surv(futime, fustat) ~ rx, ovarian) and coxph(Surv(futime, fustat) ~ age + rx, ovarian).
OVARIAN = """time ended age rx
59 1 72.3315 1
115 1 74.4932 1
156 1 66.4658 1
421 0 53.3644 2
431 1 50.3397 1
448 0 56.4301 1
464 1 56.9370 2
475 1 59.8548 2
477 0 64.1753 1
563 1 55.1781 2
638 1 56.7562 1
744 0 50.1096 2
769 0 59.6301 2
770 0 57.0521 2
803 0 39.2712 1
855 0 43.1233 1
1040 0 38.8932 1
1106 0 44.6000 1
1129 0 53.9068 2
1206 0 44.2055 2
1227 0 59.5890 2
268 1 74.5041 1
329 1 43.1370 1
353 1 63.2192 2
365 1 64.4247 2
377 0 58.3096 2
"""


def test_ovarian_cancer():
    data = pd.read_csv(io.StringIO(OVARIAN), sep=" ")
    result = time_to_resolve(data, time="time", ended="ended", adjust=["age", "rx"])
    effects = result.effects[["log_ratio", "error", "z"]].to_numpy()
    assert effects[0] == pytest.approx([0.14733, 0.04615, 3.193], abs=5e-4)
    assert effects[1] == pytest.approx([-0.80397, 0.63205, -1.272], abs=5e-4)
    groups = time_to_resolve(data, time="time", ended="ended", by="rx", compare=True)
    assert groups.log_rank.iloc[0][["chi_square", "p"]].tolist() == pytest.approx(
        [1.06274, 0.302591], abs=1e-5
    )


# --- Breslow and Day, Statistical Methods in Cancer Research I, IARC 1980, table 4.2 and 4.4:
# alcohol (80 g a day or more) and oesophageal cancer in Ille-et-Vilaine by age. Exposed cases and
# controls, unexposed cases and controls; crude 5.64, Mantel-Haenszel 5.158.
OESOPHAGUS = {
    "25-34": (1, 9, 0, 106), "35-44": (4, 26, 5, 164), "45-54": (25, 29, 21, 138),
    "55-64": (42, 27, 34, 139), "65-74": (19, 18, 36, 88), "75+": (5, 0, 8, 31),
}  # fmt: skip


def test_alcohol_and_oesophageal_cancer():
    cells = [
        (alcohol, age, case)
        for age, counts in OESOPHAGUS.items()
        for (alcohol, case), n in zip(
            [("80+", True), ("80+", False), ("0-79", True), ("0-79", False)], counts, strict=True
        )
        for _ in range(n)
    ]
    people = pd.DataFrame(cells, columns=["alcohol", "age", "breached"])
    assert len(people) == 975
    result = breach_drivers(people, drivers=["alcohol"], adjust=["age"])
    row = result.adjusted.set_index("level").loc["80+"]
    assert row["odds_ratio"] == pytest.approx(5.64, abs=5e-3)
    assert row["adjusted"] == pytest.approx(5.158, abs=5e-4)
    peer = StratifiedTable([np.array(c).reshape(2, 2) for c in OESOPHAGUS.values()])
    low, high = peer.oddsratio_pooled_confint()
    assert row[["adjusted_low", "adjusted_high"]].tolist() == pytest.approx([low, high])
    assert row["agrees"]


# --- Das Gupta, Standardization and Decomposition of Rates, US Bureau of the Census 1993, table
# 5.1: heads of household per 100 people by age, 1970 and 1985; part of all people and rate.
HEADS = {
    1970: [
        (12.9, 1.9), (10.9, 25.8), (9.5, 45.7), (8.0, 49.6), (7.8, 51.2), (8.4, 51.6), (8.6, 51.8),
        (7.8, 54.9), (7.0, 58.7), (5.9, 60.4), (4.7, 62.8), (3.6, 66.6), (4.9, 66.8),
    ],
    1985: [
        (10.1, 2.2), (11.2, 24.3), (11.6, 45.8), (10.9, 52.5), (9.4, 56.1), (7.7, 55.6),
        (6.3, 56.0), (6.0, 57.4), (6.3, 57.2), (5.9, 61.2), (5.1, 63.9), (4.0, 68.6), (5.5, 72.2),
    ],
}  # fmt: skip


def test_heads_of_household():
    def people(year):
        groups = [
            pd.DataFrame(
                {
                    "age": at,
                    "breached": np.arange(round(1_000 * size)) >= round(10 * size * rate),
                }
            )
            for at, (size, rate) in enumerate(HEADS[year])
        ]
        return pd.concat(groups)

    # A thousand people for each per cent; their heads of household round to whole people.
    result = attainment_change(people(1970), people(1985), by="age")
    (w1, r1), (w2, r2) = (np.array(HEADS[year]).T for year in (1970, 1985))
    # His equations 5.1 to 5.5: one factor changes, the other stands at its mean.
    assert 100 * result.before == pytest.approx(w1 @ r1 / 100, abs=2e-3)
    assert 100 * result.after == pytest.approx(w2 @ r2 / 100, abs=2e-3)
    assert 100 * result.performance == pytest.approx((w1 + w2) @ (r2 - r1) / 200, abs=2e-3)
    assert 100 * result.mix == pytest.approx((w2 - w1) @ (r1 + r2) / 200, abs=2e-3)
    assert result.mix + result.performance == pytest.approx(result.change, abs=1e-12)
