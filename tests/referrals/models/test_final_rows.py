"""Rows that are written once: neither the program nor SQL by hand alters or removes them."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from referrals.models import AuditEvent, Decision, Erasure, Opinion, OpinionVersion, StatusChange
from tests.build import NOW, make_case, make_opinion

FINAL = {
    AuditEvent: "request_id = 'x'",
    StatusChange: "note = 'x'",
    Erasure: "note = 'x'",
    Decision: "note = 'x'",
    OpinionVersion: "sha256 = 'x'",
    Opinion: "advice = 'x'",
}


@pytest.fixture
def delivered(ana, tess, dr_vega):
    case = make_case(ana, "delivered", staff=tess, specialist=dr_vega)
    Erasure.objects.create(
        case=case, record_key=uuid.uuid4(), size=1, added_at=NOW, record_class="clinical", reason="time_over",
        at=NOW,
    )  # fmt: skip
    Decision.objects.create(case=case, choice="stay", by=ana, at=NOW)
    return case


def everything(model):
    return list(model.objects.order_by("pk").values())


@pytest.mark.parametrize("model", list(FINAL))
def test_s22_no_sql_alters_or_removes(model, delivered):
    before = everything(model)
    assert before
    table = connection.ops.quote_name(model._meta.db_table)
    for statement in (f"UPDATE {table} SET {FINAL[model]}", f"DELETE FROM {table}"):
        with (
            pytest.raises(DatabaseError, match="Cannot"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    assert everything(model) == before


@pytest.mark.parametrize("model", list(FINAL))
def test_nor_does_the_program(model, delivered):
    before = everything(model)
    row = model.objects.order_by("pk").last()
    for act in (row.save, row.delete, lambda: model.objects.filter(pk=row.pk)._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert everything(model) == before


def test_a_draft_of_an_opinion_is_still_written(ana, tess, dr_vega):
    opinion = make_opinion(make_case(ana, "in_review", staff=tess, specialist=dr_vega))
    assert Opinion.objects.filter(pk=opinion.pk).update(advice="Wait.") == 1


def test_signed_once_it_stays_signed(delivered):
    with pytest.raises(DatabaseError), transaction.atomic():
        Opinion.objects.update(status="drafting")
