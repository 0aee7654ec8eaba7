"""Signing: the password again, the whole text, once, and for good."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from referrals.models import AuditEvent, Opinion, OpinionVersion, Reminder
from referrals.opinion import actions, body
from referrals.records import actions as records
from referrals.rules import reading
from referrals.rules.roads import CASE, REFERRAL
from referrals.rules.workflow import StepNotPossible, take
from referrals.viewer import actions as pins
from referrals.vocabulary import AskedOf, CaseStatus, ReferralStatus
from tests.build import PASSWORD, make_info_request, make_opinion, make_record, real_now
from tests.referrals.opinion.writing import read_now


@pytest.fixture(autouse=True)
def no_earlier_tries():
    cache.clear()


@pytest.fixture
def case(ana, tess, dr_vega):
    return read_now(ana, tess, dr_vega, trust_reason="MARKER-TRUST", clinic_note="MARKER-NOTE")


@pytest.fixture
def url(case):
    return reverse("opinion:sign", args=[case.reference])


@pytest.fixture
def vega(client, dr_vega):
    client.force_login(dr_vega)
    return client


def test_signing_delivers_and_keeps_the_text_with_its_hash(vega, url, case, dr_vega, ana):
    read = make_record(case, name="mri.pdf")
    make_record(case, name="letter.pdf")
    reading.note_opening(record=read, by=dr_vega, now=real_now())
    make_opinion(case, why="It does not move.", warning_signs="A leg turns weak\n\nNumbness")
    answer = vega.post(url, {"edit": "0", "password": PASSWORD})
    assert answer.url == reverse("opinion:signed", args=[case.reference])
    version = OpinionVersion.objects.get()
    assert version.sha256 == body.sha256_of(version.body) and len(version.sha256) == 64
    text = version.body
    assert text["questions"] == [{"question": "Do I need the screws?", "answer": "Not now, I think."}]
    assert text["diagnosis"] == {"stance": "agree", "text": "Slip of L4 on L5, grade 1."}
    assert text["plan"]["why"] == "It does not move."
    assert text["warning_signs"] == ["A leg turns weak", "Numbness"]
    assert text["first_opinion"]["doctor"] == "Corvin Hale"
    assert {source["name"]: source["read"] for source in text["sources"]} == {
        "mri.pdf": True,
        "letter.pdf": False,
    }
    assert len(text["limits"]) == 2 and "in person" in text["limits"][0]
    assert text["signer"]["name"] == "Vega" and text["signed_at"].endswith("+00:00")
    case.refresh_from_db()
    referral = case.referrals.get()
    assert (case.status, referral.status) == (CaseStatus.DELIVERED, ReferralStatus.SIGNED)
    assert Reminder.objects.filter(case=case, rule="P14", recipient=ana).exists()
    assert AuditEvent.objects.filter(act="sign_opinion", case_reference=case.reference).count() == 1


def test_s06_the_signed_text_holds_nothing_that_is_for_staff_alone(vega, url, case):
    make_opinion(case)
    vega.post(url, {"edit": "0", "password": PASSWORD})
    said = json.dumps(OpinionVersion.objects.get().body)
    assert "MARKER" not in said and case.patient.email not in said


def test_the_signer_and_staff_read_what_was_signed_and_the_patient_beside_the_first(
    vega, url, case, tess, ana
):
    make_opinion(case)
    vega.post(url, {"edit": "0", "password": PASSWORD})
    signed = reverse("opinion:signed", args=[case.reference])
    assert "I would not operate now" in vega.get(signed).content.decode()
    assert vega.get(reverse("opinion:edit", args=[case.reference])).url == signed
    vega.force_login(tess)
    assert vega.get(signed).status_code == 200
    assert AuditEvent.objects.filter(act="open_opinion", person_id=tess.pk).count() == 1
    vega.force_login(ana)
    assert vega.get(signed).status_code == 404


def test_what_is_signed_is_no_draft_any_more(vega, url, case, lea):
    make_opinion(case)
    vega.post(url, {"edit": "0", "password": PASSWORD})
    draft = reverse("opinion:draft", args=[case.reference, case.referrals.get().key])
    assert vega.get(draft).status_code == 404
    vega.force_login(lea)
    assert vega.get(draft).status_code == 404


def test_a_wrong_password_signs_nothing(vega, url, case):
    make_opinion(case)
    answer = vega.post(url, {"edit": "0", "password": "wrong"})
    assert answer.status_code == 422
    assert "This is not your password" in answer.content.decode()
    assert not OpinionVersion.objects.exists()
    assert vega.post(url, {"edit": "0", "password": ""}).status_code == 422
    event = AuditEvent.objects.get(act="sign_in_failed")
    assert (event.case_reference, event.detail) == (case.reference, {"to": "sign"})


def test_guessing_the_password_is_stopped_even_when_it_is_right_at_last(vega, url, case):
    make_opinion(case)
    codes = [vega.post(url, {"edit": "0", "password": f"guess {n}"}).status_code for n in range(11)]
    assert codes == [422] * 10 + [429]
    assert vega.post(url, {"edit": "0", "password": PASSWORD}).status_code == 429
    assert not OpinionVersion.objects.exists()


@pytest.mark.parametrize(
    "lack", ["diagnosis_stance", "diagnosis", "plan_stance", "advice", "confidence", "safe_to_wait", "plain_words"]
)  # fmt: skip
def test_a_part_that_is_missing_is_named_and_nothing_is_signed(lack, vega, url, case, dr_vega):
    make_opinion(case, **{lack: ""})
    page = vega.get(url).content.decode()
    assert f"#div_id_{lack}" in page and 'name="password"' not in page
    assert vega.post(url, {"edit": "0", "password": PASSWORD}).status_code == 409
    assert not OpinionVersion.objects.exists()


def test_every_question_wants_its_answer(vega, url, case):
    make_opinion(case).answers.update(text=" ")
    assert "Answer one more question" in vega.get(url).content.decode()
    assert vega.post(url, {"edit": "0", "password": PASSWORD}).status_code == 409


def test_r40_a_text_is_not_signed_unseen_whose_record_was_removed_since(vega, url, case, dr_vega, sam):
    record = make_record(case, name="fax.pdf", way_in="fax", by=sam)
    record.pages.create(number=1, width=640, height=480)
    pins.pin(record=record, region=[0, 0, 500, 500], by=dr_vega, now=real_now(), page=1)
    make_opinion(case, advice="Wait, as [1] shows.")
    read = re.search(r'name="pins" value="(.*?)"', vega.get(url).content.decode())[1]
    records.remove(record=record, by=sam, now=real_now())
    answer = vega.post(url, {"edit": "0", "pins": read, "password": PASSWORD})
    assert answer.status_code == 409 and "a record that it quotes was removed" in answer.content.decode()
    assert not OpinionVersion.objects.exists()
    read = re.search(r'name="pins"(?: value="(.*?)")?', answer.content.decode())[1] or ""
    assert vega.post(url, {"edit": "0", "pins": read, "password": PASSWORD}).status_code == 302


def test_a_text_that_was_saved_since_it_was_read_is_not_signed_unseen(vega, url, case):
    opinion = make_opinion(case)
    Opinion.objects.filter(pk=opinion.pk).update(edit=1, advice="Changed elsewhere")
    answer = vega.post(url, {"edit": "0", "password": PASSWORD})
    assert answer.status_code == 409
    assert "Changed elsewhere" in answer.content.decode()
    assert not OpinionVersion.objects.exists()


def test_an_open_question_comes_before_the_signature(vega, url, case, dr_vega):
    make_opinion(case)
    referral = case.referrals.get()
    take(CASE, "clarify", case, by=dr_vega, now=real_now())
    take(REFERRAL, "pause", referral, by=dr_vega, now=real_now())
    make_info_request(case, by=dr_vega, now=real_now(), of=AskedOf.PATIENT, referral=referral)
    assert 'name="password"' not in vega.get(url).content.decode()
    assert vega.post(url, {"edit": "0", "password": PASSWORD}).status_code == 409
    assert not OpinionVersion.objects.exists()


def test_signing_twice_makes_one_version(vega, url, case):
    make_opinion(case)
    first, second = (vega.post(url, {"edit": "0", "password": PASSWORD}) for _n in range(2))
    assert first.url == second.url
    assert OpinionVersion.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_r40_two_signatures_at_once_make_one_version(case, dr_vega):
    make_opinion(case)
    referral = case.referrals.get()

    def sign(_n):
        try:
            fresh = type(referral).objects.get(pk=referral.pk)
            return actions.sign(referral=fresh, by=dr_vega, now=real_now(), edit=0).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(sign, range(3)))) == 1
    assert OpinionVersion.objects.count() == 1
    assert case.status_changes.filter(act="deliver").count() == 1


def test_what_is_signed_does_not_change(vega, url, case, dr_vega):
    opinion = make_opinion(case)
    vega.post(url, {"edit": "0", "password": PASSWORD})
    version = OpinionVersion.objects.get()
    for change in (
        lambda: OpinionVersion.objects.filter(pk=version.pk).update(sha256="0" * 64),
        lambda: version.delete(),
        lambda: Opinion.objects.filter(pk=opinion.pk).update(advice="Other"),
        lambda: Opinion.objects.filter(pk=opinion.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(StepNotPossible, match="signed"):
        actions.save(
            referral=case.referrals.get(), by=dr_vega, now=real_now(), edit=0, texts={"advice": "Other"}, answers={}
        )  # fmt: skip


def test_a_failing_step_leaves_no_signature(case, dr_vega, monkeypatch):
    make_opinion(case)
    monkeypatch.setattr(actions, "take", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        actions.sign(referral=case.referrals.get(), by=dr_vega, now=real_now(), edit=0)
    assert not OpinionVersion.objects.exists()
    assert Opinion.objects.get(case=case).status == "drafting"


def test_the_hash_is_of_sorted_keys_in_utf8():
    assert body.canonical({"b": "é", "a": [1]}) == '{"a":[1],"b":"é"}'.encode()
