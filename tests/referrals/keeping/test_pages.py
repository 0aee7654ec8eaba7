"""The pages and acts of keeping: the yes and every no."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from referrals.keeping import actions
from referrals.models import AuditEvent, Erasure, LegalHold, OpinionVersion
from referrals.opinion.actions import sign
from tests.build import NOW, later, make_case, make_opinion
from tests.referrals.records import samples


@pytest.fixture
def ask(client):
    def ask(person, name, *args, **data):
        client.force_login(person)
        url = reverse(f"keeping:{name}", args=args)
        return client.post(url, data) if data else client.get(url)

    return ask


def test_lead_places_and_lifts_a_hold(ask, sent, lea):
    answer = ask(lea, "hold", sent.reference, reason="Letter of 3 November from a court")
    assert answer.url == reverse("keeping:case", args=[sent.reference])
    assert "Letter of 3 November" in ask(lea, "case", sent.reference).content.decode()
    assert ask(lea, "hold", sent.reference, reason="again").status_code == 409
    assert ask(lea, "lift", sent.reference, reason="Settled").status_code == 302
    assert ask(lea, "lift", sent.reference, reason="Settled").status_code == 409
    hold = LegalHold.objects.get()
    assert (hold.placed_by, hold.lifted_by, hold.lift_reason) == (lea, lea, "Settled")
    details = AuditEvent.objects.filter(act="hold").order_by("pk").values_list("detail", flat=True)
    assert list(details) == [{"placed": True}, {"placed": False}]


@pytest.mark.parametrize("page", ["hold", "lift"])
def test_a_reason_is_owed(ask, sent, lea, page):
    if page == "lift":
        actions.hold(case=sent, reason="x", by=lea, now=NOW)
    answer = ask(lea, page, sent.reference, reason=" ")
    assert answer.status_code == 422 and b"Say why" in answer.content


def test_others_look_and_do_not_touch(ask, sent, sam, tess, ana, ben, dr_vega, quin):
    key = sent.records.get().key
    for person in (sam, tess):
        assert ask(person, "case", sent.reference).status_code == 200
        assert b"Place a legal hold" not in ask(person, "case", sent.reference).content
        for page in ("hold", "lift"):
            assert ask(person, page, sent.reference, reason="x").status_code == 403
        assert ask(person, "erase", sent.reference, key, reason="asked").status_code == 403
    for person in (ana, ben, dr_vega, quin):
        assert ask(person, "case", sent.reference).status_code == 404
        assert ask(person, "hold", sent.reference, reason="x").status_code == 404
        assert ask(person, "erase", sent.reference, key, reason="asked").status_code == 404
    assert not LegalHold.objects.exists() and sent.records.count() == 1


def test_lead_deletes_anothers_record_with_a_certificate(ask, sent, lea, django_capture_on_commit_callbacks):
    record = sent.records.get()
    assert b"Delete for good" not in ask(lea, "erase", sent.reference, record.key).content
    with django_capture_on_commit_callbacks(execute=True):
        answer = ask(
            lea, "erase", sent.reference, record.key, reason="wrong_person", note="Letter of a neighbour"
        )
    assert answer.status_code == 302
    certificate = Erasure.objects.get()
    assert (certificate.record_key, certificate.reason, certificate.by) == (record.key, "wrong_person", lea)
    assert "Letter of a neighbour" in ask(lea, "case", sent.reference).content.decode()
    assert ask(lea, "erase", sent.reference, record.key, reason="asked").status_code == 404


def test_deleting_needs_a_reason_and_keeps_what_was_typed(ask, sent, lea):
    answer = ask(lea, "erase", sent.reference, sent.records.get().key, reason="time_over", note="my words")
    assert answer.status_code == 422 and b"my words" in answer.content
    assert sent.records.exists()


def test_nothing_is_deleted_under_a_hold(ask, sent, lea):
    actions.hold(case=sent, reason="x", by=lea, now=NOW)
    assert ask(lea, "erase", sent.reference, sent.records.get().key, reason="asked").status_code == 409
    assert sent.records.exists()


def test_what_else_could_be_taken_away_stays_under_a_hold(client, sent, ana, sam, lea):
    """A fax for the wrong person, a file that can't be read, a virus: each is gone by another door without a hold."""
    fax = samples.ready(sent, samples.pdf(2), "fax.pdf")
    fax.way_in = "fax"
    fax.save()
    refused = samples.store(sent, b"x", "a.pdf", status="refused", refusal="unreadable")
    virus = samples.store(sent, b"y", "b.txt", status="quarantined", refusal="virus")
    doors = [(sam, fax), (ana, refused), (sam, virus)]
    urls = {record: reverse("records:remove", args=[sent.reference, record.key]) for _who, record in doors}
    for person, record in doors:
        client.force_login(person)
        assert client.get(urls[record]).status_code == 200
    actions.hold(case=sent, reason="x", by=lea, now=NOW)
    for person, record in doors:
        client.force_login(person)
        for page in ("add", "list"):
            shown = client.get(reverse(f"records:{page}", args=[sent.reference]))
            assert urls[record].encode() not in shown.content
        answer = client.post(urls[record])
        assert answer.status_code == 409 and b"legal hold" in answer.content
    assert sent.records.count() == 4


def test_what_a_signed_opinion_rests_on_stays(ask, ana, tess, dr_vega, lea):
    case = make_case(ana, "in_review", staff=tess, specialist=dr_vega)
    record = samples.ready(case, samples.pdf())
    opinion = make_opinion(case)
    sign(referral=opinion.referral, by=dr_vega, now=NOW, edit=opinion.edit)
    assert str(record.key) in {source["key"] for source in OpinionVersion.objects.get().body["sources"]}
    answer = ask(lea, "erase", case.reference, record.key, reason="asked")
    assert answer.status_code == 409 and b"signed opinion" in answer.content
    page = ask(lea, "case", case.reference).content
    assert b"/erase/" not in page and b"A signed opinion rests on it" in page


def test_the_patient_reads_until_when_and_keeps_it_longer(ask, ended, ana, ben, sam):
    assert b"as long as your request is open" not in ask(ana, "mine", ended.reference).content
    actions.set_last_days(now=NOW)
    assert b"24 November 2037" in ask(ana, "mine", ended.reference).content
    assert ask(ana, "mine", ended.reference, go="1").status_code == 302
    assert ended.records.get().keep_until_on == dt.date(2038, 11, 24)
    actions.set_last_days(now=later(days=1))
    assert ended.records.get().keep_until_on == dt.date(2038, 11, 24)
    assert ask(ben, "mine", ended.reference).status_code == 404
    assert ask(sam, "mine", ended.reference, go="1").status_code == 403


def test_a_second_click_keeps_it_the_same_year_longer(ask, ended, ana):
    actions.set_last_days(now=NOW)
    assert b'name="seen" value="2037-11-24"' in ask(ana, "mine", ended.reference).content
    for _click in range(2):
        assert ask(ana, "mine", ended.reference, seen="2037-11-24").status_code == 302
    assert ended.records.get().keep_until_on == dt.date(2038, 11, 24)
    assert ask(ana, "mine", ended.reference, seen="2038-11-24").status_code == 302
    assert ended.records.get().keep_until_on == dt.date(2039, 11, 24)


def test_while_it_is_open_there_is_nothing_to_keep_longer(ask, sent, ana):
    assert b"as long as your request is open" in ask(ana, "mine", sent.reference).content
    assert ask(ana, "mine", sent.reference, go="1").status_code == 409


def test_the_page_takes_the_same_number_of_statements(client, sent, lea):
    client.force_login(lea)
    url, counts = reverse("keeping:case", args=[sent.reference]), set()
    client.get(url)
    for more in (0, 2, 22):
        for n in range(more):
            samples.ready(sent, samples.pdf(mark=f"{more} {n}"), f"{more}-{n}.pdf", pages=0)
        with CaptureQueriesContext(connection) as found:
            assert client.get(url).status_code == 200
        counts.add(len(found))
    assert len(counts) == 1


def test_an_empty_list_says_that_records_were_deleted_and_where_to_read_why(client, ended, lea, ana):
    record = ended.records.get()
    actions.erase(record=record, reason="asked", note="", by=lea, now=NOW)
    url = reverse("records:list", args=[ended.reference])
    client.force_login(ana)
    page = client.get(url).content.decode()
    assert "as soon as they are added" not in page
    assert reverse("keeping:mine", args=[ended.reference]) in page
