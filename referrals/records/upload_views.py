"""Where a signed-in person's browser sends files in pieces: /records/uploads/."""

from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse

from referrals.records import forms, permits, queries, tus
from referrals.records.arrivals import Announced
from referrals.records.names import shown_folder, shown_name
from referrals.rules.access import visible_cases, visible_uploads
from referrals.vocabulary import RecordType


@tus.speaks_tus("POST")
def uploads(request):
    """Upload-Metadata: `case` (its reference) and `filename`; maybe folder, mark, type, item, way_in."""
    said = tus.metadata(request)
    seen = visible_cases(request.user).select_related("clinic", "patient")
    case = get_object_or_404(seen, reference=said.get("case", "").replace("\x00", ""))
    if not permits.may_add(case, request.user):
        raise PermissionDenied(permits.why_no_more(case, request.user))
    file = announced(said, tus.announced_length(request), _way_in(said, case, request.user))
    item = queries.asked_item(case, said.get("item"))
    return tus.create(request, case=case, file=replace(file, item=item), by=request.user, address=address)


@tus.speaks_tus("HEAD", "PATCH", "DELETE")
def upload(request, key):
    one = get_object_or_404(visible_uploads(request.user), key=key)
    if request.method == "HEAD":
        return tus.head(one)
    if request.method == "DELETE":
        return tus.delete(one, by=request.user)
    return tus.patch(request, one)


def address(one):
    return reverse("records:upload", args=[one.key])


def announced(said, size, way_in):
    """What a sender says of a file, made fit to be kept and shown."""
    type = said.get("type")
    return Announced(
        name=shown_name(said.get("filename") or said.get("name") or ""),
        folder=shown_folder(said.get("folder", "")),
        size=size,
        mark=said.get("mark", "").replace("\x00", "")[:64],
        type=type if type in RecordType.values else RecordType.OTHER,
        way_in=way_in,
    )


def _way_in(said, case, person):
    """A patient's files come through the portal; staff say how theirs came."""
    ways = permits.ways_in(case, person)
    if len(ways) == 1:
        return ways[0]
    if said.get("way_in") not in ways:
        raise tus.Refused(422, forms.how_it_came())
    return said["way_in"]
