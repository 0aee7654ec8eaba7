"""FHIR R4 in JSON: a bundle, one resource, or lines of them (bulk data), as hospital portals export it.

Read tolerantly, by looking: what a resource says in words is taken (`text` of codes before their names before
the codes themselves), what is missing is left empty, kinds we have no table for are counted. A document bundle
(International Patient Summary) is told in the order of its Composition.
"""

import json
import re
from decimal import Decimal

from referrals.records.decoder import Refused, fhir_narrative, health
from referrals.records.decoder.fhir_tables import TABLES, TITLES
from referrals.records.decoder.fhir_words import date_of, day, is_mistaken, name_of, person, words

MOST_RESOURCES = 20_000
DEEPEST = 60
DOCUMENTS = ("DocumentReference", "DiagnosticReport", "Media", "Binary")
QUIET = frozenset(("Patient", "Composition", "Organization", "Practitioner", "PractitionerRole", "Location",
                   "Provenance", "Bundle", "Device", "Medication", "OperationOutcome", *DOCUMENTS))  # fmt: skip
REFERENCE = re.compile(r"(?:.*/)?([A-Za-z]+/[A-Za-z0-9.\-]{1,64})(?:/_history/.*)?")


def read(file):
    """The `Summary` of all resources in the file. Nothing outside the file is looked at."""
    everything = list(_resources(health.body_of(file)))
    resources = [each for each in everything if not is_mistaken(each)]
    mistaken = [each for each in everything if is_mistaken(each)]
    index = _index(resources)
    kinds = {}
    for resource in resources:
        kinds.setdefault(resource["resourceType"], []).append(resource)
    made = health.Summary(patient=_patient(kinds.get("Patient", [])))
    compositions = kinds.get("Composition", [])
    told = _composition(made, compositions[0], index) if compositions else set()
    _tables(made, kinds, index, told)
    _documents(made, kinds, index, mistaken)
    made.title = made.title or (compositions and words(compositions[0].get("type"))) or _only(resources)
    made.made_on = made.made_on or max((found for each in resources if (found := date_of(each))), default="")
    for kind, found in kinds.items():
        if kind not in TABLES and kind not in QUIET:
            made.missed[kind] += len(found)
    made.missed["mistaken"] += len(mistaken)
    return made


def carried(file, _password=None):
    """The bytes of everything that is packed in it, also of what is not shown."""
    left = _roots(health.body_of(file))
    while left:
        each = left.pop()
        if isinstance(each, dict):
            yield _bytes(each.get("data"))
        left += each.values() if isinstance(each, dict) else _list(each)


# --- finding the resources ----------------------------------------------------------------------------


def _resources(body):
    count = 0
    for root in _roots(body):
        for resource in _inside(root):
            count += 1
            if count > MOST_RESOURCES:
                raise Refused("summary_too_large")
            yield resource
    if not count:
        raise Refused("not_taken")


def _roots(body):
    """The JSON objects of the file: one, or one a line."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("unreadable") from None
    try:
        return [_json(text)]
    except ValueError:
        lines = [each for each in text.splitlines() if each.strip()]
        try:
            return [_json(each) for each in lines] if len(lines) > 1 else _unreadable()
        except ValueError:
            _unreadable()
    except RecursionError:
        _unreadable()


def _json(text):
    try:
        found = json.loads(text, parse_float=Decimal)  # a result of 7.0 is not one of 7
    except ArithmeticError:
        raise ValueError("a number beyond all measure") from None
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _unreadable():
    raise Refused("unreadable")


def _inside(root, depth=0, address=""):
    """A resource and those it holds: of bundles, and contained ones."""
    if not isinstance(root, dict) or not isinstance(root.get("resourceType"), str) or depth > DEEPEST:
        return
    if root["resourceType"] == "Bundle":
        for entry in _list(root.get("entry")):
            if isinstance(entry, dict):
                yield from _inside(entry.get("resource"), depth + 1, str(entry.get("fullUrl") or ""))
        return
    root["_address"] = address
    yield root
    for inner in _list(root.get("contained")):
        yield from _inside(inner, depth + 1, f"#{inner.get('id', '')}" if isinstance(inner, dict) else "")


def _index(resources):
    """{reference: resource}, by type and id and by full address."""
    index = {}
    for resource in resources:
        index.setdefault(f"{resource['resourceType']}/{resource.get('id', '')}", resource)
        if resource["_address"]:
            index.setdefault(resource["_address"], resource)
    return index


def _follow(reference, index):
    address = reference.get("reference") if isinstance(reference, dict) else reference
    if not isinstance(address, str):
        return None
    plain = REFERENCE.fullmatch(address)
    return index.get(address) or (index.get(plain.group(1)) if plain else None)


# --- what is told --------------------------------------------------------------------------------------


def _patient(patients):
    if not patients:
        return {}
    one = patients[0]
    sex = one.get("gender") if one.get("gender") in ("female", "male", "other") else ""
    return {"name": person(one.get("name")), "born_on": day(one.get("birthDate")), "sex": sex}


def _composition(made, composition, index):
    """The document as its author laid it out. Returns the addresses of what its sections told."""
    made.title = health.line(composition.get("title"))
    made.made_on = day(composition.get("date"))
    authors = (name_of(each, _follow(each, index)) for each in _list(composition.get("author")))
    made.author = ", ".join(dict.fromkeys(each for each in authors if each))
    told = set()
    for section in _list(composition.get("section")):
        told |= _section(made, section, 1, index)
    return told


def _section(made, section, level, index):
    if not isinstance(section, dict) or level > 4:
        return set()
    made.section(section.get("title") or words(section.get("code")), level)
    entries = [found for each in _list(section.get("entry")) if (found := _follow(each, index))]
    if not _narrative(made, section):
        by_kind = {}
        for each in entries:
            by_kind.setdefault(each["resourceType"], []).append(each)
        for kind, found in by_kind.items():
            if kind in TABLES:
                made.table(*_table(kind, found, index))
    told = {id(each) for each in entries}
    for inner in _list(section.get("section")):
        told |= _section(made, inner, level + 1, index)
    return told


def _narrative(made, section):
    text = section.get("text")
    markup = text.get("div") if isinstance(text, dict) else None
    if not isinstance(markup, str):
        return False
    return fhir_narrative.tell(made, markup)


def _tables(made, kinds, index, told):
    for kind, title in TITLES.items():
        found = [each for each in kinds.get(kind, []) if id(each) not in told]
        if found:
            made.section(title)
            made.table(*_table(kind, sorted(found, key=date_of, reverse=True), index))


def _table(kind, resources, index):
    columns = TABLES[kind]
    rows = [[tell(each, lambda of: _follow(of, index)) for _name, tell in columns] for each in resources]
    filled = [n for n in range(len(columns)) if any(row[n] for row in rows)]
    return [columns[n][0] for n in filled], [[row[n] for n in filled] for row in rows]


def _only(resources):
    """What a file of one kind of resource is called."""
    kinds = {each["resourceType"] for each in resources} - QUIET
    return TITLES.get(kinds.pop(), "") if len(kinds) == 1 else ""


# --- the documents inside ------------------------------------------------------------------------------


def _documents(made, kinds, index, mistaken):
    seen = {id(binary) for each in mistaken for binary in _binaries_of(each, index)}  # taken back with it
    for reference in kinds.get("DocumentReference", []):
        title = health.line(reference.get("description")) or words(reference.get("type"))
        for content in _list(reference.get("content")):
            if isinstance(content, dict):
                _attachment(made, title, date_of(reference), content.get("attachment"), index, seen)
    for report in kinds.get("DiagnosticReport", []):
        for each in _list(report.get("presentedForm")):
            _attachment(made, words(report.get("code")), date_of(report), each, index, seen)
    for media in kinds.get("Media", []):
        _attachment(made, words(media.get("type")), date_of(media), media.get("content"), index, seen)
    for binary in kinds.get("Binary", []):
        if id(binary) not in seen:
            made.document(
                "", media_type=str(binary.get("contentType") or ""), body=_bytes(binary.get("data"))
            )


def _binaries_of(resource, index):
    """What a resource points at as its document."""
    contents = [each.get("attachment") for each in _list(resource.get("content")) if isinstance(each, dict)]
    for each in (*contents, *_list(resource.get("presentedForm")), resource.get("content")):
        if isinstance(each, dict) and (binary := _follow(each.get("url"), index)):
            yield binary


def _attachment(made, title, dated_on, attachment, index, seen):
    if not isinstance(attachment, dict):
        return
    kind, packed = str(attachment.get("contentType") or ""), attachment.get("data")
    if packed is None and (binary := _follow(attachment.get("url"), index)):
        seen.add(id(binary))
        packed, kind = binary.get("data"), kind or str(binary.get("contentType") or "")
    title = health.line(attachment.get("title")) or title
    dated_on = dated_on or day(attachment.get("creation"))
    made.document(title, dated_on=dated_on, media_type=kind, body=None if packed is None else _bytes(packed))


def _bytes(packed):
    body = health.unpacked(packed) if isinstance(packed, str) else None
    return body if body is not None else b""


def _list(value):
    return value if isinstance(value, list) else []
