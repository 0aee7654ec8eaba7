"""C-CDA (HL7 CDA R2): the header's who and when, and the narrative of each section as its author meant it to be read.

The narrative is what the signer attested (CDA R2 4.2.2): we show that, not what the coded entries might say.
Where a section has no narrative, the names of its entries stand in for it.
"""

from lxml import etree

from referrals.records.decoder import Refused, health
from referrals.records.decoder.words import day_of_digits

HL7 = "{urn:hl7-org:v3}"
SEXES = {"M": "male", "F": "female", "UN": "other"}
DEEPEST = 60  # elements within each other
BREAKS = frozenset(f"{HL7}{name}" for name in ("br", "paragraph", "item", "caption", "tr"))


def read(file):
    """The `Summary` of a document. Nothing outside the file is looked at, and no entity is opened."""
    root = _root(health.body_of(file))
    made = health.Summary(
        title=_text(root.find(f"{HL7}title")), made_on=_day(root.find(f"{HL7}effectiveTime"))
    )
    if not made.title:
        made.title = _name(root.find(f"{HL7}code"))
    made.author = _author(root)
    made.missed["mistaken"] += _without_deleted(root)
    made.patient = _patient(root)
    for section in root.iterfind(f"{HL7}component/{HL7}structuredBody/{HL7}component/{HL7}section"):
        _section(made, section, 1)
    for body in root.iterfind(f"{HL7}component/{HL7}nonXMLBody/{HL7}text"):
        _enclosed(made, made.title, body)
    for media in root.iter(f"{HL7}observationMedia"):
        value = media.find(f"{HL7}value")
        if value is not None:
            _enclosed(made, media.get("ID") or "picture", value)
    return made


def carried(file, _password=None):
    """The bytes of everything that is packed in it, also of what is not shown."""
    for each in _root(health.body_of(file)).iter():
        if each.get("representation") == "B64":
            yield health.unpacked("".join(each.itertext())) or b""


def _root(body):
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise Refused("unreadable") from None
    if root.getroottree().docinfo.doctype:
        raise Refused("unreadable")  # no clinical document declares types of its own
    if root.tag != f"{HL7}ClinicalDocument":
        raise Refused("not_taken")
    if _depth(root) > DEEPEST:
        raise Refused("unreadable")
    return root


def _without_deleted(root):
    """What its author struck out (CDA R2 4.3.5.1) is no part of it any more. Returns how many places."""
    deleted = [each for each in root.iter(f"{HL7}content") if each.get("revised") == "delete"]
    for each in deleted:
        each.clear(keep_tail=True)
    return len(deleted)


def _depth(root):
    deepest = now = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        now += 1 if event == "start" else -1
        deepest = max(deepest, now)
    return deepest


# --- the header ---------------------------------------------------------------------------------------


def _patient(root):
    patient = root.find(f"{HL7}recordTarget/{HL7}patientRole/{HL7}patient")
    if patient is None:
        return {}
    names = patient.findall(f"{HL7}name")
    legal = next(
        (name for name in names if "L" in (name.get("use") or "").split()), names[0] if names else None
    )
    sex = patient.find(f"{HL7}administrativeGenderCode")
    return {
        "name": _person(legal),
        "born_on": _day(patient.find(f"{HL7}birthTime")),
        "sex": SEXES.get(sex.get("code"), "") if sex is not None else "",
    }


def _person(name):
    if name is None:
        return ""
    parts = [
        part for kind in ("prefix", "given", "family", "suffix") for part in name.findall(f"{HL7}{kind}")
    ]
    return health.line(" ".join(_text(part) for part in parts) if parts else _text(name))


def _author(root):
    """Who wrote it and for which house, as far as the header says."""
    author = root.find(f"{HL7}author/{HL7}assignedAuthor")
    found = []
    if author is not None:
        found.append(_person(author.find(f"{HL7}assignedPerson/{HL7}name")))
        found.append(_text(author.find(f"{HL7}representedOrganization/{HL7}name")))
    found.append(
        _text(
            root.find(
                f"{HL7}custodian/{HL7}assignedCustodian/{HL7}representedCustodianOrganization/{HL7}name"
            )
        )
    )
    return ", ".join(dict.fromkeys(each for each in found if each))


def _day(time):
    if time is None:
        return ""
    value = time.get("value") or ""
    if not value and (low := time.find(f"{HL7}low")) is not None:
        value = low.get("value") or ""
    return day_of_digits(value[:8])


def _name(code):
    return health.line(code.get("displayName")) if code is not None else ""


# --- the sections -------------------------------------------------------------------------------------


def _section(made, section, level):
    made.section(_text(section.find(f"{HL7}title")) or _name(section.find(f"{HL7}code")), level)
    narrative = section.find(f"{HL7}text")
    before = len(made.sections[-1]["blocks"]) if made.sections else 0
    if narrative is not None:
        _narrative(made, narrative)
    if made.sections and len(made.sections[-1]["blocks"]) == before:
        made.list(_entries(section))
    for inner in section.iterfind(f"{HL7}component/{HL7}section"):
        _section(made, inner, level + 1)


def _entries(section):
    """What the entries are called, once each."""
    found = []
    for entry in section.iterfind(f"{HL7}entry"):
        for coded in entry.iter(f"{HL7}value", f"{HL7}code"):
            if name := health.line(coded.get("displayName")):
                found.append(name)
    return dict.fromkeys(found)


def _narrative(made, element):
    """Its paragraphs, lists and tables in their order; loose text between them as paragraphs."""
    loose = [element.text or ""]
    for child in element:
        if child.tag in (f"{HL7}table", f"{HL7}list"):
            made.text("".join(loose))
            loose = []
            _table(made, child) if child.tag == f"{HL7}table" else _list(made, child)
        elif child.tag == f"{HL7}paragraph" or child.find(f".//{HL7}table") is not None:
            made.text("".join(loose))
            loose = []
            _narrative(made, child)
        elif child.tag == f"{HL7}caption":
            made.text("".join(loose))
            loose = []
            made.heading(_text(child))
        else:
            loose.append(_text(child) if child.tag != f"{HL7}br" else "\n")
        loose.append(child.tail or "")
    made.text("".join(loose))


def _list(made, element):
    if (caption := element.find(f"{HL7}caption")) is not None:
        made.heading(_text(caption))
    items = element.findall(f"{HL7}item")
    if any(item.find(f".//{HL7}table") is not None for item in items):
        for item in items:
            _narrative(made, item)
    else:
        made.list(_text(item) for item in items)


def _table(made, element):
    caption = element.find(f"{HL7}caption")
    heads = _laid(element.findall(f"{HL7}thead"))
    rows = _laid(element.findall(f"{HL7}tbody") + element.findall(f"{HL7}tfoot") + [element])
    made.table(heads[0] if heads else [], heads[1:] + rows, _text(caption) if caption is not None else "")


def _laid(parts):
    """The texts of all rows of some parts of a table, each under its column."""
    return [row for part in parts for row in health.grid(map(_cells, part.iterfind(f"{HL7}tr")))]


def _cells(row):
    cells = row.iterchildren(f"{HL7}td", f"{HL7}th")
    return [(_text(cell), health.span(cell, "colspan"), health.span(cell, "rowspan")) for cell in cells]


def _text(element):
    """All text in it, with line breaks where the narrative has them."""
    if element is None:
        return ""
    parts = []
    _gather(element, parts)
    return health.tidy("".join(parts))


def _gather(element, parts):
    if element.tag in BREAKS and parts and not parts[-1].endswith("\n"):
        parts.append("\n")
    parts.append(element.text or "")
    for child in element:
        _gather(child, parts)
        if child.tag in BREAKS and child.tag != f"{HL7}br":
            parts.append("\n")
        parts.append(child.tail or "")


def _enclosed(made, title, element):
    """A PDF or picture inside the document, or one it only points at."""
    media = element.get("mediaType") or ""
    packed = "".join(element.itertext()).strip()
    if element.get("representation") == "B64" and packed:
        body = health.unpacked(packed)
        made.document(title, dated_on=made.made_on, media_type=media, body=body if body is not None else b"")
    elif element.find(f"{HL7}reference") is not None:
        made.document(title, dated_on=made.made_on, media_type=media)
    elif packed:
        made.section(title)
        made.text(packed)
