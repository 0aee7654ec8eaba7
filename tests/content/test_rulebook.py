"""The rules of "Is it time?": each can apply and can fail to, and the end follows from them alone."""

from itertools import product

import pytest

from content.answers import Earlier, Options, Plan, Progress, Sign, Situation, Sure, Timing, YesNo
from content.rulebook import CURRENT, RULEBOOKS, Speaks

CALM = {
    "signs": [],
    "situation": "",
    "plan": "small",
    "timing": "later",
    "options": "yes",
    "doubt": "no",
    "progress": "better",
    "sure": "yes",
    "earlier": "no",
}


def verdict(**changes):
    return CURRENT.verdict(set(CURRENT.applied(CALM | changes)))


def codes(**changes):
    return set(CURRENT.applied(CALM | changes))


def everything():
    yield from (
        dict(zip(CALM, one, strict=True))
        for one in product(
            ([], ["chest"], ["self_harm"]), ("", *Situation.values), Plan.values, Timing.values, Options.values,
            YesNo.values, Progress.values, Sure.values, Earlier.values,
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"signs": ["chest"]}, "warning_sign"),
        ({"signs": ["self_harm"]}, "self_harm"),
        ({"timing": "now"}, "cannot_wait"),
        ({"earlier": "agreed"}, "doctors_agree"),
        ({"plan": "big"}, "big_treatment"),
        ({"plan": "wait", "options": "no"}, "other_ways"),
        ({"situation": "cancer"}, "cancer"),
        ({"doubt": "yes"}, "rare_or_doubtful"),
        ({"situation": "unclear"}, "no_name"),
        ({"situation": "not_working"}, "not_helping"),
        ({"progress": "worse"}, "not_helping"),
        ({"plan": "wait", "progress": "same"}, "waiting_too_long"),
        ({"situation": "child", "progress": "early"}, "child"),
        ({"sure": "no"}, "unsure"),
        ({"situation": "trust"}, "trust"),
        ({"earlier": "differed"}, "doctors_differ"),
        ({}, "getting_better"),
        ({}, "small_treatment"),
        ({}, "ways_discussed"),
        ({"timing": "soon"}, "starts_soon"),
        ({"timing": "weeks"}, "starts_in_weeks"),
        ({"timing": "started"}, "has_started"),
        ({}, "no_warning_sign"),
    ],
)
def test_rule_applies(changes, rule):
    assert rule in codes(**changes)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"signs": ["self_harm"]}, "warning_sign"),
        ({"earlier": "agreed", "sure": "no"}, "doctors_agree"),
        ({"earlier": "agreed", "progress": "worse"}, "doctors_agree"),
        ({"plan": "none", "options": "no"}, "other_ways"),
        ({"plan": "wait", "progress": "early"}, "waiting_too_long"),
        ({"situation": "child"}, "child"),
        ({"plan": "none", "progress": "worse"}, "not_helping"),
        ({"sure": "mostly"}, "ways_discussed"),
        ({"signs": ["chest"]}, "no_warning_sign"),
    ],
)
def test_rule_does_not_apply(changes, rule):
    assert rule not in codes(**changes)


def test_every_rule_is_tested_above_and_told_in_words():
    assert len({rule.code for rule in CURRENT.rules}) == len(CURRENT.rules) == 22
    for rule in CURRENT.rules:
        assert all(map(str, (rule.title, rule.says, rule.looks_for, rule.icon)))


def test_quiet_answers_end_in_not_needed():
    found = verdict()
    assert found.end == "not_needed"
    assert {rule.code for rule in found.reasons} >= {"getting_better", "small_treatment", "ways_discussed"}
    assert found.other_side == []


def test_one_reason_is_enough_and_the_other_side_is_shown():
    found = verdict(situation="cancer")
    assert found.end == "good_idea"
    assert [rule.code for rule in found.reasons if rule.speaks == Speaks.FOR] == ["cancer"]
    assert "getting_better" in {rule.code for rule in found.other_side}


def test_two_doctors_who_agree_settle_it():
    found = verdict(situation="surgery", plan="big", earlier="agreed")
    assert found.end == "not_needed"
    assert "big_treatment" in {rule.code for rule in found.other_side}


@pytest.mark.parametrize("sign", Sign.values)
def test_any_sign_means_care_now_whatever_else_was_said(sign):
    assert verdict(signs=[sign], earlier="agreed").end == "care_now"
    assert verdict(signs=[sign], situation="cancer", plan="big").end == "care_now"


def test_every_set_of_answers_has_an_end_with_reasons():
    ends = set()
    for answers in everything():
        found = CURRENT.verdict(set(CURRENT.applied(answers)))
        ends.add(found.end)
        urgent = bool(answers["signs"]) or answers["timing"] == "now"
        assert (found.end == "care_now") == urgent
        assert found.reasons or found.end == "not_needed"
        assert len(found.reasons) + len(found.other_side) + len(found.others) == len(CURRENT.rules)
    assert ends == {"care_now", "good_idea", "not_needed"}


def test_no_rule_gives_points_or_names_an_illness():
    for rule in CURRENT.rules:
        words = f"{rule.title} {rule.says}".lower()
        assert not any(word in words for word in ("score", "points", "%", "probably have", "you have cancer"))


def test_rulebooks_are_found_by_version():
    assert RULEBOOKS[CURRENT.version] is CURRENT
