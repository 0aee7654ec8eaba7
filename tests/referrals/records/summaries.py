"""Health summaries as hospital portals export them, made here: C-CDA documents and FHIR bundles, good and hostile."""

import base64
import json

from tests.referrals.records import samples

SECTION = "<component><section><title>{title}</title><text>{text}</text>{more}</section></component>"
TABLE = (
    "<table><caption>Since spring</caption><thead><tr><th>Medicine</th><th>Dose</th></tr></thead><tbody>"
    "<tr><td><content ID='m1'>Ramipril</content></td><td>5 mg<br/>in the morning</td></tr>"
    "<tr><td colspan='2'>رامبريل</td></tr></tbody></table>"
)
LIST = "<list><caption>Known</caption><item>Penicillin: hives</item><item>Latex</item></list>"
ENTRY = '<entry><observation><value displayName="Slipped disc"/></observation></entry>'
INNER = "<component><section><title>Plan</title><text><paragraph>Exercise.</paragraph></text></section></component>"


def ccda(*, sections=None, dtd="", title="Discharge summary", body=None, family="Ashgrove"):
    if body is None:
        sections = sections or (
            SECTION.format(title="Medicines", text=f"Taken now:{TABLE}Nothing else.", more=""),
            SECTION.format(title="Allergies", text=LIST, more=""),
            SECTION.format(title="Problems", text="", more=ENTRY + INNER),
        )
        body = f"<component><structuredBody>{''.join(sections)}</structuredBody></component>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{dtd}'
        '<?xml-stylesheet type="text/xsl" href="http://127.0.0.1:9/cda.xsl"?>'
        '<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc">'
        f'<title>{title}</title><effectiveTime value="20261106154100-0600"/>'
        "<recordTarget><patientRole><patient><name use='L'><given>Juniper</given>"
        f"<family>{family}</family></name><administrativeGenderCode code='F'/><birthTime value='19680314'/>"
        "</patient></patientRole></recordTarget>"
        "<author><assignedAuthor><assignedPerson><name><given>Ann</given><family>Hale</family></name></assignedPerson>"
        "<representedOrganization><name>Millpond Clinic</name></representedOrganization></assignedAuthor></author>"
        f"{body}</ClinicalDocument>"
    ).encode()


def enclosing(inside, *, media="application/pdf"):
    packed = base64.b64encode(inside).decode()
    text = f'<text mediaType="{media}" representation="B64">{packed}</text>'
    return ccda(body=f"<component><nonXMLBody>{text}</nonXMLBody></component>")


def bundle(*resources, kind="collection", **more):
    entries = [{"fullUrl": f"urn:uuid:{n}", "resource": each} for n, each in enumerate(resources)]
    return json.dumps({"type": kind, "entry": entries, "resourceType": "Bundle", **more}).encode()


PATIENT = {
    "resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1968-03-14",
    "name": [{"use": "nickname", "given": ["Juni"]}, {"use": "official", "given": ["Juniper"], "family": "Ashgrove"}],
}  # fmt: skip
CONDITION = {
    "resourceType": "Condition", "id": "c", "code": {"text": "Slipped disc", "coding": [{"code": "M51"}]},
    "onsetDateTime": "2025-11", "clinicalStatus": {"coding": [{"code": "active"}]},
}  # fmt: skip
MEDICINE = {
    "resourceType": "MedicationStatement", "id": "m", "status": "active",
    "medicationReference": {"reference": "#med"}, "effectiveDateTime": "2026-03-02",
    "contained": [{"resourceType": "Medication", "id": "med", "code": {"coding": [{"display": "Ramipril 5 mg"}]}}],
    "dosage": [{"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}], "route": {"text": "by mouth"}}],
}  # fmt: skip
PRESSURE = {
    "resourceType": "Observation", "id": "o", "code": {"coding": [{"display": "Blood pressure"}]},
    "effectiveDateTime": "2026-11-03T08:00:00Z",
    "component": [
        {"code": {"text": "Systolic"}, "valueQuantity": {"value": 132, "unit": "mmHg"}},
        {"code": {"text": "Diastolic"}, "valueQuantity": {"value": 84.5, "unit": "mmHg"}},
    ],
}  # fmt: skip


def document(body=None, **fields):
    packed = base64.b64encode(body or samples.pdf()).decode()
    return {
        "resourceType": "DocumentReference", "id": "d", "date": "2026-10-21T10:00:00Z",
        "type": {"text": "X-ray report"},
        "content": [{"attachment": {"contentType": "application/pdf", "title": "X-ray, bending", "data": packed}}],
        **fields,
    }  # fmt: skip
