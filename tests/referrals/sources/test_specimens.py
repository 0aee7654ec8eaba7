"""Slides and blocks: where they are, who says so, and that they go back."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from referrals.models import AuditEvent, Reminder, Specimen
from referrals.rules import catalogue, clocks
from referrals.rules.workflow import StepNotPossible
from referrals.sources import specimens
from tests.build import make_case
from tests.referrals.sources.conftest import at, fresh


@pytest.fixture
def slides(case, source, tess, now):
    return specimens.add(case=case, source=source, kind="slides", label="S26-1841", count=4, by=tess, now=now)


def test_the_patient_finds_them_also_when_the_reading_is_over(ana, tess, dr_vega, now):
    case = make_case(ana, "delivered", staff=tess, specialist=dr_vega, now=now)
    page = reverse("sources:specimens", args=[case.reference])
    assert page not in at(ana).get(reverse("home:case", args=[case.reference])).content.decode()
    Specimen.objects.create(case=case, kind="blocks", label="B 7", count=2, added_by=tess, moved_at=now)
    shown = at(ana).get(reverse("home:case", args=[case.reference])).content.decode()
    assert page in shown
    listed = at(ana).get(reverse("sources:list", args=[case.reference])).content.decode()
    assert "Name the hospital" not in listed  # nothing can be named any more


def go(slides, act, by, now, note=""):
    return specimens.move(specimen=slides, act=act, on=now.date(), note=note, by=by, now=now)


def test_their_way_from_asked_for_to_sent_back(slides, tess, now):
    for act, status in (("send", "sent"), ("arrive", "arrived"), ("read", "read"), ("return", "returned")):
        go(slides, act, tess, now, note=f"track {act}")
        assert fresh(slides).status == status
    moves = list(slides.moves.values_list("status", "note", "by"))
    assert moves[0] == ("sent", "track send", tess.pk)
    assert len(moves) == 4
    assert AuditEvent.objects.filter(act="specimen").count() == 5


@pytest.mark.parametrize(
    ("status", "acts"),
    [
        ("expected", {"send", "arrive"}), ("sent", {"arrive", "lose"}), ("arrived", {"read", "return", "lose"}),
        ("read", {"return", "lose"}), ("returned", set()), ("lost", {"arrive"}),
    ],
)  # fmt: skip
def test_from_each_place_exactly_these_ways(status, acts, slides, tess, now):
    Specimen.objects.filter(pk=slides.pk).update(status=status)
    assert {move.act for move in specimens.moves_from(fresh(slides))} == acts
    for act in set(specimens.MOVES) - acts:
        with pytest.raises(StepNotPossible):
            go(slides, act, tess, now)
    assert fresh(slides).status == status


def test_only_the_care_team_moves_them_and_everybody_of_the_case_sees_them(
    slides, ana, ben, dr_vega, tess, now
):
    for person in (ana, ben, dr_vega):
        with pytest.raises(PermissionDenied):
            go(slides, "send", person, now)
    page = reverse("sources:specimens", args=[slides.case.reference])
    for person in (ana, tess):
        assert "S26-1841" in at(person).get(page).content.decode()
    for person in (ben, dr_vega):
        assert at(person).get(page).status_code == 404
    move = reverse("sources:specimen_move", args=[slides.case.reference, slides.key, "send"])
    add = reverse("sources:specimen_add", args=[slides.case.reference])
    assert at(ana).get(move).status_code == at(ana).get(add).status_code == 403


def test_the_pages_write_it_down_and_keep_what_was_typed(case, source, tess):
    add = reverse("sources:specimen_add", args=[case.reference])
    answer = at(tess).post(add, {"kind": "blocks", "label": "", "count": "x"})
    assert answer.status_code == 422
    assert "Enter how it is marked" in answer.content.decode()
    for _click in range(2):
        at(tess).post(add, {"kind": "blocks", "label": "B 7", "count": "2", "source": str(source.key)})
    specimen = Specimen.objects.get()
    assert (specimen.label, specimen.count, specimen.source) == ("B 7", 2, source)
    move = reverse("sources:specimen_move", args=[case.reference, specimen.key, "arrive"])
    day = {"on_day": "1", "on_month": "1", "on_year": "2120"}
    assert "still to come" in at(tess).post(move, day).content.decode()
    page = at(tess).get(move)
    posted = {
        f"on_{part}": page.context["form"].initial["on"].__getattribute__(part)
        for part in ("day", "month", "year")
    }
    at(tess).post(move, {**posted, "note": "UPS 1Z"})
    assert fresh(specimen).status == "arrived"
    assert specimen.moves.get().note == "UPS 1Z"
    assert at(tess).post(move, posted).status_code == 409


def test_staff_are_reminded_until_they_went_back(slides, tess, now):
    for act in ("send", "arrive", "read"):
        go(slides, act, tess, now)
    planned = Reminder.objects.filter(rule="S17", status="planned")
    assert {row.step for row in planned} == {"7d", "21d"}
    assert {row.recipient for row in planned} == {tess}
    go(slides, "return", tess, now)
    assert not planned.all().exists()


def test_those_of_a_closed_case_are_to_go_back_too(slides, tess, now):
    from referrals.rules.roads import CASE
    from referrals.rules.workflow import take

    go(slides, "arrive", tess, now)
    take(CASE, "decline", slides.case, by=tess, now=now, reason="scope", sentence="x")
    catalogue.plan(slides.case, now=now + clocks.HOUR)
    assert Reminder.objects.filter(rule="S17", status="planned").exists()
    go(slides, "return", tess, now + clocks.DAY)


def test_no_step_is_before_the_one_before_it(slides, tess, now):
    go(slides, "arrive", tess, now - 2 * clocks.DAY)
    move = reverse("sources:specimen_move", args=[slides.case.reference, slides.key, "read"])
    there = (now - 2 * clocks.DAY).date()

    def on(day):
        given = {"on_day": str(day.day), "on_month": str(day.month), "on_year": str(day.year)}
        return at(tess).post(move, given)

    answer = on(there - clocks.DAY)
    assert answer.status_code == 422 and "The step before was on" in answer.content.decode()
    assert on(there).status_code == 302
    assert fresh(slides).status == "read"
