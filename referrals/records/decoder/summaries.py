"""Health summaries: what they say as facts, and the documents inside them as files of their own."""

from referrals.records.decoder import ccda, fhir, job


def prove(file, kind, _password=None):
    made = _read(file, kind)
    told = {}
    if made.members:
        sizes = [len(body) for _name, body in made.members]
        told = {"contents": {"files": len(sizes), "size": sum(sizes), "largest": max(sizes)}}
    return made.facts() | told | {"page_count": 0}


def draw(*_, **__):
    """It is shown as text and tables."""


@job
def enclosed(original, out, kind, first, **_limits):
    """Hands out the documents inside from the first on, as blobs {"number", "name", "folder"}."""
    for number, (name, body) in enumerate(_read(original, kind).members):
        if number >= first:
            out.blob({"number": number, "name": name, "folder": ""}, [body])
    return {}


def _read(file, kind):
    return {"ccda": ccda, "fhir": fhir}[kind].read(file)
