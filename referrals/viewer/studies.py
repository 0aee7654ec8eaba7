"""A study as data: series, images in the order of the body, how to show each, and windows to choose from."""

from django.db.models import Exists, OuterRef, Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from referrals.models import Instance, RecordReading
from referrals.rules import studies
from referrals.rules.access import visible_records
from referrals.vocabulary import RecordStatus

# [name, centre, width] in Hounsfield units: what readers of CT look through.
CT_WINDOWS = (
    (gettext_lazy("Soft tissue"), 40, 400),
    (gettext_lazy("Lungs"), -600, 1500),
    (gettext_lazy("Bone"), 400, 1800),
    (gettext_lazy("Brain"), 40, 80),
    (gettext_lazy("Liver"), 60, 160),
    (gettext_lazy("Vessels"), 300, 600),
)


def studies_to_read(person):
    return (
        visible_records(person)
        .filter(status=RecordStatus.READY)
        .exclude(study_uid="")
        .defer("text")
        .select_related("case__clinic", "case__patient")
    )


def frames_to_read(person):
    """Files with frames that can be shown, each with `is_noted`: whether the opening of its study is written down."""
    readings = RecordReading.objects.filter(record=OuterRef("series__record"), person=person)
    shown = Instance.objects.filter(problem="", frame_count__gt=0, series__record__in=studies_to_read(person))
    return (
        shown.annotate(is_noted=Exists(readings))
        .select_related("series__record__case__clinic")
        .defer("look", "series__record__text", "series__record__study")
    )


def as_data(record):
    """All that the viewer in the browser needs to know of a study."""
    instances = Prefetch("instances", Instance.objects.shown().order_by("position", "number", "pk"))
    told, study = record.study, reverse("studies:study", args=[record.case.reference, record.key])
    frames = f"{study.removesuffix('study.json')}frames/"
    return {
        "key": str(record.key),
        "title": studies.name_of(told),
        "title_in_file": told.get("title", ""),
        "extent": studies.extent_of(told),
        "dated_on": told.get("date", ""),
        "warning": _("Not for primary diagnosis"),
        "series": [
            _series(each, frames)
            for each in record.series.prefetch_related(instances)
            if each.instances.all()
        ],
    }


def _series(series, frames):
    images = in_order(list(series.instances.all()))
    shared = next((each.look for each in images if each.look), {})
    facts = {"modality": series.modality, "part": series.body_part}
    return {
        "key": series.uid,
        "number": series.number,
        "title": studies.name_of(facts),
        "title_in_file": series.title,
        "modality": series.modality,
        "images": sum(each.frame_count for each in images),
        "presets": _presets(series, shared),
        "look": shared,
        "instances": [_image(each, shared, frames) for each in images],
    }


def in_order(images):
    """As the slices lie in the body; as they are numbered where several lie at one place, as in time series."""
    places = [each.position for each in images if each.frame_count]
    if None not in places and len(set(places)) == len(places):
        return images
    return sorted(images, key=lambda each: (each.number is None, each.number or 0, each.pk))


def place_of(image, frame):
    """Which of its series' images a frame is, as the viewer counts them."""
    before = 0
    for each in in_order(
        list(image.series.instances.shown().order_by("position", "number", "pk").defer("look"))
    ):
        if each.pk == image.pk:
            return before + frame
        before += 0 if each.problem else each.frame_count
    return frame


def _image(instance, shared, frames):
    """`look` holds only what differs from the series' own."""
    data = {
        "key": str(instance.key),
        "number": instance.number,
        "name": instance.name,
        "frames": instance.frame_count,
        "frame_bytes": instance.frame_bytes,
        "look": {name: value for name, value in instance.look.items() if shared.get(name) != value},
    }
    if instance.problem:
        data |= {"problem": instance.problem, "sentence": str(instance.get_problem_display())}
    elif instance.frame_count:
        data["url"] = f"{frames}{instance.key}/"  # then the frame's number, from 1, and a slash
    return data


def _presets(series, look):
    """The file's own windows first, then what is usual for this kind of scan."""
    own = [[name or _("As in the file"), centre, width] for centre, width, name in look.get("windows") or []]
    there = {(centre, width) for _name, centre, width in own}
    usual = CT_WINDOWS if series.modality == "CT" else ()
    return own + [[str(name), centre, width] for name, centre, width in usual if (centre, width) not in there]
