"""The pages: naming a place, choosing how to ask, what happened, what was said; for the patient and for staff."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from referrals.models import AuditEvent, RecordSource
from referrals.rules import clocks, sources
from referrals.sources import actions
from tests.build import make_case, make_draft, make_record, make_source
from tests.referrals.sources.conftest import at, fresh, url
from tests.referrals.sources.test_signing import sign

PLACE = {"name": "Brookfall Spine", "kind": "hospital", "types": ["images", "letter"], "about_when": "spring"}


def list_url(case):
    return reverse("sources:list", args=[case.reference])


def day(name, date):
    return {f"{name}_day": str(date.day), f"{name}_month": str(date.month), f"{name}_year": str(date.year)}


@pytest.mark.parametrize("who", ["ana", "sam"])
def test_a_place_is_named_and_then_how_to_ask_is_chosen(who, case, request):
    person = request.getfixturevalue(who)
    browser = at(person)
    assert "Nobody is named yet" in browser.get(list_url(case)).content.decode()
    answer = browser.post(reverse("sources:add", args=[case.reference]), PLACE)
    source = RecordSource.objects.get()
    assert answer.url == url("route", source)
    assert (source.name, source.types, source.added_by, source.status) == (
        "Brookfall Spine", ["images", "letter"], person, "identified",
    )  # fmt: skip
    answer = browser.post(url("route", source), {"route": "own_copy"})
    assert fresh(source).route == "own_copy"
    assert "Ask Brookfall Spine" in browser.get(answer.url).content.decode()


def test_an_error_keeps_what_was_typed(case, ana):
    answer = at(ana).post(
        reverse("sources:add", args=[case.reference]), {**PLACE, "name": "", "note": "Ask for Mrs. Reed"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Enter the name of the place" in page
    assert "Ask for Mrs. Reed" in page
    assert not RecordSource.objects.exists()


def test_what_only_helps_is_folded_until_it_is_used(case, ana, sam):
    add = reverse("sources:add", args=[case.reference])
    folds = {
        "nothing yet": at(ana).get(add),
        "an error elsewhere": at(ana).post(add, {**PLACE, "about_when": "", "name": ""}),
        "used": at(ana).post(add, {**PLACE, "name": ""}),
        "an error in it": at(ana).post(add, {**PLACE, "about_when": "", "fee": "much"}),
        "staff": at(sam).get(add),
    }
    is_open = {name: b"<details open><summary>Phone" in page.content for name, page in folds.items()}
    assert is_open == {
        "nothing yet": False, "an error elsewhere": False, "used": True, "an error in it": True, "staff": True,
    }  # fmt: skip


def test_a_draft_names_places_for_the_patient_alone(ana, tess, now):
    draft = make_case(ana, "draft", now=now)
    assert at(ana).get(list_url(draft)).status_code == 200
    assert at(ana).post(reverse("sources:add", args=[draft.reference]), PLACE).status_code == 302
    assert at(tess).get(list_url(draft)).status_code == 404


def test_the_form_leads_the_patient_to_the_signature(source, ana, tess):
    answer = at(ana).post(url("route", source), {"route": "authorisation"})
    assert answer.url == url("sign", source)
    assert (
        at(ana).post(url("route", source), {"route": "treatment"}).status_code == 422
    )  # not theirs to choose
    at(tess).post(url("route", source), {"route": "treatment"})
    assert fresh(source).route == "treatment"


@pytest.mark.django_db(transaction=True)  # as in the portal: no transaction is open before the act's own
def test_asked_acknowledged_extended_in_part_and_all(case, source, ana, now):
    browser, today = at(ana), sources.today_of(case, now)
    browser.post(url("route", source), {"route": "own_copy"})
    assert "still to come" in browser.post(
        url("step", source, "request"), day("on", dt.date(2200, 1, 1))
    ).content.decode()  # fmt: skip
    asked = today - 12 * clocks.DAY
    browser.post(url("step", source, "request"), day("on", asked))
    assert fresh(source).requested_on == asked
    assert "12 days since you asked" in browser.get(url("source", source)).content.decode()
    browser.post(url("step", source, "acknowledge"))
    assert fresh(source).status == "acknowledged"
    form = {"days": "31", "reason": "Moving", **day("on", asked)}
    assert "30 days or fewer" in browser.post(url("step", source, "extend"), form).content.decode()
    browser.post(url("step", source, "extend"), {**form, "days": "14"})
    assert fresh(source).due_on == asked + 44 * clocks.DAY
    record = make_record(case, now=now)
    browser.post(url("step", source, "partly"), {"records": [str(record.key)]})
    assert (fresh(source).status, fresh(record).source) == ("partial", source)
    browser.post(url("step", source, "unreadable"), {"why": "The disc is broken"})
    browser.post(url("step", source, "ask_again"), day("on", today))
    assert (fresh(source).requested_on, source.extra_days) == (today, None)
    browser.post(url("step", source, "receive"))
    assert fresh(source).status == "received"
    assert browser.post(url("step", source, "receive")).status_code == 409


def test_a_record_of_another_case_is_not_theirs_to_name(source, asked, ana, ben, tess, now):
    other = make_record(make_case(ben, "triage", staff=tess, now=now))
    answer = at(ana).post(url("step", asked, "partly"), {"records": [str(other.key)]})
    assert answer.status_code == 422
    assert fresh(other).source is None


def test_giving_up_owes_a_reason_and_can_be_taken_back(source, ana, tess):
    assert at(ana).post(url("step", source, "unavailable"), {"why": " "}).status_code == 422
    at(ana).post(url("step", source, "unavailable"), {"why": "They closed"})
    assert (fresh(source).status, source.why) == ("unavailable", "They closed")
    at(ana).post(url("step", source, "take_back"))
    assert fresh(source).status == "identified"
    assert at(ana).post(url("step", source, "waive"), {"why": "x"}).status_code == 403
    at(tess).post(url("step", source, "waive"), {"why": "The report says it"})
    assert fresh(source).status == "waived"


def test_calls_are_written_down(asked, ana, tess):
    assert at(tess).post(url("contact", asked), {"kind": "called"}).status_code == 422
    at(tess).post(url("contact", asked), {"kind": "called", "text": "Mrs. Reed: next week"})
    at(ana).post(url("contact", asked), {"kind": "no_reply"})
    page = at(ana).get(url("source", asked)).content.decode()
    assert "Mrs. Reed: next week" in page
    assert "Called, nobody answered" in page
    assert AuditEvent.objects.filter(act="contact").count() == 2
    assert "Reed" not in str(list(AuditEvent.objects.values_list("detail", flat=True)))


def test_a_late_source_shows_the_day_of_the_law_and_where_to_complain(case, ana, now):
    late = make_source(case, now=now, status="requested", requested_on=(now - 40 * clocks.DAY).date())
    page = at(ana).get(url("source", late)).content.decode()
    assert "had to answer by" in page
    assert "hhs.gov/ocr" in page
    assert "Late" in at(ana).get(list_url(case)).content.decode()


def test_a_price_above_the_usual_says_what_a_fee_may_cover(asked, ana):
    same = {"name": asked.name, "types": asked.types, "kind": asked.kind}
    assert at(ana).post(url("edit", asked), {**same, "fee": "a lot"}).status_code == 422
    at(ana).post(url("edit", asked), {**same, "fee": "541"})
    assert "only the cost of the copy" in at(ana).get(url("source", asked)).content.decode()
    at(ana).post(url("edit", asked), {**same, "fee": "6.50"})
    assert "only the cost of the copy" not in at(ana).get(url("source", asked)).content.decode()


def test_changing_and_taking_off_the_list(source, asked, ana):
    at(ana).post(url("edit", source), {**PLACE, "name": "Brookfall Spine House"})
    assert fresh(source).name == "Brookfall Spine House"
    assert at(ana).post(url("remove", asked)).status_code == 409
    assert at(ana).get(url("remove", source)).status_code == 200
    at(ana).post(url("remove", source))
    assert list(RecordSource.objects.all()) == [asked]


def test_what_a_signed_form_names_is_not_changed_under_it(to_sign, ana, now):
    from tests.referrals.sources.test_signing import sign

    sign(to_sign, ana, now)
    assert at(ana).post(url("edit", to_sign), {**PLACE, "name": "Another"}).status_code == 409
    same = {
        **PLACE,
        "name": to_sign.name,
        "types": to_sign.types,
        "kind": "imaging",
        "phone": "555 1",
        "about_when": "",
    }
    more = {"about_when": "the last ten years", "sensitivity": "hiv"}
    for name, value in more.items():
        assert at(ana).post(url("edit", to_sign), {**same, name: value}).status_code == 409
    assert at(ana).post(url("edit", to_sign), same).status_code == 302
    assert fresh(to_sign).phone == "555 1"


def test_strangers_find_nothing(source, ben, dr_vega, quin):
    names = ("source", "edit", "remove", "route", "contact", "revoke")
    for person in (ben, dr_vega, quin):
        assert at(person).get(list_url(source.case)).status_code == 404
        for name in names:
            assert at(person).get(url(name, source)).status_code == 404
            assert at(person).post(url(name, source), PLACE).status_code == 404


def test_a_specialist_who_reads_sees_what_is_missing_but_not_this_room(ana, tess, dr_vega, now):
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega, now=now)
    make_source(case, now=now, status="requested", requested_on=now.date())
    case.checklist.filter(type="images").update(state="waived", note="The report tells enough")
    page = at(dr_vega).get(reverse("review:room", args=[case.reference])).content.decode()
    assert "Records that are not here" in page
    assert "The report tells enough" in page
    assert at(dr_vega).get(list_url(case)).status_code == 404


def test_another_persons_source_under_ones_own_number_is_not_found(source, ben, tess, now):
    own = make_case(ben, "triage", staff=tess, now=now)
    assert at(ben).get(reverse("sources:source", args=[own.reference, source.key])).status_code == 404


@pytest.mark.parametrize("who", ["ana", "tess"])
def test_the_list_costs_the_same_at_1_and_25(who, case, request, now):
    person, counts = request.getfixturevalue(who), []
    for target in (1, 25):
        for n in range(target - case.sources.count()):
            make_source(case, now=now, name=f"Place {n}")
        browser = at(person)
        with CaptureQueriesContext(connection) as made:
            assert browser.get(list_url(case)).status_code == 200
        counts.append(len(made))
    assert counts[0] == counts[1] <= 16


def test_a_source_with_much_said_costs_the_same(asked, ana, tess, now):
    counts = []
    for target in (1, 25):
        for _n in range(target - asked.contacts.count()):
            asked.contacts.create(at=now, by=tess, kind="note", text="x")
        browser = at(ana)
        with CaptureQueriesContext(connection) as made:
            browser.get(url("source", asked))
        counts.append(len(made))
    assert counts[0] == counts[1] <= 22


# --- what comes next, for who asks ---------------------------------------------------------------


def next_step(page):
    return re.search(r'class="so-next.*?</section>', page.content.decode(), re.S)[0]


def test_before_the_request_is_sent_nobody_is_said_to_ask(ana, now):
    source = make_source(
        make_draft(ana, now=now), now=now, status="authorisation_needed", route="authorisation", routed_at=now
    )
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', at(ana).get(url("sign", source)).content.decode())[1]
    given = {"ends": "event", "agree": "on", "name": "Ana", "seen": seen}
    page = at(ana).post(url("sign", source), given, follow=True)
    assert "once you send your request" in page.content.decode()
    assert "Send your request. Then we ask Millpond Imaging" in next_step(page)
    assert reverse("home:case", args=[source.case.reference]) in next_step(page)


def test_who_took_a_signature_back_is_not_told_to_sign(to_sign, ana, now):
    sign(to_sign, ana, now)
    at(ana).post(url("revoke", to_sign))
    shown = next_step(at(ana).get(url("source", to_sign)))
    assert "You took your signature back" in shown and url("route", to_sign) in shown
    assert url("sign", to_sign) not in shown


def test_who_asks_for_an_own_copy_is_led_to_the_letter_first_and_then_calls(source, ana, now):
    actions.choose_route(source=source, route="own_copy", by=ana, now=now)
    letter = url("write", source, "own_copy")
    assert letter in next_step(at(ana).get(url("source", source)))
    at(ana).post(letter)
    shown = next_step(at(ana).get(url("source", source)))
    assert letter not in shown and "tel:" in shown


@pytest.mark.parametrize("status", ["delivered", "withdrawn"])
def test_nobody_is_told_to_call_once_the_request_is_over(status, ana, tess, dr_vega, now):
    case = make_case(ana, status, staff=tess, specialist=dr_vega, now=now)
    day = (now - 12 * clocks.DAY).date()
    source = make_source(case, now=now, status="requested", requested_on=day, name="Brookfall Spine")
    for page in (reverse("home:case", args=[case.reference]), list_url(case), url("source", source)):
        shown = at(ana).get(page).content.decode()
        assert "Call Brookfall Spine" not in shown, page
        assert "since you asked" not in shown, page


def test_a_second_click_names_a_place_and_notes_a_call_once(case, source, ana):
    said = {"kind": "called", "text": "They look for it."}
    before = RecordSource.objects.count()
    for _click in range(2):
        assert at(ana).post(reverse("sources:add", args=[case.reference]), PLACE).status_code == 302
        assert at(ana).post(url("contact", source), said).status_code == 302
    assert (RecordSource.objects.count(), source.contacts.count()) == (before + 1, 1)
    assert at(ana).post(url("contact", source), said | {"text": "Another word."}).status_code == 302
    assert source.contacts.count() == 2


@pytest.mark.parametrize(
    ("act", "then"),
    [
        ("unreadable", "ask_again"), ("unreadable", "partly"), ("unreadable", "receive"), ("unreadable", "file"),
        ("unavailable", "take_back"),
    ],
)  # fmt: skip
def test_a_reason_goes_with_what_it_was_the_reason_of_and_stays_in_what_was_said(act, then, asked, tess, now):
    def fact():
        return "<dt>Why</dt>" in at(tess).get(url("source", asked)).content.decode()

    at(tess).post(url("step", asked, act), {"why": "The disc is broken"})
    assert fact()
    if then == "file":
        sources.record_came(source=fresh(asked), record=make_record(asked.case, now=now), by=tess, now=now)
    else:
        assert at(tess).post(url("step", asked, then), day("on", asked.requested_on)).status_code == 302
    assert not fact()
    assert "The disc is broken" not in at(tess).get(list_url(asked.case)).content.decode()
    said = asked.contacts.get()
    assert "The disc is broken" in said.text and said.by == tess
    assert said.text in at(tess).get(url("source", asked)).content.decode()


@pytest.mark.parametrize("act", ["acknowledge", "partly", "extend", "contact"])
def test_whoever_was_just_heard_of_is_not_to_be_called_today(act, asked, tess, now):
    browser, page = at(tess), url("source", asked)
    assert "since the patient asked" in next_step(browser.get(page))
    form = {"days": "14", "reason": "The archive moves", **day("on", asked.requested_on)}
    if act == "contact":
        browser.post(url("contact", asked), {"kind": "they_called", "text": "Next week"})
    else:
        assert browser.post(url("step", asked, act), form).status_code == 302
    assert fresh(asked).chase_on == clocks.next_chase(asked.requested_on, sources.today_of(asked.case, now))
    shown = next_step(browser.get(page))
    assert "Wait for Brookfall Spine. Call on" in shown and "since" not in shown


def test_an_extension_stays_in_what_was_said_when_it_is_asked_again(asked, tess, now):
    form = {"days": "14", "reason": "The archive moves", **day("on", asked.requested_on)}
    at(tess).post(url("step", asked, "extend"), form)
    at(tess).post(url("step", asked, "unreadable"), {"why": "Scratched"})
    at(tess).post(url("step", asked, "ask_again"), day("on", asked.requested_on))
    assert fresh(asked).extra_days is None
    assert "14 days longer: The archive moves" in at(tess).get(url("source", asked)).content.decode()


def test_what_came_and_cant_be_read_is_missing_and_not_on_its_way(asked, tess, now):
    line = asked.case.checklist.get(type="images")
    line.state = "on_its_way"
    line.save()
    actions.unreadable(source=asked, why="Scratched", by=tess, now=now)
    assert fresh(line).state == "to_come"
    actions.ask_again(source=asked, by=tess, now=now)
    assert fresh(line).state == "on_its_way"


def test_a_file_that_came_from_another_place_is_not_chosen_for_this_one(asked, source, case, tess, now):
    theirs = make_record(case, name="theirs.pdf", now=now, source=source)
    own = make_record(case, name="own.pdf", now=now, source=asked)
    page = at(tess).get(url("step", asked, "partly")).content.decode()
    chosen = re.findall(r'<input[^>]*value="([0-9a-f-]{36})"[^>]*checked', page)
    assert chosen == [str(own.key)] and str(theirs.key) in page


@pytest.mark.parametrize(("who", "words"), [("tess", "Doctor’s letter"), ("ana", "Letter from your doctor")])
def test_what_a_place_holds_is_asked_in_the_words_of_who_fills_it_in(who, words, case, request):
    page = (
        at(request.getfixturevalue(who)).get(reverse("sources:add", args=[case.reference])).content.decode()
    )
    assert words in page
