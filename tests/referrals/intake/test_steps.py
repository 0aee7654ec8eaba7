"""The wizard's steps: what is kept, what is refused, and in which words."""

import datetime as dt
import re
import uuid

import pytest
import time_machine
from django.utils import timezone

from referrals.intake import actions
from referrals.models import AuditEvent, Case
from tests.build import make_draft, make_record

ABOUT = {
    "subject": "self", "subject_name": "Ana Fern", "subject_born_on_day": "3", "subject_born_on_month": "3",
    "subject_born_on_year": "1968", "located_in": "Illinois, US", "zone": "America/Chicago",
}  # fmt: skip
FIRST = {"diagnosis": "Slipped bone", "advice": "surgery"}
TODAY = timezone.localdate()


def date(name, day):
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def fresh(case):
    return Case.objects.get(pk=case.pk)


def words(page):
    return page.content.decode()


# --- going on, stopping, coming back ---


def test_save_and_continue_goes_to_the_next_step(draft, post_step):
    assert post_step(draft, "about", **ABOUT)["Location"] == f"/ask/{draft.reference}/step/first-opinion/"
    case = fresh(draft)
    assert (case.subject_name, case.subject_born_on, case.located_in) == (
        "Ana Fern",
        dt.date(1968, 3, 3),
        "Illinois, US",
    )
    assert case.patient.zone == "America/Chicago" and case.edited_at > case.created_at
    assert AuditEvent.objects.get(act="edit").detail == {"step": "about"}


def test_a_change_from_the_last_page_leads_back_to_it(draft, as_ana):
    answer = as_ana.post(f"/ask/{draft.reference}/step/cost/?back=check", {"cover": "self_pay"})
    assert answer["Location"] == f"/ask/{draft.reference}/step/check/"


def test_finish_later_keeps_all_and_another_device_goes_on(draft, post_step, ana, client):
    answer = post_step(draft, "first-opinion", go="later", diagnosis="A slipped bone", advice="")
    assert answer["Location"] == f"/cases/{draft.reference}/"
    client.logout()
    client.force_login(ana)
    assert "A slipped bone" in words(client.get(f"/ask/{draft.reference}/step/first-opinion/"))


def test_steps_come_in_any_order(draft, post_step):
    post_step(draft, "cost", cover="hardship", cover_note="Plan 7")
    post_step(draft, "questions", question_1="Do I need it?")
    case = fresh(draft)
    assert (case.cover, case.cover_note, case.questions.get().text) == ("hardship", "Plan 7", "Do I need it?")


def test_autosave_keeps_what_is_right_and_says_when(draft, post_step):
    answer = post_step(
        draft,
        "about",
        go="autosave",
        **ABOUT | {"subject_name": "", "subject_born_on_day": "31", "subject_born_on_month": "2"},
    )
    assert answer.status_code == 200 and answer.json()["words"].startswith("Saved at ")
    case = fresh(draft)
    assert case.located_in == "Illinois, US" and case.subject_born_on is None
    assert case.unfinished["about"]["subject_born_on_day"] == "31"


def test_half_a_date_is_there_again_with_its_error_and_goes_once_right(draft, post_step, as_ana):
    wrong = ABOUT | {"subject_born_on_day": "31", "subject_born_on_month": "2"}
    post_step(draft, "about", go="later", **wrong)
    page = as_ana.get(f"/ask/{draft.reference}/step/about/")
    assert 'value="31"' in words(page) and "February 1968 has no day 31" in words(page)
    assert "Enter where you are" not in words(page)
    assert any(step == "about" for step, _w in _lacking(draft))
    post_step(draft, "about", **ABOUT)
    assert fresh(draft).unfinished == {}


def _lacking(case):
    from referrals.rules.checklists import missing_before_sending

    return missing_before_sending(fresh(case))


@pytest.mark.parametrize(("subject", "title"), [("self", "About you"), ("child", "About your child")])
def test_a_step_is_not_called_as_its_first_question(draft, as_ana, subject, title):
    type(draft).objects.filter(pk=draft.pk).update(subject=subject)
    page = as_ana.get(f"/ask/{draft.reference}/step/about/").content.decode()
    assert re.search(r"<h1[^>]*>([^<]+)", page)[1] == title
    assert page.count("Who is it about?") == 1


def test_a_box_left_empty_is_not_blamed_next_time(draft, post_step, as_ana):
    assert (
        post_step(draft, "about", subject="self", subject_name="Ana", zone="America/Chicago").status_code
        == 422
    )
    assert fresh(draft).unfinished == {}
    assert "needs a look" not in words(as_ana.get(f"/ask/{draft.reference}/step/about/"))


def test_the_same_again_leaves_no_trace(draft, post_step):
    post_step(draft, "cost", cover="self_pay")
    before = fresh(draft).edited_at
    post_step(draft, "cost", go="autosave", cover="self_pay")
    assert AuditEvent.objects.filter(act="edit").count() == 1 and fresh(draft).edited_at == before


def test_changing_what_happened_lays_a_new_checklist_and_loses_nothing(draft, post_step, as_ana):
    make_record(draft)
    post_step(draft, "first-opinion", **FIRST, tried="Eight weeks of exercise")
    post_step(draft, "what-happened", situation="cancer")
    case = fresh(draft)
    assert case.tried == "Eight weeks of exercise" and case.records.count() == 1
    assert case.checklist.filter(type="pathology").exists()
    assert "What should be checked?" in words(as_ana.get(f"/ask/{draft.reference}/step/first-opinion/"))
    post_step(draft, "what-happened", situation="child")
    assert fresh(draft).subject == "child"


# --- errors, as on screen 04 ---


def test_errors_lead_to_their_fields_and_keep_what_was_typed(draft, post_step):
    page = post_step(draft, "first-opinion", story="My back", diagnosis="Slipped bone")
    assert page.status_code == 422
    text = words(page)
    assert '<a href="#id_advice_0">Choose what your doctor advised</a>' in text
    assert "One thing needs a look" in text and "Slipped bone" in text and "<title>Error:" in text


@pytest.mark.parametrize(
    ("typed", "says", "box"),
    [
        (("14", "12", "2025"), "14 December 2025 is in the past. Enter a date from today on", "_year"),
        (("30", "2", "2027"), "February 2027 has no day 30", "_day"),
        (("x", "2", "2027"), "Enter the day as a number from 1 to 31", "_day"),
        (("1", "13", "2027"), "Enter the month as a number from 1 to 12", "_month"),
        (("1", "12", "27"), "Enter the year with four digits", "_year"),
        (("1", "", "2027"), "Add the month", "_month"),
        (("1", "1", "2099"), "more than 5 years away", "_year"),
        (("١", "٢", "٢٠٩٩"), "more than 5 years away", "_year"),
    ],
)
@time_machine.travel("2026-11-24T15:00Z", tick=False)
def test_a_wrong_date_says_what_is_wrong_at_the_box_that_is(typed, says, box, draft, ana, as_ana, post_step):
    as_ana.force_login(ana)
    parts = dict(zip(("decide_by_on_day", "decide_by_on_month", "decide_by_on_year"), typed, strict=True))
    page = post_step(draft, "dates", places="", **parts)
    text = words(page)
    assert page.status_code == 422 and says in text
    invalid = [line for line in text.split("<input")[1:] if "aria-invalid" in line.split(">")[0]]
    assert len(invalid) == 1 and f'name="decide_by_on{box}"' in invalid[0]


def test_today_is_no_past_where_the_patient_lives(draft, post_step, as_ana, ana):
    ana.zone = "Pacific/Honolulu"
    ana.save()
    with time_machine.travel("2026-11-25T06:00Z", tick=False):  # the 24th in Hawaii
        as_ana.force_login(ana)
        answer = post_step(draft, "dates", places="", **date("decide_by_on", dt.date(2026, 11, 24)))
    assert answer.status_code == 302


def test_a_date_or_none_but_not_both_and_not_neither(draft, post_step):
    neither = post_step(draft, "dates", places="")
    assert "Enter the date by which you decide" in words(neither)
    both = post_step(
        draft, "dates", places="", no_decision_date="on", **date("decide_by_on", TODAY + dt.timedelta(9))
    )
    assert "Clear this box, or clear the date above" in words(both)
    assert post_step(draft, "dates", places="", no_decision_date="on").status_code == 302
    assert fresh(draft).no_decision_date


def test_a_birth_date_is_not_to_come(draft, post_step):
    page = post_step(draft, "about", **ABOUT | date("subject_born_on", TODAY + dt.timedelta(days=2)))
    assert page.status_code == 422 and "is in the future" in words(page)
    old = post_step(draft, "about", **ABOUT | {"subject_born_on_year": "1800"})
    assert "more than 120 years ago" in words(old)


def test_a_childs_request_speaks_of_the_child_and_never_of_the_one_who_asks(draft, post_step, as_ana):
    post_step(draft, "what-happened", situation="child")
    pages = [words(as_ana.get(f"/cases/{draft.reference}/")), words(as_ana.get("/cases/"))]
    assert all("Your question for your child" in page and "question for Ana" not in page for page in pages)
    assert "What did they say your child has?" in words(
        as_ana.get(f"/ask/{draft.reference}/step/first-opinion/")
    )
    post_step(draft, "first-opinion", **FIRST)
    check = words(as_ana.get(f"/ask/{draft.reference}/step/check/"))
    assert "About your child" in check and "What they say your child has" in check
    assert "About you<" not in check and "What they say you have" not in check


def test_a_file_that_cant_be_read_is_told_before_sending(draft, as_ana):
    make_record(draft, name="good.pdf")
    make_record(draft, name="locked.pdf", status="refused", refusal="encrypted")
    check = words(as_ana.get(f"/ask/{draft.reference}/step/check/"))
    assert (
        "1 file" in check
        and "1 can’t be read" in check
        and "locked.pdf. Under “Change” you see why." in check
    )


def test_a_child_needs_authority_and_is_no_adult(draft, post_step):
    child = ABOUT | {"subject": "child"}
    page = post_step(draft, "about", **child)
    assert "Say why you may ask for this child" in words(page) and "18 or older" in words(page)
    young = child | date("subject_born_on", TODAY - dt.timedelta(days=900)) | {"authority": "parent"}
    assert post_step(draft, "about", **young).status_code == 302
    assert fresh(draft).authority == "parent"


def test_a_case_without_a_diagnosis_says_so(draft, post_step):
    page = post_step(draft, "first-opinion", advice="nothing")
    assert "Say what they found, or tick" in words(page)
    assert post_step(draft, "first-opinion", advice="nothing", no_diagnosis="on").status_code == 302


@pytest.mark.parametrize(
    ("slug", "field", "length", "rest"),
    [
        ("first-opinion", "story", 4001, FIRST),
        ("questions", "question_1", 501, {}),
        ("questions", "matters_most", 2001, {"question_1": "Why?"}),
    ],
)
def test_a_text_too_long_stays_and_is_told_by_how_much(slug, field, length, rest, draft, post_step):
    text = "ب" * length
    page = post_step(draft, slug, **rest | {field: text})
    assert page.status_code == 422 and text in words(page) and f"it has {length}" in words(page)
    assert fresh(draft).unfinished[slug][field] == text


@pytest.mark.parametrize(
    "nasty", ["<script>alert(1)</script>", "{{ 7*7 }}", "מטופלת ‮gnp.exe", "a\x00b", "'; DROP TABLE"]
)
def test_any_text_is_text(nasty, draft, post_step, as_ana):
    post_step(draft, "first-opinion", go="later", **FIRST | {"story": nasty, "doctor_name": nasty})
    for url in (
        f"/ask/{draft.reference}/step/first-opinion/",
        f"/ask/{draft.reference}/step/check/",
        f"/cases/{draft.reference}/",
    ):
        page = as_ana.get(url)
        assert page.status_code == 200 and "<script>alert" not in words(page)


# --- places held elsewhere ---


def place(key, where="Millpond, OR 3", on=None, until=None):
    made = {f"place-{key.hex}-where": where}
    for name, day in (("held_on", on), ("cancel_by_on", until)):
        if day:
            made |= date(f"place-{key.hex}-{name}", day)
    return made


NO_DATE = {"no_decision_date": "on"}


def test_a_place_is_added_kept_changed_and_removed_without_a_script(draft, post_step, as_ana):
    more = post_step(draft, "dates", go="more", places="", **NO_DATE)
    assert more["Location"].endswith("/step/dates/?more=1#more")
    page = as_ana.get(more["Location"])
    key = page.context["form"].places[0].key
    on = TODAY + dt.timedelta(days=20)
    for _twice in range(2):
        post_step(draft, "dates", places=key.hex, **NO_DATE, **place(key, on=on, until=on - dt.timedelta(2)))
    held = draft.held_places.get()
    assert (held.key, held.where, held.held_on) == (key, "Millpond, OR 3", on)
    second = uuid.uuid4()
    post_step(
        draft,
        "dates",
        places=f"{key.hex},{second.hex}",
        **NO_DATE,
        **place(key, "Elsewhere", on),
        **place(second, "Oak", on),
    )
    assert set(draft.held_places.values_list("where", flat=True)) == {"Elsewhere", "Oak"}
    post_step(
        draft,
        "dates",
        go=f"remove:{key.hex}",
        places=f"{key.hex},{second.hex}",
        **NO_DATE,
        **place(key, "Elsewhere", on),
        **place(second, "Oak", on),
    )
    assert draft.held_places.get().where == "Oak"


def test_a_wrong_place_is_told_and_stays(draft, post_step, as_ana):
    key, on = uuid.uuid4(), TODAY + dt.timedelta(days=20)
    late = post_step(
        draft, "dates", places=key.hex, **NO_DATE, **place(key, on=on, until=on + dt.timedelta(1))
    )
    assert late.status_code == 422 and "The last day to cancel can’t be after the appointment" in words(late)
    assert "Millpond, OR 3" in words(late) and not draft.held_places.exists()
    again = as_ana.get(f"/ask/{draft.reference}/step/dates/")
    assert "Millpond, OR 3" in words(again) and "can’t be after the appointment" in words(again)
    nowhere = post_step(draft, "dates", places=key.hex, **NO_DATE, **place(key, where="", on=on))
    assert "Say where you hold the place" in words(nowhere)
    undated = post_step(draft, "dates", places=key.hex, **NO_DATE, **place(key))
    assert "Enter the date of the appointment" in words(undated)


def test_s03_the_key_of_somebody_elses_place_reaches_nothing(draft, post_step, ben):
    other = make_draft(ben).held_places.create(where="Ben's", held_on=TODAY + dt.timedelta(days=9))
    post_step(
        draft,
        "dates",
        places=other.key.hex,
        **NO_DATE,
        **place(other.key, "Mine", TODAY + dt.timedelta(days=9)),
    )
    other.refresh_from_db()
    assert other.where == "Ben's" and draft.held_places.get().key != other.key
    post_step(draft, "dates", go=f"remove:{other.key.hex}", places="", **NO_DATE)
    other.refresh_from_db()


# --- questions ---


def test_questions_are_up_to_seven_in_their_order(draft, post_step):
    asked = {f"question_{n}": f"Q{n}" for n in range(1, 8)}
    post_step(draft, "questions", **asked, question_8="too many")
    assert list(draft.questions.values_list("text", flat=True)) == [f"Q{n}" for n in range(1, 8)]
    post_step(draft, "questions", go="up:3", **asked)
    assert list(draft.questions.values_list("text", flat=True))[:3] == ["Q1", "Q3", "Q2"]
    post_step(draft, "questions", question_1="", question_2="Q2 only")
    assert [(q.position, q.text) for q in draft.questions.all()] == [(1, "Q2 only")]


def test_a_good_question_is_added_with_a_tap_and_what_was_typed_stays(draft, post_step, as_ana):
    page = as_ana.get(f"/ask/{draft.reference}/step/questions/")
    assert 'value="suggest:wait"' in words(page)
    answer = post_step(draft, "questions", go="suggest:wait", question_1="Mine", matters_most="Walking")
    assert answer["Location"].endswith("/step/questions/#questions")
    assert list(draft.questions.values_list("text", flat=True)) == ["Mine", "What happens if I wait?"]
    assert fresh(draft).matters_most == "Walking"
    assert 'value="suggest:wait"' not in words(as_ana.get(f"/ask/{draft.reference}/step/questions/"))
    post_step(
        draft, "questions", go="suggest:nonsense", question_1="Mine", question_2="What happens if I wait?"
    )
    assert draft.questions.count() == 2


def test_the_first_question_may_be_an_offered_one(draft, post_step):
    post_step(draft, "questions", go="suggest:need")
    assert draft.questions.get().text == "Do I need this operation?" and fresh(draft).unfinished == {}


def test_no_question_is_told(draft, post_step):
    assert "Write at least one question" in words(post_step(draft, "questions", matters_most="x"))


# --- trust ---


def test_the_reason_is_told_to_be_private_and_names_are_kept(ana, as_ana, post_step):
    case = actions.start(by=ana, now=timezone.now(), situation="trust")
    assert "Only the clinic’s staff read it" in words(
        as_ana.get(f"/ask/{case.reference}/step/first-opinion/")
    )
    post_step(
        case, "first-opinion", **FIRST, trust_reason="MARK-REASON", avoid="Dr. Hale\nMillpond\nDr. Hale\n"
    )
    assert list(case.avoided_names.values_list("name", flat=True)) == ["Dr. Hale", "Millpond"]
    check = words(as_ana.get(f"/ask/{case.reference}/step/check/"))
    assert "MARK-REASON" not in check and "Only the clinic’s staff read it" in check
    assert "MARK-REASON" not in words(as_ana.get(f"/cases/{case.reference}/"))


# --- doors ---


@pytest.mark.parametrize("who", ["ben", "sam", "tess", "dr_vega", "quin", "lea"])
def test_s01_nobody_else_opens_or_writes_a_draft(who, draft, client, request):
    client.force_login(request.getfixturevalue(who))
    for slug in ("about", "check", "records", "nonsense"):
        assert client.get(f"/ask/{draft.reference}/step/{slug}/").status_code == 404
    assert client.post(f"/ask/{draft.reference}/step/about/", ABOUT).status_code == 404
    assert client.get(f"/cases/{draft.reference}/").status_code == 404
    assert fresh(draft).subject_name == ""


def test_nobody_signed_in_is_asked_to(draft, client):
    assert client.get(f"/ask/{draft.reference}/step/about/")["Location"].startswith("/accounts/login/")


def test_an_unknown_step_is_no_page(draft, as_ana):
    assert as_ana.get(f"/ask/{draft.reference}/step/nonsense/").status_code == 404
