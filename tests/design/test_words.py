"""How dates, sizes, names and states are shown."""

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils import timezone

from referrals.models import Case, Record
from referrals.templatetags import _clocks, _pills, _times
from referrals.vocabulary import CaseStatus
from tests.build import NOW

EVENING = dt.datetime(2026, 11, 22, 1, 12, tzinfo=dt.UTC)


def shown(source, **context):
    return Template("{% load so %}" + source).render(Context(context))


def test_times_are_shown_in_the_readers_zone():
    with timezone.override("America/Chicago"):
        assert shown("{{ at|moment }}", at=EVENING) == "Sat 21 Nov, 19:12"
        assert shown("{{ at|short_day }}", at=EVENING) == "Sat 21 Nov"
    with timezone.override("Asia/Tokyo"):
        assert shown("{{ at|moment }}", at=EVENING) == "Sun 22 Nov, 10:12"


def test_days_for_patients_and_for_lists():
    day = dt.date(2026, 12, 14)
    assert shown("{{ day|day }} / {{ day|full_day }} / {{ day|short_day }}", day=day) == (
        "14 December / 14 December 2026 / Mon 14 Dec"
    )


def test_when_prints_a_time_element():
    with timezone.override("America/Chicago"):
        assert shown("{% when at %}", at=EVENING) == (
            '<time datetime="2026-11-21T19:12:00-06:00">Sat 21 Nov, 19:12</time>'
        )
    assert (
        shown("{% when day %}", day=dt.date(2026, 12, 14)) == '<time datetime="2026-12-14">Mon 14 Dec</time>'
    )
    assert shown("{% when none %}", none=None) == ""


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 min"),
        (40, "40 min"),
        (59, "59 min"),
        (60, "1 h"),
        (47 * 60, "47 h"),
        (48 * 60, "2 d"),
        (-5, "0 min"),
    ],
)
def test_ago_is_one_unit(minutes, words):
    assert _times.ago(NOW - dt.timedelta(minutes=minutes), NOW) == words


@pytest.mark.parametrize(
    ("back", "words"),
    [(dt.timedelta(hours=1), "14:00"), (dt.timedelta(days=1), "Mon"), (dt.timedelta(days=7), "17 Nov")],
)
def test_brief_is_as_short_as_it_can_be(back, words):
    assert _times.brief(NOW - back, NOW) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (840_000, "840 kB"),
        (999_600, "1 MB"),
        (1_100_000, "1.1 MB"),
        (200 * 1024**2, "210 MB"),
        (2 * 1000**3, "2 GB"),
        (5 * 1000**4, "5000 GB"),
        (None, ""),
    ],
)
def test_sizes_in_words(size, words):
    assert _times.filesize_words(size) == words


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Tess Alder", "TA"),
        ("Dr. Maren Oakley", "MO"),
        ("Ana", "A"),
        ("", ""),
        ("Ana Maria de la Cruz", "AC"),
        ("Dr.", ""),
    ],
)
def test_initials(name, letters):
    assert _times.initials(name) == letters


@pytest.mark.parametrize(
    ("name", "short"),
    [("Juniper Ashgrove", "Juniper A."), ("Ana", "Ana"), ("ana@fernhollow.example", "ana"), ("", "")],
)
def test_short_names(name, short):
    assert _times.short_name(name) == short


# Clocks ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "level", "ring", "words"),
    [
        (31, "calm", 100, "31 days"),
        (15, "calm", 50, "15 days"),
        (14, "soon", 47, "14 days"),
        (6, "soon", 20, "6 days"),
        (5, "now", 17, "5 days"),
        (1, "now", 3, "1 day"),
        (0, "now", 0, "Today"),
        (-1, "now", 0, "1 day ago"),
    ],
)
def test_the_clock_reads_the_days_left(days, level, ring, words):
    with timezone.override("America/Chicago"):
        day = dt.date(2026, 11, 24) + dt.timedelta(days=days)
        read = _clocks.reading(Case(decide_by_on=day), NOW)
    assert (read["level"], read["ring"], str(read["words"])) == (level, ring, words)


def test_the_clock_counts_days_of_the_reader():
    late = dt.datetime(2026, 11, 25, 3, 0, tzinfo=dt.UTC)  # still Tuesday in Chicago
    with timezone.override("America/Chicago"):
        assert _clocks.reading(dt.date(2026, 11, 25), late)["days"] == 1
    with timezone.override("UTC"):
        assert _clocks.reading(dt.date(2026, 11, 25), late)["days"] == 0


def test_a_case_without_a_date_says_so():
    html = shown("{% clock case now %}", case=Case(), now=NOW)
    assert "No date" in html
    assert 'data-level="none"' in html
    assert shown("{% bigclock case now %}", case=Case(), now=NOW).strip() == ""


@pytest.mark.parametrize("status", ["closed", "declined", "withdrawn", "lapsed"])
def test_nothing_counts_down_to_the_date_of_a_case_that_has_ended(status):
    case = Case(decide_by_on=dt.date(2026, 12, 4), status=status)
    html = shown("{% clock case now %}", case=case, now=NOW)
    assert "Ended" in html and "10 days" not in html
    assert shown("{% bigclock case now %}", case=case, now=NOW).strip() == ""
    assert "to decide by" not in shown("{% include 'parts/workhead.html' %}", case=case, now=NOW)


def test_the_ring_is_hidden_and_the_words_say_it_all():
    html = shown("{% clock day now %}", day=dt.date(2026, 12, 4), now=NOW)
    assert '<svg viewBox="0 0 20 20" fill="none" stroke-width="3.4" aria-hidden="true"' in html
    assert "10 days" in html
    assert "style=" not in html


# Pills -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", CaseStatus)
def test_every_state_has_a_pill_for_staff_and_one_for_patients(status):
    case = Case(status=status.value)
    assert str(status.label) in shown("{% pill case %}", case=case)
    assert str(status.for_patient) in shown("{% pill case for_patient=True %}", case=case)
    assert shown("{% pill case %}", case=case) == shown("{% pill s %}", s=status)
    assert shown("{% pill s %}", s=status.value) == shown("{% pill s %}", s=status)


@pytest.mark.parametrize("status", CaseStatus)
def test_patients_never_see_red_for_a_state_of_their_case(status):
    assert 'data-tone="stop"' not in shown("{% pill s for_patient=True %}", s=status)


def test_looks_name_only_what_the_vocabulary_has():
    from referrals import vocabulary

    for looks in (_pills.LOOKS, _pills.FOR_PATIENTS):
        for name, members in looks.items():
            assert set(members) <= set(getattr(vocabulary, name).values), name
    for model, name in _pills.SPEAKS.items():
        assert hasattr(vocabulary, name), model


def test_other_vocabularies_and_plain_words():
    assert "Can’t be read" in shown("{% pill record for_patient=True %}", record=Record(status="refused"))
    assert "Different" in shown('{% pill "differ" of="Stance" for_patient=True %}')
    assert shown('{% pill words tone="warn" icon="clock" %}', words="<b>Due").startswith(
        '<span class="so-pill" data-tone="warn"><svg'
    )
    assert "&lt;b&gt;Due" in shown("{% pill words %}", words="<b>Due")


# Parts that hold markup ------------------------------------------------------------------


def test_blocks_keep_markup_and_escape_words():
    html = shown('{% note "warn" %}<b>{{ words }}</b>{% endnote %}', words="<i>")
    assert "<b>&lt;i&gt;</b>" in html
    assert "&lt;h2" not in shown("{% empty title %}<p>x</p>{% endempty %}", title="<s>None</s>")
    assert "&lt;s&gt;None" in shown("{% empty title %}<p>x</p>{% endempty %}", title="<s>None</s>")
