import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.linear_model import OLS

from slm_analysis.analyses.satisfaction import satisfaction
from slm_analysis.errors import InputError


def surveys(score, scale=(1, 5), **columns):
    return pd.DataFrame({"score": score, "scale_min": scale[0], "scale_max": scale[1], **columns})


def total(result):
    return result.scores.iloc[-1]


def codes(result):
    return {note.code: dict(note.values) for note in result.notes}


@pytest.fixture(scope="module")
def cases(shared):
    text = (shared / "reference" / "effects.json").read_text(encoding="utf-8")
    return {case["id"]: case for case in json.loads(text)["cases"]}


class TestReferences:
    def test_top_box_is_newcombes_wilson_interval(self, cases):
        case = cases["proportions"]
        for fraction, limits in case["expected"]["R"]["wilson"].items():
            top, n = map(int, fraction.split("/"))
            row = total(satisfaction(surveys([5] * top + [1] * (n - top)), min_group=1))
            assert row["top_box"] == pytest.approx(top / n)
            assert [row["top_box_low"], row["top_box_high"]] == pytest.approx(
                limits, abs=case["tolerance"]
            )

    def test_nps_is_the_adjusted_wald_interval_clipped(self, cases):
        case = cases["nps_intervals"]
        for expected in case["expected"]["python"]:
            score = (
                [10] * expected["promoters"]
                + [7] * expected["passives"]
                + [0] * expected["detractors"]
            )
            row = total(satisfaction(surveys(score, scale=(0, 10)), kind="nps"))
            assert row["nps"] == pytest.approx(expected["nps"], abs=case["tolerance"])
            assert row["nps_low"] == pytest.approx(
                max(expected["adj_wald_lo"], -100), abs=case["tolerance"]
            )
            assert row["nps_high"] == pytest.approx(
                min(expected["adj_wald_hi"], 100), abs=case["tolerance"]
            )

    @pytest.mark.parametrize(
        ("top", "n", "low", "high"),
        [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0000, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ],
    )
    def test_top_box_is_wilsons_interval_as_newcombe_printed_it(self, top, n, low, high):
        # Newcombe, Statistics in Medicine 1998;17:857-872, table I, method 3.
        row = total(satisfaction(surveys([5] * top + [2] * (n - top)), min_group=1))
        assert [row["top_box_low"], row["top_box_high"]] == pytest.approx([low, high], abs=5e-5)

    @pytest.mark.parametrize(
        ("counts", "nps", "low", "high"),
        [
            ((50, 33, 17), 33.0, 17.556050, 46.521620),
            ((19, 8, 9), 27.777778, -0.441474, 51.723525),
            ((5, 0, 0), 100.0, 17.491453, 100.0),
        ],
    )
    def test_nps_by_rocks_formula(self, counts, nps, low, high):
        # Rocks, American Statistician 2016;70:365-372: 3/4 added to promoters and detractors, 3 to
        # the answers; figures worked out independently of this package.
        promoters, passives, detractors = counts
        score = [9] * promoters + [8] * passives + [6] * detractors
        row = total(satisfaction(surveys(score, scale=(0, 10)), kind="nps"))
        assert row["nps"] == pytest.approx(nps, abs=1e-6)
        assert [row["nps_low"], row["nps_high"]] == pytest.approx([low, high], abs=1e-5)

    @pytest.mark.parametrize(
        ("scale", "least"), [((1, 5), 4), ((1, 7), 5), ((0, 10), 6), ((1, 10), 7), ((-2, 2), 1)]
    )
    def test_the_top_box_of_any_scale(self, scale, least):
        low, high = scale
        every = list(range(low, high + 1))
        for kind in ("csat", "ces"):
            row = total(satisfaction(surveys(every, scale=scale), kind=kind))
            assert row["top_box"] == pytest.approx(sum(s >= least for s in every) / len(every))

    def test_mean_is_students_t_interval(self):
        # Student's sleep data, group 1 (R: t.test(sleep$extra[1:10]) gives -0.5297804, 2.0297804).
        sleep = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
        row = total(satisfaction(surveys(sleep, scale=(-10, 10))))
        assert row["mean"] == pytest.approx(0.75)
        assert [row["mean_low"], row["mean_high"]] == pytest.approx(
            [-0.5297804, 2.0297804], abs=1e-7
        )

    def test_answers_of_one_person_are_a_cluster(self):
        random = np.random.default_rng(5)
        who = np.repeat(np.arange(30), random.integers(1, 6, 30))
        score = np.clip(random.integers(2, 5, 30)[who] + random.integers(-1, 2, len(who)), 1, 5)
        row = total(satisfaction(surveys(score, respondent_id=who)))
        fit = OLS(score, np.ones(len(who))).fit(
            cov_type="cluster", cov_kwds={"groups": who}, use_t=True
        )
        assert (row["respondents"], row["answers"]) == (30, len(who))
        assert [row["mean_low"], row["mean_high"]] == pytest.approx(fit.conf_int()[0].tolist())

    def test_the_real_survey_of_the_help_desk(self, shared):
        rows = pd.read_csv(shared / "data" / "tech_support_2023_SYNTHETIC.csv.gz")
        score = pd.to_numeric(rows["Survey results"].replace("not rated", None))
        frame = surveys(score, sla=rows["SLA For Resolution"])
        result = satisfaction(frame, by="sla")
        row = total(result)
        assert row["answers"] == 1173
        assert row["mean"] == pytest.approx(3.511, abs=5e-4)
        by_sla = result.scores.set_index("sla")
        assert by_sla.loc["Within SLA", "mean"] == pytest.approx(3.491, abs=5e-4)
        assert by_sla.loc["SLA Violated", "mean"] == pytest.approx(3.596, abs=5e-4)
        # No effect may be claimed: each interval holds the other group's mean.
        assert by_sla.loc["SLA Violated", "mean_low"] < by_sla.loc["Within SLA", "mean"]


class TestIntervals:
    @pytest.mark.parametrize("n", [1, 2, 5, 30])
    @pytest.mark.parametrize("score", [1, 3, 5])
    def test_equal_scores_are_never_certain(self, n, score):
        row = total(satisfaction(surveys([score] * n), min_group=1))
        # Exact upper limit of a share of which 0 of n were seen (Clopper-Pearson).
        others = stats.beta.ppf(0.975, 1, n)
        assert row["mean"] == score
        assert row["mean_low"] == pytest.approx(score - others * (score - 1))
        assert row["mean_high"] == pytest.approx(score + others * (5 - score))
        assert row["top_box_high"] > row["top_box_low"]

    @pytest.mark.parametrize("score", [0, 7, 10])
    def test_nps_of_equal_scores_is_never_certain(self, score):
        row = total(satisfaction(surveys([score] * 6, scale=(0, 10)), kind="nps"))
        assert row["nps_low"] < row["nps_high"]
        assert -100 <= row["nps_low"] <= row["nps"] <= row["nps_high"] <= 100

    def test_one_person_who_answers_often_says_little(self):
        row = total(satisfaction(surveys([5] * 40, respondent_id=["x"] * 40), min_group=1))
        alone = total(satisfaction(surveys([5]), min_group=1))
        assert row["respondents"] == 1
        assert row["mean_low"] == pytest.approx(alone["mean_low"])
        assert row["top_box_low"] <= alone["top_box_low"]

    def test_few_people_who_always_agree_count_once(self):
        who = np.repeat(np.arange(6), 5)
        row = total(satisfaction(surveys([5] * 30, respondent_id=who)))
        t = stats.t.ppf(0.975, 5)
        assert row["top_box_low"] == pytest.approx(6 / (6 + t**2))  # Wilson at 6 of 6

    def test_people_who_repeat_their_answer_count_once(self):
        score = np.array([5, 4, 2, 5, 1, 3, 5, 5, 4, 2, 1, 5])
        once = total(satisfaction(surveys(score)))
        thrice = total(
            satisfaction(surveys(np.tile(score, 3), respondent_id=np.tile(np.arange(12), 3)))
        )
        assert thrice["answers"] == 36
        assert [thrice["mean_low"], thrice["mean_high"]] == pytest.approx(
            [once["mean_low"], once["mean_high"]]
        )
        assert thrice["top_box_low"] < once["top_box_low"]
        assert thrice["top_box_high"] > once["top_box_high"]

    @pytest.mark.parametrize(
        ("scale", "satisfied"),
        [((1, 5), [4, 5]), ((1, 7), [5, 6, 7]), ((0, 10), [6, 7, 8, 9, 10]), ((1, 6), [4, 5, 6])],
    )
    def test_the_top_box_is_the_upper_part_of_any_scale(self, scale, satisfied):
        for score in range(scale[0], scale[1] + 1):
            row = total(satisfaction(surveys([score] * 5, scale=scale), kind="ces"))
            assert row["top_box"] == (score in satisfied)

    @pytest.mark.parametrize(("share", "satisfied"), [(0, {5}), (0.2, {5}), (0.5, {3, 4, 5})])
    def test_which_part_counts_as_satisfied_can_be_said(self, share, satisfied):
        for score in range(1, 6):
            row = total(satisfaction(surveys([score] * 5), top_box_share=share))
            assert row["top_box"] == (score in satisfied)

    @pytest.mark.parametrize("share", [-0.1, 1, float("nan")])
    def test_a_top_box_that_is_no_part_of_the_scale_is_told(self, share):
        with pytest.raises(InputError, match="top_box_share is no part of the scale"):
            satisfaction(surveys([5] * 5), top_box_share=share)

    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(st.tuples(st.integers(1, 5), st.integers(0, 9)), min_size=5, max_size=40),
        st.integers(-3, 3),
        st.integers(1, 4),
    )
    def test_moving_and_stretching_the_scale_moves_the_mean(self, answers, shift, stretch):
        score, who = map(np.array, zip(*answers, strict=True))
        before = total(satisfaction(surveys(score, respondent_id=who), min_group=1))
        after = total(
            satisfaction(
                surveys(
                    score * stretch + shift,
                    scale=(stretch + shift, 5 * stretch + shift),
                    respondent_id=who,
                ),
                min_group=1,
            )
        )
        for part in ("mean", "mean_low", "mean_high"):
            assert after[part] == pytest.approx(before[part] * stretch + shift)
        for part in ("top_box", "top_box_low", "top_box_high"):
            assert after[part] == pytest.approx(before[part])
        assert 1 <= before["mean_low"] <= before["mean"] <= before["mean_high"] <= 5


class TestGroups:
    def test_each_group_is_as_if_it_were_alone(self):
        random = np.random.default_rng(2)
        frame = surveys(
            random.integers(1, 6, 90),
            service=np.repeat(["payments", "travel", "invoices"], 30),
            respondent_id=random.integers(0, 40, 90),
        )
        result = satisfaction(frame, by="service")
        assert result.scores["service"].tolist()[:-1] == ["invoices", "payments", "travel"]
        for service, rows in frame.groupby("service"):
            alone = total(satisfaction(rows)).drop("total")
            row = result.scores.set_index("service").loc[service, alone.index]
            pd.testing.assert_series_equal(row, alone, check_names=False)
        pd.testing.assert_series_equal(
            total(result).drop("service"), total(satisfaction(frame)), check_names=False
        )

    def test_a_missing_group_is_a_group(self):
        frame = surveys([5] * 6 + [1] * 7, service=["payments"] * 6 + [None] * 7)
        scores = satisfaction(frame, by=["service"]).scores
        assert scores["answers"].tolist() == [6, 7, 13]
        assert scores["total"].tolist() == [False, False, True]

    def test_two_columns_name_a_group(self):
        frame = surveys([5] * 24, unit=["a", "b"] * 12, service=["x"] * 12 + ["y"] * 12)
        scores = satisfaction(frame, by=["unit", "service"]).scores
        assert scores[["unit", "service"]].to_numpy().tolist()[:-1] == [
            ["a", "x"],
            ["a", "y"],
            ["b", "x"],
            ["b", "y"],
        ]

    def test_order_of_rows_does_not_matter_and_the_frame_is_unchanged(self):
        random = np.random.default_rng(3)
        frame = surveys(
            random.integers(1, 6, 60),
            service=random.choice(["a", "b"], 60),
            respondent_id=random.integers(0, 30, 60),
        )
        before = frame.copy()
        result = satisfaction(frame, by="service")
        pd.testing.assert_frame_equal(frame, before)
        pd.testing.assert_frame_equal(
            satisfaction(frame.sample(frac=1, random_state=1), by="service").scores, result.scores
        )

    def test_invitations_are_counted_where_unanswered_ones_are_known(self):
        sent = pd.Timestamp("2026-01-05", tz="UTC")
        frame = surveys([5.0, 4.0, None, 3.0, None, 5.0, 5.0], sent_at=[sent] * 6 + [pd.NaT])
        result = satisfaction(frame)
        assert total(result)[["answers", "sent"]].tolist() == [5, 6]
        assert "response_rate_unknown" not in codes(result)

    def test_without_unanswered_ones_the_response_rate_is_unknown(self):
        result = satisfaction(surveys([5] * 5, sent_at=pd.Timestamp("2026-01-05", tz="UTC")))
        assert np.isnan(total(result)["sent"])
        assert "response_rate_unknown" in codes(result)

    @pytest.mark.parametrize("by", [None, "service"])
    def test_no_answers_are_no_fault(self, by):
        result = satisfaction(surveys([], service=[]), by=by)
        assert total(result)["answers"] == 0
        assert np.isnan(total(result)["mean"])
        assert "no_answers" in codes(result)

    def test_notes_say_how_respondents_were_counted(self):
        frame = surveys([5] * 6, respondent_id=["x", "x", "y", "z", None, None])
        result = satisfaction(frame)
        assert codes(result)["answers_as_respondents"] == {"answers": 2}
        assert codes(result)["repeated_respondents"] == {"respondents": 5, "answers": 6}


class TestSuppression:
    MEASURES = ("mean", "mean_low", "mean_high", "top_box", "top_box_low", "top_box_high")

    def hidden(self, sizes, **options):
        service = np.repeat([f"service {i}" for i in range(len(sizes))], sizes)
        frame = surveys(np.arange(len(service)) % 5 + 1, service=service)
        return satisfaction(frame, by="service", **options).scores

    def test_a_small_group_and_its_complement_are_missing_not_only_flagged(self):
        scores = self.hidden([3, 20, 8])
        assert scores["reason"].tolist() == ["few_respondents", "", "complement", ""]
        assert scores["hidden"].tolist() == [True, False, True, False]
        assert scores.loc[scores["hidden"], list(self.MEASURES)].isna().all(axis=None)
        assert scores.loc[~scores["hidden"], list(self.MEASURES)].notna().all(axis=None)
        assert scores["respondents"].tolist() == [3, 20, 8, 31]

    def test_a_small_total_is_hidden_too(self):
        scores = self.hidden([2, 2])
        assert scores["reason"].tolist() == ["few_respondents"] * 3
        assert scores[list(self.MEASURES)].isna().all(axis=None)

    def test_min_group_can_be_stated(self):
        assert not self.hidden([3, 20, 8], min_group=3)["hidden"].any()
        assert (
            self.hidden([3, 20, 8], min_group=30)["reason"].tolist()[:3] == ["few_respondents"] * 3
        )

    def test_many_answers_of_few_people_are_hidden(self):
        frame = surveys(
            [5] * 50,
            service=["a"] * 20 + ["b"] * 30,
            respondent_id=[f"p{i % 4}" for i in range(20)] + [f"r{i}" for i in range(30)],
        )
        assert satisfaction(frame, by="service").scores["hidden"].tolist() == [True, True, False]

    def test_the_same_few_people_in_two_groups_need_a_complement(self):
        frame = surveys(
            [5] * 26,
            service=["a"] * 3 + ["b"] * 3 + ["c"] * 20,
            respondent_id=[*"xyz", *"xyz", *range(20)],
        )
        assert satisfaction(frame, by="service").scores["reason"].tolist() == [
            "few_respondents",
            "few_respondents",
            "complement",
            "",
        ]

    def test_hidden_groups_are_noted(self):
        service = ["a"] * 3 + ["b"] * 20
        result = satisfaction(surveys([5] * 23, service=service), by="service")
        assert codes(result)["hidden_groups"] == {"groups": 2, "min_group": 5}

    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 15)), min_size=1, max_size=60)
    )
    def test_what_is_hidden_is_nobody_or_enough_people(self, answers):
        frame = surveys([3] * len(answers), service=[a for a, _ in answers])
        frame["respondent_id"] = [who for _, who in answers]
        scores = satisfaction(frame, by="service").scores
        groups = scores[~scores["total"]]
        rest = frame[frame["service"].isin(groups.loc[groups["hidden"], "service"])]
        assert (groups.loc[~groups["hidden"], "respondents"] >= 5).all()
        if not scores.iloc[-1]["hidden"] and len(rest) < len(frame):
            assert rest.empty or rest["respondent_id"].nunique() >= 5


class TestBeside:
    """A second table of the same answers: what both together would reveal is hidden too."""

    def frame(self):
        service = ["Payments"] * 22 + ["Invoices"] * 26
        team = ["Treasury"] * 20 + ["Bank"] * 2 + ["AP"] * 20 + ["Bank"] * 6
        return surveys(np.arange(48) % 5 + 1, service=service, team=team)

    def test_one_table_less_another_would_reveal_two_people(self):
        frame = self.frame()
        by_service = satisfaction(frame, by="service")
        alone = satisfaction(frame, by="team").scores.set_index("team")
        beside = satisfaction(frame, by="team", beside=by_service).scores.set_index("team")
        assert not alone["hidden"].any()
        assert beside["reason"].tolist() == ["", "complement", "complement", ""]
        assert beside.loc[["Bank", "Treasury"], ["mean", "top_box_low"]].isna().all(axis=None)

    def test_the_same_columns_beside_each_other_hide_nothing_more(self):
        frame = self.frame()
        by_team = satisfaction(frame, by="team")
        again = satisfaction(frame, by="team", beside=by_team).scores
        assert again["reason"].tolist() == by_team.scores["reason"].tolist()

    def test_a_table_of_other_answers_is_refused(self):
        frame = self.frame()
        of_some = satisfaction(frame[frame["service"] == "Payments"], by="service")
        with pytest.raises(InputError, match="beside has no row for some answers"):
            satisfaction(frame, by="team", beside=of_some)


class TestBadInput:
    def test_an_unknown_kind_suggests_the_nearest(self):
        with pytest.raises(InputError, match="Did you mean 'csat'"):
            satisfaction(surveys([5]), kind="cast")

    def test_a_missing_column_suggests_the_nearest(self):
        with pytest.raises(InputError, match=r"no column 'servise'\. Did you mean 'service'"):
            satisfaction(surveys([5], service=["a"]), by="servise")
        with pytest.raises(InputError, match="no column 'score'"):
            satisfaction(surveys([5]).drop(columns="score"))

    def test_mixed_scales_are_not_averaged(self):
        frame = pd.concat([surveys([5]), surveys([9], scale=(0, 10))])
        with pytest.raises(InputError, match=r"several scales \(1 to 5, 0 to 10\)"):
            satisfaction(frame)

    def test_nps_needs_0_to_10(self):
        with pytest.raises(
            InputError, match="NPS needs answers from 0 to 10, these are from 1 to 5"
        ):
            satisfaction(surveys([5] * 9), kind="nps")

    def test_scores_off_their_scale_are_named(self):
        with pytest.raises(InputError, match="2 scores lie outside their scale of 1 to 5"):
            satisfaction(surveys([5, 6, 0, 3]))

    def test_a_scale_needs_a_width(self):
        with pytest.raises(InputError, match="has no width"):
            satisfaction(surveys([3], scale=(3, 3)))

    def test_text_is_no_score(self):
        with pytest.raises(InputError, match="column 'score', value 'not rated'"):
            satisfaction(surveys(["not rated", "5"]))

    def test_min_group_must_be_a_number(self):
        with pytest.raises(InputError, match="min_group"):
            satisfaction(surveys([5]), min_group=0)
