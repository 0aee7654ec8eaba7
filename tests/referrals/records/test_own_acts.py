"""What a patient does with files that are in: name, remove, answer the checklist."""

import pytest
from django.urls import reverse

from referrals import storage
from referrals.models import AuditEvent, Record
from referrals.records import actions
from referrals.rules import audit
from referrals.rules.workflow import StepNotPossible
from referrals.vocabulary import Act, ChecklistState
from tests import build
from tests.referrals.records import samples

pytestmark = pytest.mark.django_db


def address(name, record):
    return reverse(f"records:{name}", args=[record.case.reference, record.key])


def state_of(case, type="letter"):
    return case.checklist.get(type=type).state


def test_naming_a_file_fills_its_line(sign_in, ana, draft):
    record = samples.ready(draft, samples.pdf())
    assert sign_in(ana).post(address("type", record), {"type": "letter"}).status_code == 302
    assert state_of(draft) == ChecklistState.HAVE
    sign_in(ana).post(address("type", record), {"type": "medicines"})
    assert (state_of(draft), state_of(draft, "medicines")) == (ChecklistState.TO_COME, ChecklistState.HAVE)


def test_a_file_is_named_by_a_label_that_is_seen_and_nobody_need_know(sign_in, ana, draft):
    record = samples.ready(draft, samples.pdf())
    page = sign_in(ana).get(reverse("records:add", args=[draft.reference])).content.decode()
    assert f'<label for="type-{record.key}">What is it?' in page
    assert '<option value="other" selected>Something else, or not sure</option>' in page


def test_what_was_sent_is_named_anew_in_the_list(sign_in, ana, sam):
    case = build.make_case(ana)
    record = samples.ready(case, samples.pdf())
    listed = reverse("records:list", args=[case.reference])
    assert b"Change what it is" in sign_in(ana).get(listed).content
    answer = sign_in(ana).post(address("type", record), {"type": "letter", "back": "list"})
    assert answer.url == f"{listed}#record-{record.key}"
    assert f'id="record-{record.key}"' in sign_in(ana).get(listed).content.decode()
    record.refresh_from_db()
    assert record.type == "letter"
    assert b"Change what it is" not in sign_in(sam).get(listed).content, "what the patient added, they name"


def test_what_ended_is_not_named_anew(sign_in, ana):
    case = build.make_case(ana, "withdrawn")
    samples.ready(case, samples.pdf())
    page = sign_in(ana).get(reverse("records:list", args=[case.reference])).content
    assert b"letter.pdf" in page and b"Change what it is" not in page


def test_after_an_act_the_page_is_where_the_person_was(sign_in, ana, draft):
    client, add = sign_in(ana), reverse("records:add", args=[draft.reference])
    record = samples.ready(draft, samples.pdf())
    locked = samples.store(draft, b"x", "bad.pdf", status="needs_you", refusal="password")
    assert client.post(address("type", record), {"type": "lab"}).url == f"{add}#record-{record.key}"
    for given in ({}, {"password": "guess"}):
        assert client.post(address("password", locked), given).url == f"{add}#record-{locked.key}"
    assert client.post(address("remove", record)).url == f"{add}#files"
    line = reverse("records:checklist", args=[draft.reference])
    assert client.post(line, {"type": "letter", "state": "on_its_way"}).url == f"{add}#helps"
    page = client.get(add).content.decode()
    assert all(f'id="{place}"' in page for place in ("files", "helps", f"record-{locked.key}"))


def test_removing_takes_bytes_and_pages_too(sign_in, ana, draft, django_capture_on_commit_callbacks):
    record = samples.ready(draft, samples.pdf(), type="letter")
    keys = [record.key, *record.picture_keys()]
    client = sign_in(ana)
    assert "letter.pdf" in client.get(address("remove", record)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address("remove", record)).status_code == 302
    assert not draft.records.exists()
    for key in keys:
        with pytest.raises(storage.NotThere):
            storage.size(key)
    assert AuditEvent.objects.get(act=Act.REMOVE_RECORD).subject_key == str(record.key)
    assert client.post(address("remove", record)).status_code == 404


def test_what_was_sent_stays_but_for_what_nobody_can_read(sign_in, ana):
    case = build.make_case(ana)
    sent = samples.ready(case, samples.pdf())
    refused = samples.store(case, b"x", "bad.pdf", status="refused", refusal="locked")
    assert sign_in(ana).post(address("remove", sent)).status_code == 403
    assert sign_in(ana).post(address("remove", refused)).status_code == 302
    assert list(case.records.all()) == [sent]


@pytest.mark.parametrize("who", ["sam", "tess"])
def test_staff_do_not_remove_or_name(sign_in, ana, request, who):
    record = samples.ready(build.make_case(ana), samples.pdf())
    client = sign_in(request.getfixturevalue(who))
    for name in ("remove", "type"):
        assert client.post(address(name, record), {"type": "lab"}).status_code == 403
    record.refresh_from_db()
    assert record.type == "other"


@pytest.mark.parametrize(
    ("status", "code"), [("needs_you", "password"), ("refused", "locked"), ("quarantined", "virus")]
)
def test_a_file_that_stopped_is_not_said_to_be_here(sign_in, ana, draft, status, code):
    samples.store(draft, b"x", "bad.pdf", status=status, refusal=code, type="letter")
    page = sign_in(ana).get(reverse("records:add", args=[draft.reference]))
    line = next(each for each in page.context["lines"] if each.type == "letter")
    assert line.choices and "Added" not in line.note
    assert (b"data-type" in page.content) == (status == "needs_you")


def test_naming_what_is_locked_away_fills_no_line(sign_in, ana, draft):
    record = samples.store(draft, b"x", "bad.pdf", status="quarantined", refusal="virus")
    assert sign_in(ana).post(address("type", record), {"type": "letter"}).status_code == 302
    assert state_of(draft) == ChecklistState.TO_COME


def test_naming_what_was_taken_back_meanwhile_is_no_crash(draft, ana):
    record = samples.ready(draft, samples.pdf())
    Record.objects.filter(pk=record.pk).delete()  # in another tab, after this one had looked it up
    with pytest.raises(StepNotPossible):
        actions.set_type(record=record, type="letter", by=ana, now=build.real_now())
    assert state_of(draft) == ChecklistState.TO_COME


def test_naming_at_once_leaves_no_line_without_its_file(draft, ana):
    record = samples.ready(draft, samples.pdf())
    in_a_tab = Record.objects.select_related("case").get(pk=record.pk)
    actions.set_type(record=record, type="letter", by=ana, now=build.real_now())
    actions.set_type(record=in_a_tab, type="medicines", by=ana, now=build.real_now())
    assert (state_of(draft), state_of(draft, "medicines")) == (ChecklistState.TO_COME, ChecklistState.HAVE)


@pytest.mark.parametrize("state", ["on_its_way", "cant_get", "to_come"])
def test_checklist_is_answered(sign_in, ana, draft, state):
    url = reverse("records:checklist", args=[draft.reference])
    answer = sign_in(ana).post(url, {"type": "letter", "state": state})
    assert (
        answer.url == reverse("records:add", args=[draft.reference]) + "#helps"
    )  # not to the top of a long page
    assert state_of(draft) == state


def test_nothing_is_here_before_a_file_is(sign_in, ana, draft):
    url = reverse("records:checklist", args=[draft.reference])
    assert sign_in(ana).post(url, {"type": "letter", "state": "have"}).status_code == 409
    samples.ready(draft, samples.pdf())
    assert sign_in(ana).post(url, {"type": "letter", "state": "have"}).status_code == 302
    assert state_of(draft) == ChecklistState.HAVE


@pytest.mark.parametrize(
    "data", [{}, {"type": "letter", "state": "waived"}, {"type": "x", "state": "to_come"}]
)
def test_nonsense_changes_nothing(sign_in, ana, draft, data):
    url = reverse("records:checklist", args=[draft.reference])
    assert sign_in(ana).post(url, data).status_code < 500
    assert state_of(draft) == ChecklistState.TO_COME


def test_without_its_audit_event_nothing_is_added(ana, draft, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(audit, "record", fails)
    with pytest.raises(RuntimeError):
        actions.add(
            case=draft, name="a", by=ana, now=build.NOW,
            stored=storage.put(samples.upload(b"x", "a")),
        )  # fmt: skip
    assert not draft.records.exists()
