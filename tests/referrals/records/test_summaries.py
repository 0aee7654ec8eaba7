"""What C-CDA and FHIR exports say, read from the bytes alone. (How they come in is in test_checking.)"""

import io
import json
import re
import socket
import zipfile
from itertools import pairwise

import pytest
from django.urls import reverse

from referrals.records.decoder import Refused, ccda, fhir, health
from tests.referrals.records import samples, summaries


def read(body, reader=ccda):
    made = reader.read(io.BytesIO(body))
    return made.facts()["summary"], made


def blocks(summary, title):
    return next(each["blocks"] for each in summary["sections"] if each["title"] == title)


# --- C-CDA --------------------------------------------------------------------------------------------


def test_ccda_tells_who_what_and_when():
    summary, made = read(summaries.ccda())
    assert summary["title"] == "Discharge summary"
    assert summary["author"] == "Ann Hale, Millpond Clinic"
    assert summary["patient"] == {"name": "Juniper Ashgrove", "born_on": "1968-03-14", "sex": "female"}
    assert made.facts()["dated_on"] == "2026-11-06"


def test_ccda_keeps_paragraphs_lists_and_tables_in_their_order():
    summary, made = read(summaries.ccda())
    assert blocks(summary, "Medicines") == [
        {"text": "Taken now:"},
        {
            "head": ["Medicine", "Dose"],
            "rows": [["Ramipril", "5 mg\nin the morning"], ["رامبريل", ""]],
            "caption": "Since spring",
        },
        {"text": "Nothing else."},
    ]
    assert blocks(summary, "Allergies") == [{"heading": "Known"}, {"items": ["Penicillin: hives", "Latex"]}]
    assert "Penicillin: hives" in made.facts()["text"]


def test_ccda_section_without_narrative_names_its_entries():
    summary, _made = read(summaries.ccda())
    assert blocks(summary, "Problems") == [{"items": ["Slipped disc"]}]
    assert [each["level"] for each in summary["sections"]] == [1, 1, 1, 2]


def test_ccda_hands_out_what_it_encloses():
    pdf = samples.pdf(2)
    summary, made = read(summaries.enclosing(pdf))
    assert made.members == [("Discharge summary-1.pdf", pdf)]
    assert summary["documents"][0]["name"] == "Discharge summary-1.pdf"


def test_ccda_encloses_nothing_of_a_kind_we_do_not_take():
    summary, made = read(summaries.enclosing(b"MZ", media="application/x-msdownload"))
    assert made.members == []
    assert summary["left_out"] == [{"what": "documents", "count": 1}]
    assert summary["documents"][0]["name"] == ""


ENTITIES = {
    "file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "address": '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]>',
    "parameter": '<!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:9/">%e;]>',
    "laughs": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY e "&b;&b;&b;&b;">]>',
    "table of types": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
}


@pytest.mark.parametrize("dtd", ENTITIES.values(), ids=ENTITIES)
def test_f34_ccda_opens_no_entity_and_calls_nobody(dtd):
    use = "" if "parameter" in dtd or 'SYSTEM "http://127.0.0.1:9/x.dtd' in dtd else "&e;"
    text = summaries.SECTION.format(title="Notes", text=use or "-", more="")
    with pytest.raises(Refused):
        read(summaries.ccda(dtd=dtd, sections=[text]))


BROKEN = {
    "cut off": summaries.ccda()[:-200],
    "another root": b'<Bundle xmlns="http://hl7.org/fhir"/>',
    "nothing inside": summaries.ccda(body="<component><structuredBody/></component>"),
    "too deep": summaries.ccda(sections=["<component><section><text>" + "<content>" * 200 + "x" + "</content>" * 200
                                         + "</text></section></component>"]),
}  # fmt: skip


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_broken_ccda_is_refused(body):
    with pytest.raises(Refused):
        read(body)


def test_f30_a_table_without_end_is_cut_and_said_so():
    row = "<tr><td>1</td></tr>"
    text = f"<table><tbody>{row * (health.MOST_ROWS + 50)}</tbody></table>"
    summary, _made = read(
        summaries.ccda(sections=[summaries.SECTION.format(title="Labs", text=text, more="")])
    )
    assert len(blocks(summary, "Labs")[0]["rows"]) == health.MOST_ROWS
    assert {"what": "rows", "count": 50} in summary["left_out"]


SPANS = (
    "<table><thead><tr><th>Test</th><th>Day</th><th>Value</th></tr></thead><tbody>"
    "<tr><td rowspan='2'>Creatinine</td><td>Monday</td><td>0.9</td></tr><tr><td>Tuesday</td><td>1.4</td></tr>"
    "<tr><td>Sodium</td><td colspan='2'>not done</td></tr></tbody></table>"
)
LAID = [["Creatinine", "Monday", "0.9"], ["", "Tuesday", "1.4"], ["Sodium", "not done", ""]]


def test_ccda_values_stay_under_their_columns_below_a_tall_cell():
    summary, _made = read(
        summaries.ccda(sections=[summaries.SECTION.format(title="Labs", text=SPANS, more="")])
    )
    assert blocks(summary, "Labs")[0]["rows"] == LAID


def test_fhir_narrative_keeps_columns_too():
    section = {"title": "Labs", "text": {"div": f"<div>{SPANS}</div>"}}
    composition = {"resourceType": "Composition", "title": "x", "section": [section]}
    assert blocks(read(summaries.bundle(composition), fhir)[0], "Labs")[0]["rows"] == LAID


@pytest.mark.parametrize(
    ("rows", "laid"),
    [
        ([[("a", 1, 1), ("b", 1, 2)], [("c", 1, 1)]], [["a", "b"], ["c", ""]]),
        ([[("a", 1, 1), ("b", 1, 2)], []], [["a", "b"], ["", ""]]),
        ([[("a", 2, 2)], [("b", 1, 1)], [("c", 1, 1)]], [["a", ""], ["", "", "b"], ["c"]]),
        ([[("x", 1, 1)] * 10_000], [["x"] * health.MOST_CELLS]),
    ],
)
def test_spans_are_laid_out(rows, laid):
    assert health.grid(rows) == laid


# --- FHIR ---------------------------------------------------------------------------------------------


def test_fhir_bundle_is_told_by_kind():
    body = summaries.bundle(summaries.PATIENT, summaries.PRESSURE, summaries.CONDITION, summaries.MEDICINE)
    summary, made = read(body, fhir)
    assert summary["patient"] == {"name": "Juniper Ashgrove", "born_on": "1968-03-14", "sex": "female"}
    assert blocks(summary, "@Condition")[0]["rows"] == [["Slipped disc", "2025-11", "active"]]
    assert blocks(summary, "@MedicationStatement")[0]["rows"] == [
        ["Ramipril 5 mg", "1 tablet, by mouth", "2026-03-02", "active"]
    ]
    assert blocks(summary, "@Observation")[0]["rows"] == [
        ["2026-11-03", "Blood pressure", "Systolic: 132 mmHg\nDiastolic: 84.5 mmHg"]
    ]
    assert summary["made_on"] == "2026-11-03"


def test_fhir_document_is_told_in_the_order_of_its_composition():
    composition = {
        "resourceType": "Composition", "title": "Patient summary", "date": "2026-11-20",
        "author": [{"display": "Dr. Hale"}],
        "section": [
            {"title": "Problems", "entry": [{"reference": "urn:uuid:2"}]},
            {"title": "Story", "text": {"div": "<div><script>x()</script><p>Fell in <b>May</b>.</p>"
             "<ul><li>once</li></ul><table><tr><th>Day</th></tr><tr><td>Monday</td></tr></table></div>"}},
        ],
    }  # fmt: skip
    body = summaries.bundle(composition, summaries.PATIENT, summaries.CONDITION, kind="document")
    summary, _made = read(body, fhir)
    assert (summary["title"], summary["author"], summary["made_on"]) == (
        "Patient summary",
        "Dr. Hale",
        "2026-11-20",
    )
    assert [each["title"] for each in summary["sections"]] == ["Problems", "Story"]
    assert blocks(summary, "Story") == [
        {"text": "Fell in May."},
        {"items": ["once"]},
        {"head": ["Day"], "rows": [["Monday"]], "caption": ""},
    ]


def test_fhir_hands_out_its_documents_once():
    pdf = samples.pdf()
    report = {
        "resourceType": "DiagnosticReport", "code": {"text": "MRI"},
        "presentedForm": [{"contentType": "application/pdf", "url": "Binary/b"}],
    }  # fmt: skip
    binary = json.loads(json.dumps(summaries.document(pdf)["content"][0]["attachment"]))
    binary = {"resourceType": "Binary", "id": "b", "contentType": "application/pdf", "data": binary["data"]}
    elsewhere = summaries.document(
        content=[{"attachment": {"url": "https://else.example/1", "title": "Letter"}}]
    )
    summary, made = read(summaries.bundle(summaries.document(pdf), report, binary, elsewhere), fhir)
    assert [name for name, _body in made.members] == ["X-ray, bending-1.pdf", "MRI-2.pdf"]
    assert [each["name"] for each in summary["documents"]] == ["X-ray, bending-1.pdf", "", "MRI-2.pdf"]
    assert all(body == pdf for _name, body in made.members)


def test_fhir_lines_are_read_like_a_bundle():
    body = b"\n".join(json.dumps(each).encode() for each in (summaries.PATIENT, summaries.CONDITION))
    summary, _made = read(body, fhir)
    assert blocks(summary, "@Condition")


def test_fhir_kinds_without_a_table_are_counted():
    body = summaries.bundle(summaries.CONDITION, {"resourceType": "Flag", "id": "f"})
    assert read(body, fhir)[0]["left_out"] == [{"what": "Flag", "count": 1}]


def test_fhir_results_are_told_as_they_were_written():
    def lab(n, **fields):
        return {"resourceType": "Observation", "id": str(n), "code": {"text": f"Test {n}"}, **fields}

    body = summaries.bundle(
        lab(1, valueString="2026-01-02 the repeat scan shows growth"),
        lab(
            2, valueDateTime="2026-01-02T10:00:00Z", referenceRange=[{"high": {"value": 5, "unit": "ng/mL"}}]
        ),
        lab(3, referenceRange=[{"low": {"value": 60}}, {"low": {"value": 1}, "high": {"value": 2}}]),
    ).replace(b'"id": "3",', b'"id": "3", "valueQuantity": {"value": 7.0, "unit": "%"},')
    rows = blocks(read(body, fhir)[0], "@Observation")[0]["rows"]
    assert rows == [
        ["Test 1", "2026-01-02 the repeat scan shows growth", ""],
        ["Test 2", "2026-01-02", "≤ 5 ng/mL"],
        ["Test 3", "7.0 %", "≥ 60; 1 – 2"],
    ]


def test_fhir_says_when_it_was_before_when_it_was_written_down():
    period = {"start": "2026-03-01", "end": "2026-03-02"}
    found = {
        **summaries.PRESSURE,
        "effectiveDateTime": None,
        "effectivePeriod": period,
        "issued": "2026-03-09",
    }
    assert read(summaries.bundle(found), fhir)[0]["made_on"] == "2026-03-01"


def test_fhir_what_was_taken_back_is_no_fact_and_what_was_ruled_out_says_so():
    def allergy(name, code):
        return {"resourceType": "AllergyIntolerance", "code": {"text": name},
                "verificationStatus": {"coding": [{"code": code}]}}  # fmt: skip

    mistaken = {**summaries.PRESSURE, "status": "entered-in-error"}
    allergies = [
        allergy("Latex", "entered-in-error"),
        allergy("Penicillin", "refuted"),
        allergy("Nuts", "confirmed"),
    ]
    summary, _made = read(summaries.bundle(mistaken, *allergies), fhir)
    assert [each["title"] for each in summary["sections"]] == ["@AllergyIntolerance"]
    assert blocks(summary, "@AllergyIntolerance")[0]["rows"] == [["Penicillin", "refuted"], ["Nuts", ""]]
    assert summary["left_out"] == [{"what": "mistaken", "count": 2}]


STRANGE = {
    "a number beyond all measure": b'{"resourceType": "Condition", "x": 1e99999999999999999999}',
    "numbers": b"[1, 2]",
    "cut off": summaries.bundle(summaries.PATIENT)[:-4],
    "no resource": b'{"resourceType": 7}',
    "deep": b'{"a":' * 100_000,
    "bundles in bundles": (b'{"resourceType":"Bundle","entry":[{"resource":' * 300 + b"{}" + b"}]}" * 300),
    "odd types": summaries.bundle({"resourceType": "Patient", "name": "x", "birthDate": 7}),
    "not text": b"\xff\xfe{",
}


@pytest.mark.parametrize("body", STRANGE.values(), ids=STRANGE)
def test_strange_json_is_refused(body):
    with pytest.raises(Refused):
        read(body, fhir)


def test_fhir_with_odd_values_is_read_as_far_as_it_goes():
    odd = {"resourceType": "Observation", "code": "x", "valueQuantity": {"value": "12"}, "component": "no",
           "referenceRange": [None, {"low": 3}], "note": {"text": "n"}, "effectiveDateTime": {"a": 1}}  # fmt: skip
    summary, _made = read(
        summaries.bundle(odd, {**summaries.CONDITION, "code": [None, 3, {"coding": "q"}]}), fhir
    )
    assert blocks(summary, "@Observation")


def test_ccda_what_its_author_struck_out_is_not_told():
    text = "<paragraph>Take <content revised='delete'>50</content><content revised='insert'>5</content> mg</paragraph>"
    summary, _made = read(summaries.ccda(sections=[summaries.SECTION.format(title="T", text=text, more="")]))
    assert blocks(summary, "T") == [{"text": "Take 5 mg"}]
    assert summary["left_out"] == [{"what": "mistaken", "count": 1}]


def test_fhir_what_must_not_be_done_says_so():
    order = {"resourceType": "MedicationRequest", "status": "active", "doNotPerform": True,
             "medicationCodeableConcept": {"text": "Ibuprofen"}}  # fmt: skip
    summary, _made = read(summaries.bundle(order), fhir)
    assert blocks(summary, "@MedicationRequest")[0]["rows"] == [["Ibuprofen", "do not perform, active"]]


@pytest.mark.parametrize("taken_back", [{"status": "entered-in-error"}, {"docStatus": "entered-in-error"}])
def test_fhir_a_document_that_was_taken_back_is_not_handed_out(taken_back):
    binary = {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": "d3Jvbmc="}
    content = [{"attachment": {"contentType": "text/plain", "url": "Binary/b"}}]
    wrong = summaries.document(content=content, **taken_back)
    _summary, made = read(summaries.bundle(summaries.CONDITION, wrong, binary), fhir)
    assert made.members == []


# --- as files that come in ------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "name", "kind", "says"),
    [
        (summaries.ccda(), "summary.xml", "ccda", "Ramipril"),
        (summaries.bundle(summaries.PATIENT, summaries.CONDITION), "export.json", "fhir", "Problems and diagnoses"),
    ],
    ids=["ccda", "fhir"],
)  # fmt: skip
def test_a_summary_is_ready_and_reads_as_a_page(draft, kept, sign_in, body, name, kind, says):
    record = kept(draft, body, name)
    assert (record.status, record.refusal, record.kind) == ("ready", "", kind)
    page = sign_in(draft.patient).get(reverse("records:read", args=[draft.reference, record.key]))
    text = page.content.decode()
    assert says in text and "Juniper Ashgrove" in text and "14 March 1968" in text
    assert "@" not in re.sub(r"\S+@\S+", "", re.sub(r"<[^>]+>", "", text))
    levels = [int(level) for level in re.findall(r"<h(\d)", text)]
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


@pytest.mark.django_db
def test_each_part_of_a_summary_reads_as_words(draft, kept, sign_in):
    head_alone = "<table><thead><tr><th>Nothing was measured</th></tr></thead></table>"
    parts = summaries.TABLE + summaries.LIST + head_alone
    section = summaries.SECTION.format(title="Medicines", text=f"Taken now:{parts}Nothing else.", more="")
    record = kept(draft, summaries.ccda(sections=(section,)), "summary.xml")
    page = sign_in(draft.patient).get(reverse("records:read", args=[draft.reference, record.key]))
    text = page.content.decode()
    for words in (
        '<p dir="auto">Taken now:</p>',
        "<strong>Known</strong>",
        '<p dir="auto">Nothing else.</p>',
    ):
        assert words in text, words
    assert "Nothing was measured</th>" in text
    assert "&#x27;text&#x27;" not in text and "&#x27;heading&#x27;" not in text


@pytest.mark.django_db
def test_its_documents_become_records_beside_it(draft, kept, check):
    pdf = samples.pdf(2)
    record = kept(draft, summaries.bundle(summaries.CONDITION, summaries.document(pdf)), "export.json")
    letter = draft.records.exclude(pk=record.pk).get()
    assert (letter.name, letter.folder, letter.size) == ("X-ray, bending-1.pdf", "export.json", len(pdf))
    assert check(letter).status == "ready" and letter.page_count == 2
    again = kept(draft, summaries.bundle(summaries.PRESSURE, summaries.document(pdf)), "again.json")
    assert again.status == "ready" and draft.records.count() == 3  # the same letter, once


@pytest.mark.django_db
def test_a_summary_is_kept_where_there_is_no_room_for_what_is_in_it(draft, kept, settings):
    settings.MAX_CASE_FILES = 1
    record = kept(draft, summaries.enclosing(samples.pdf()), "summary.xml")
    assert record.status == "ready" and draft.records.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["notes.txt", "summary.pdf", "summary.dcm"])
def test_f27_a_summary_bears_the_name_of_one(draft, kept, name):
    assert kept(draft, summaries.ccda(), name).refusal == "name_lies"


@pytest.mark.django_db
def test_f34_entities_are_refused_and_nobody_is_called(draft, kept):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        port = listener.getsockname()[1]
        dtd = f'<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:{port}/">]>'
        body = summaries.ccda(dtd=dtd, sections=[summaries.SECTION.format(title="N", text="&e;", more="")])
        assert kept(draft, body, "summary.xml").refusal == "unreadable"
        with pytest.raises(TimeoutError):
            listener.accept()


@pytest.mark.django_db
def test_s19_markup_in_a_summary_is_text(draft, kept, sign_in):
    text = "&lt;script&gt;alert(1)&lt;/script&gt;"
    record = kept(
        draft,
        summaries.ccda(title=text, sections=[summaries.SECTION.format(title=text, text=text, more="")]),
        "s.xml",
    )
    page = sign_in(draft.patient).get(reverse("records:read", args=[draft.reference, record.key]))
    assert "<script>alert" not in page.content.decode()


@pytest.mark.django_db
def test_an_exchange_folder_gives_its_documents_and_leaves_its_viewer_out(draft, kept, check):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("IHE_XDM/ALICE/DOC0001.XML", summaries.ccda())
        for name in ("IHE_XDM/ALICE/METADATA.XML", "IHE_XDM/ALICE/STYLE.XSL", "INDEX.HTM", "README.TXT"):
            packed.writestr(name, "<?xml version='1.0'?><x/>")
    packed = kept(draft, out.getvalue(), "HealthSummary.zip")
    document = draft.records.exclude(pk=packed.pk).get()
    assert (document.name, document.folder) == ("DOC0001.XML", "HealthSummary.zip/IHE_XDM/ALICE")
    assert check(document).kind == "ccda"
