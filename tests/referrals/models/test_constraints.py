"""What the database refuses, constraint by constraint. A constraint without a row here fails."""

import datetime as dt
import uuid

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, UniqueConstraint

from referrals import models as m
from referrals.vocabulary import Role
from tests.build import (
    NOW,
    later,
    make_case,
    make_info_request,
    make_opinion,
    make_person,
    make_record,
    make_source,
)

HOUR = dt.timedelta(hours=1)


class Scene:
    """A reading case with one of everything."""

    def __init__(self, ana, tess, vega):
        self.ana, self.tess, self.vega = ana, tess, vega
        self.case = make_case(ana, "in_review", staff=tess, specialist=vega)
        self.referral = self.case.referrals.get()
        self.opinion = make_opinion(self.case)
        self.record = make_record(self.case)
        self.asked = make_info_request(self.case, by=tess)
        self.clinic = self.case.clinic
        m.HeldPlace.objects.create(case=self.case, where="Mill", held_on=NOW.date())
        m.RecordPage.objects.create(record=self.record, number=1, width=1, height=1)
        m.PagePicture.objects.create(
            page=self.record.pages.get(), scale="normal", key=uuid.uuid4(), width=1, height=1
        )
        series = m.Series.objects.create(record=self.record, uid="1.2")
        m.Instance.objects.create(
            series=series, key=uuid.uuid4(), uid="1.2.3", name="a", size=1, sha256="0" * 64,
            frame_count=1, frame_bytes=2,
        )  # fmt: skip
        m.LegalHold.objects.create(case=self.case, reason="x", placed_by=tess, placed_at=NOW)
        m.RetentionRule.objects.create(
            clinic=self.clinic, record_class="clinical", years=7, minors_until=23, basis="NRS 629.051"
        )
        m.FlagAnswer.objects.create(record=self.record, flag="other_name", by=ana, at=NOW)
        m.Upload.objects.create(
            case=self.case, by=ana, name="a", size=2, file_key=uuid.uuid4(), started_at=NOW, touched_at=NOW,
            expires_at=later(days=1),
        )  # fmt: skip
        m.Citation.objects.create(
            case=self.case, by=vega, number=1, record=self.record, page=1, x=0, y=0, width=9, height=9, made_at=NOW
        )  # fmt: skip
        m.UploadLink.objects.create(
            case=self.case,
            label="Mill",
            token_hash="0" * 64,
            made_by=ana,
            made_at=NOW,
            expires_at=later(days=1),
        )
        pack = m.CarryPack.objects.create(case=self.case, by=ana, asked_at=NOW, expires_at=later(days=7))
        m.PackedRecord.objects.create(pack=pack, record=self.record, number=1)
        m.RecordReading.objects.create(record=self.record, person=vega, first_at=NOW, last_at=NOW)
        m.ReminderPreference.objects.create(person=ana, rule="P1")
        m.OutgoingMail.objects.create(to="a@b.example", subject="x", text="x", due_at=NOW)
        m.AvoidedName.objects.create(case=self.case, name="Hale")
        source = make_source(self.case, status="requested", requested_on=NOW.date())
        m.SourceContact.objects.create(source=source, at=NOW, by=tess, kind="note", text="x")
        signed = m.Authorisation.objects.create(
            source=source,
            text="x",
            sha256="0" * 64,
            signed_by=ana,
            signed_name="Ana",
            signed_at=NOW,
            days_after_delivery=90,
        )
        m.AuthorisationPart.objects.create(authorisation=signed, element="purpose", text="x")
        m.Letter.objects.create(case=self.case, source=source, kind="request", content={}, written_at=NOW)
        m.GoWithout.objects.create(case=self.case, types=["lab"], text="x", asked_by=tess, asked_at=NOW)
        m.Specimen.objects.create(case=self.case, kind="slides", label="x", moved_at=NOW, added_by=tess)
        m.OpinionVersion.objects.create(
            opinion=self.opinion, body={}, sha256="0" * 64, signed_by=vega, signed_at=NOW
        )

    def set(self, model, **values):
        row = model.objects.order_by("pk").last()
        model.objects.filter(pk=row.pk).update(**values)

    def again(self, model, **values):
        """A second row like the first."""
        row = model.objects.order_by("pk").first()
        row.pk = None
        row._state.adding = True
        for field in model._meta.concrete_fields:
            if field.name in ("key", "file_key") and field.unique:
                setattr(row, field.name, uuid.uuid4())
        for name, value in values.items():
            setattr(row, name, value)
        row.save(force_insert=True)

    def person(self, email):
        m.Person.objects.create(email=email)

    def invitation(self, **values):
        fields = {
            "clinic": self.clinic, "email": "neu@b.example", "role": Role.COORDINATOR, "token_hash": "x",
            "invited_at": NOW, "expires_at": later(days=1), **values,
        }  # fmt: skip
        m.Invitation.objects.create(**fields)


REFUSED = {
    "authorisation_ended_has_its_moment": lambda s: s.set(m.Authorisation, status="revoked"),
    "authorisation_ends_by_a_day_or_an_event": lambda s: s.set(m.Authorisation, expires_on=NOW.date()),
    "authorisation_is_signed": lambda s: s.again(
        m.Authorisation, status="revoked", ended_at=NOW, signed_name=""
    ),
    "authorisation_one_that_holds": lambda s: s.again(m.Authorisation),
    "authorisation_part_once": lambda s: s.again(m.AuthorisationPart),
    "authorisation_part_says_something": lambda s: s.again(m.AuthorisationPart, element="expiry", text=""),
    "contact_says_something": lambda s: s.set(m.SourceContact, text=""),
    "go_without_answered_has_its_moment": lambda s: s.set(m.GoWithout, status="yes"),
    "go_without_names_something": lambda s: s.set(m.GoWithout, types=[]),
    "go_without_one_open_per_case": lambda s: s.again(m.GoWithout),
    "pack_one_is_made_at_a_time": lambda s: s.again(m.CarryPack),
    "pack_ready_has_its_file": lambda s: s.set(m.CarryPack, status="ready"),
    "packed_in_an_order": lambda s: s.again(m.PackedRecord, record=make_record(s.case, name="other.pdf")),
    "packed_once": lambda s: s.again(m.PackedRecord, number=2),
    "letter_ready_has_its_file": lambda s: s.set(m.Letter, status="ready"),
    "source_asked_has_its_dates": lambda s: s.set(m.RecordSource, due_on=None),
    "source_due_after_it_was_asked": lambda s: s.set(m.RecordSource, due_on=NOW.date()),
    "source_extended_once_with_reason": lambda s: s.set(
        m.RecordSource, extra_days=31, extension_reason="x", extended_on=NOW.date()
    ),
    "source_given_up_with_reason": lambda s: s.set(m.RecordSource, status="waived", why=""),
    "source_has_a_name": lambda s: s.set(m.RecordSource, name=""),
    "source_holds_something": lambda s: s.set(m.RecordSource, types=[]),
    "source_status_known": lambda s: s.set(m.RecordSource, status="lost"),
    "specimen_has_a_label": lambda s: s.set(m.Specimen, label=""),
    "specimen_is_something": lambda s: s.set(m.Specimen, count=0),
    "specimen_status_known": lambda s: s.set(m.Specimen, status="eaten"),
    "answer_once": lambda s: s.again(m.OpinionAnswer),
    "avoided_name_once": lambda s: s.again(m.AvoidedName),
    "case_accepted_after_it_was_sent": lambda s: s.set(m.Case, accepted_at=NOW - HOUR),
    "case_accepted_has_urgency": lambda s: s.set(m.Case, urgency_set_at=None),
    "case_delivered_has_its_moment": lambda s: s.set(m.Case, status="delivered"),
    "case_of_a_child_has_authority": lambda s: s.set(m.Case, subject="child"),
    "case_sent_has_its_moment": lambda s: s.set(m.Case, submitted_at=None),
    "case_sent_with_consent": lambda s: s.set(m.Case, consented_at=None),
    "case_status_known": lambda s: s.set(m.Case, status="lost"),
    "checklist_item_once": lambda s: s.again(m.ChecklistItem),
    "checklist_waived_with_reason": lambda s: s.set(m.ChecklistItem, state="waived", note=""),
    "clinic_closes_after_opening": lambda s: s.set(m.Clinic, closes_at=dt.time(9), opens_at=dt.time(9)),
    "clinic_has_working_days": lambda s: s.set(m.Clinic, working_days=[]),
    "clinic_works_on_days_there_are": lambda s: s.set(m.Clinic, working_days=[0, 7]),
    "first_opinion_advice_known": lambda s: s.set(m.FirstOpinion, advice="pray"),
    "held_place_cancelled_before_it_is": lambda s: s.set(m.HeldPlace, cancel_by_on=later(days=1).date()),
    "info_item_done_has_its_moment": lambda s: s.set(m.InfoItem, status="answered"),
    "info_item_position_once": lambda s: s.again(m.InfoItem),
    "info_item_says_something": lambda s: s.set(m.InfoItem, text=""),
    "info_request_answered_has_its_moment": lambda s: s.set(m.InfoRequest, status="answered"),
    "info_request_one_open_per_case": lambda s: s.again(m.InfoRequest),
    "invitation_email_lower": lambda s: s.invitation(email="Neu@b.example"),
    "invitation_expires_after_it_was_sent": lambda s: s.invitation(expires_at=NOW),
    "invitation_of_a_specialist_names_the_field": lambda s: s.invitation(role=Role.SPECIALIST),
    "invitation_role_known": lambda s: s.invitation(role="king"),
    "mail_sent_is_emptied": lambda s: s.set(m.OutgoingMail, status="sent", sent_at=NOW),
    "membership_once_while_current": lambda s: s.again(m.Membership),
    "membership_role_known": lambda s: s.set(m.Membership, role="king"),
    "opinion_signed_is_whole": lambda s: s.set(m.Opinion, status="signed", advice=""),
    "opinion_version_once": lambda s: s.again(m.OpinionVersion),
    "page_has_a_size": lambda s: s.set(m.RecordPage, width=0),
    "page_number_once": lambda s: s.again(m.RecordPage),
    "pin_lies_on_the_page": lambda s: s.set(m.Citation, x=995),
    "pin_number_once": lambda s: s.again(m.Citation),
    "pin_on_a_page_or_a_frame": lambda s: s.set(m.Citation, frame=1),
    "picture_has_a_size": lambda s: s.set(m.PagePicture, width=0),
    "picture_once_a_scale": lambda s: s.again(m.PagePicture),
    "series_once_a_study": lambda s: s.again(m.Series),
    "instance_once_a_series": lambda s: s.again(m.Instance, sha256="1" * 64),
    "instance_bytes_once_a_series": lambda s: s.again(m.Instance, uid="1.2.4"),
    "flag_answered_once": lambda s: s.again(m.FlagAnswer),
    "instance_frames_have_a_size": lambda s: s.set(m.Instance, frame_bytes=0),
    "erasure_has_an_author": lambda s: m.Erasure.objects.create(
        case=s.case,
        record_key=uuid.uuid4(),
        size=1,
        added_at=NOW,
        record_class="clinical",
        reason="asked",
        at=NOW,
    ),
    "legal_hold_has_a_reason": lambda s: s.set(m.LegalHold, reason=""),
    "legal_hold_lifted_by_somebody": lambda s: s.set(m.LegalHold, lifted_at=NOW),
    "legal_hold_one_at_a_time": lambda s: s.again(m.LegalHold),
    "retention_age_is_grown_up": lambda s: s.set(m.RetentionRule, minors_until=17),
    "retention_rule_names_its_law": lambda s: s.set(m.RetentionRule, basis=""),
    "retention_rule_once": lambda s: s.again(m.RetentionRule),
    "upload_has_one_sender": lambda s: s.set(m.Upload, by=None),
    "upload_link_expires_after_it_was_made": lambda s: s.set(m.UploadLink, expires_at=NOW),
    "upload_link_says_for_whom": lambda s: s.set(m.UploadLink, label=""),
    "upload_is_not_empty": lambda s: s.set(m.Upload, size=0),
    "upload_within_its_size": lambda s: s.set(m.Upload, offset=3),
    "upload_done_is_whole": lambda s: s.set(m.Upload, status="done"),
    "record_one_per_study": lambda s: [
        s.again(m.Record, sha256=sum * 64, study_uid="1.2") for sum in ("1", "2")
    ],
    "record_ready_has_its_sum": lambda s: s.set(
        m.Record, status="ready", kind="pdf", checked_at=NOW, sha256=""
    ),
    "person_email_lower": lambda s: s.person("Nora@b.example"),
    "person_email_once": lambda s: s.person(s.ana.email),
    "question_position_once": lambda s: s.again(m.CaseQuestion),
    "question_says_something": lambda s: s.set(m.CaseQuestion, text=""),
    "reading_once": lambda s: s.again(m.RecordReading),
    "record_is_not_empty": lambda s: s.set(m.Record, size=0),
    "record_once_per_case": lambda s: s.again(m.Record),
    "record_ready_is_known": lambda s: s.set(m.Record, kind=""),
    "record_refused_with_reason": lambda s: s.set(m.Record, status="refused"),
    "record_status_known": lambda s: s.set(m.Record, status="eaten"),
    "referral_declined_with_reason": lambda s: s.set(m.Referral, status="declined"),
    "referral_offer_runs_out": lambda s: s.set(m.Referral, status="offered", expires_at=NOW),
    "referral_one_live_per_case": lambda s: s.again(m.Referral, status="offered"),
    "referral_read_after_declaration": lambda s: s.set(m.Referral, no_conflict_declared_at=None),
    "referral_status_known": lambda s: s.set(m.Referral, status="lost"),
    "reminder_dropped_with_reason": lambda s: s.set(m.Reminder, status="dropped", why_dropped=""),
    "reminder_once": lambda s: s.again(m.Reminder),
    "reminder_preference_once": lambda s: s.again(m.ReminderPreference),
    "reminder_sent_has_its_moment": lambda s: s.set(m.Reminder, status="sent", sent_at=None),
    "reminder_status_known": lambda s: s.set(m.Reminder, status="lost"),
}


# The same, kept twice: whichever index the database asks first answers.
SAID = {"person_email_once": "person_email_once|referrals_person_email"}


def our_constraints():
    return {
        constraint.name
        for model in apps.get_app_config("referrals").get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
    }


def test_every_constraint_has_its_refusal_here():
    assert set(REFUSED) == our_constraints()


@pytest.fixture
def scene(ana, tess, dr_vega):
    return Scene(ana, tess, dr_vega)


def test_the_database_refuses_each(scene):
    """One scene for all: each refusal is rolled back to it."""
    for name, break_it in REFUSED.items():
        with pytest.raises(IntegrityError, match=SAID.get(name, name)), transaction.atomic():
            break_it(scene)


def test_a_refused_file_may_come_again_and_a_good_one_not(scene):
    make_record(scene.case, name="a", body=b"x", status="refused", refusal="kind")
    make_record(scene.case, name="b", body=b"x")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_record(scene.case, name="c", body=b"x")


def test_an_ended_role_may_begin_again(clinic):
    person = make_person("again", Role.LEAD)
    person.memberships.update(ended_at=NOW)
    person.memberships.create(clinic=clinic, role=Role.LEAD)
    assert person.memberships.current().count() == 1


def test_references_are_easy_to_say_and_not_to_guess():
    from referrals.models.case import REFERENCE_LETTERS, new_reference

    made = {new_reference() for _n in range(500)}
    assert len(made) == 500
    for reference in made:
        assert len(reference) == 12 and reference[:3] == "SO-" and reference[7] == "-"
        assert set(reference[3:].replace("-", "")) <= set(REFERENCE_LETTERS)
