"""Three ways through the whole house, over HTTP, with real files and the mails that arrive.

What every way must leave behind is asked at the end of each: no health data in mails, addresses and logs,
and a line in the audit log for each thing somebody did.
"""

import datetime as dt
import io
import logging
import re

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from content.loading import load
from portal import logs
from referrals.models import AuditEvent, Case, OpinionVersion, Referral
from referrals.records import checks
from referrals.reminders import actions as post
from referrals.review import tasks
from tests.build import PASSWORD, make_specialist
from tests.referrals.opinion.writing import WHOLE
from tests.referrals.records import samples
from tests.walking import Walker

STORY = "MARKSTORY my leg gives way"
FINDING = "MARKDIAGNOSIS slipped bone"
QUESTION = "MARKQUESTION do I need the screws?"
ADVICE = "MARKADVICE eight weeks of exercise"
PLAIN = "MARKPLAIN I would not operate now."
NOTE = "MARKNOTE I talk to my family"
MARK = re.compile("MARK[A-Z]+")


@pytest.fixture
def log():
    """Every line that would be written, as it would be written."""
    stream = io.StringIO()
    handler, root = logging.StreamHandler(stream), logging.getLogger()
    chain = logs.configuration(quiet=True)["formatters"]["json"]
    handler.setFormatter(chain.pop("()")(**chain))
    loggers = [root, *map(logging.getLogger, ("portal", "referrals", "content", "django"))]
    before = [logger.level for logger in loggers]
    root.addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


@pytest.fixture
def house(ana, ben, pia, sam, tess, dr_vega, dr_stone, quin, lea, settings, tmp_path, log):
    settings.RECORDS_DIR = str(tmp_path / "records")
    load()
    names = {
        "ana": ana, "ben": ben, "pia": pia, "sam": sam, "tess": tess, "vega": dr_vega, "stone": dr_stone, "lea": lea,
    }  # fmt: skip
    return House(names, log)


class House:
    """Everybody at their own browser."""

    def __init__(self, people, log):
        self.people, self.log = people, log
        for name, person in people.items():
            setattr(self, name, Walker(person))

    @property
    def case(self):
        return Case.objects.latest("pk")

    def url(self, name, *more):
        return reverse(name, args=[self.case.reference, *more])

    def post_goes(self, **later):
        now = (timezone.now() + dt.timedelta(**later)).replace(hour=17)  # nobody is asleep
        while post.send_due(now=now) or post.deliver_mail(now=now):
            pass
        return mail.outbox


def date(name, days):
    day = timezone.now().date() + dt.timedelta(days=days)
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def ask(house, who, situation, *, about=(), dates=None, words=None, files=True):
    """The wizard, page by page, to the sent request."""
    words = {"story": STORY, "diagnosis": FINDING, "question": QUESTION, **(words or {})}
    walker = getattr(house, who)
    on = ("go", "continue")
    walker.go(reverse("intake:start")).send(situation=situation)
    walker.go(house.url("intake:step", "about"))
    born = {f"subject_born_on_{part}": value for part, value in (("day", 3), ("month", 3), ("year", 1968))}
    walker.send(on, **{"subject": "self", "located_in": "Illinois, US", **born, **dict(about)})
    walker.go(house.url("intake:step", "first-opinion"))
    first = {"story": words["story"], "diagnosis": words["diagnosis"], "doctor_name": "Corvin Hale"}
    there = {each.get("name") for each in walker.page.xpath("//input|//textarea")}
    if not words["diagnosis"]:
        first["no_diagnosis"] = "on"
    if "advice" in there:
        first["advice"] = walker.page.xpath("//input[@name='advice']/@value")[0]
    walker.send(on, **{name: value for name, value in first.items() if name in there})
    walker.go(house.url("intake:step", "dates")).send(on, **(dates or date("decide_by_on", 21)))
    walker.go(house.url("intake:step", "questions")).send(on, question_1=words["question"])
    if files:
        hand_in(house, who, ("letter.pdf", samples.pdf(2)), ("photo.jpg", samples.picture()))
    walker.go(house.url("intake:step", "cost")).send(on, cover="self_pay")
    walker.go(house.url("intake:step", "check"))
    return walker.send(emergency="none", notice="on", consent="on")


def hand_in(house, who, *files):
    walker = getattr(house, who).go(house.url("records:add"))
    walker.send(files=[samples.upload(body, name) for name, body in files])
    for record in house.case.records.filter(status="received"):
        checks.check(key=record.key, clock=timezone.now)
    assert not house.case.records.exclude(status="ready").exists()


def go_ahead(house):
    """Triage: taken, urgency, what is missing waived, accepted."""
    tess = house.tess.go(reverse("triage:worklist"))
    assert house.case.reference in tess.answer.text
    tess.go(house.url("home:staff_case"))
    if house.case.status == "submitted":
        tess.send_to = tess.client.post(house.url("triage:claim"), {"csrfmiddlewaretoken": token(tess)})
    tess.go(house.url("triage:urgency")).send(urgency="soon", reason="The date is near")
    for line in house.case.checklist.exclude(state__in=["have", "waived"]):
        tess.go(house.url("triage:waive", line.type)).send(why="The letter says enough")
    tess.go(house.url("triage:accept")).send()
    assert house.case.status == "routing"


def token(walker):
    return walker.page.xpath("//input[@name='csrfmiddlewaretoken']/@value")[0]


def press(walker, url, **data):
    """A button whose form is one of many on its page."""
    answer = walker.client.post(url, {**data, "csrfmiddlewaretoken": token(walker)}, follow=True)
    return walker._arrive(answer, url, 200)


def offer(house, to):
    person = house.people[to]
    walker = house.tess.go(f"{house.url('triage:match')}?to={person.key}")
    walker.send(reply="usual", note="Look at the slip first.")
    assert house.case.referrals.get(status="offered").specialist == person
    house.post_goes(days=2)


def take_offer(house, who):
    walker = getattr(house, who)
    key = house.case.referrals.get(status="offered").key
    walker.go(reverse("review:offer", args=[key]))
    press(walker, reverse("review:take", args=[key]), no_tie="on")
    assert house.case.status == "in_review"


def write_and_sign(house, who):
    walker = getattr(house, who).go(house.url("opinion:edit"))
    words = {**WHOLE, "advice": ADVICE, "plain_words": PLAIN}
    words.pop("edit")
    walker.send(**words)
    walker.go(house.url("opinion:preview")).says(ADVICE)
    walker.go(house.url("opinion:sign")).send(password=PASSWORD)
    assert house.case.status == "delivered"
    house.post_goes(days=2)
    return OpinionVersion.objects.get()


def acts(case):
    return list(
        AuditEvent.objects.filter(case_reference=case.reference).order_by("pk").values_list("act", flat=True)
    )


def steps(case):
    return list(case.status_changes.order_by("pk").values_list("act", flat=True))


def leaves_no_trace(house):
    """S23, S24: neither logs nor mails nor addresses hold what somebody wrote; the audit log holds codes alone."""
    lines = house.log.getvalue()
    assert '"request"' in lines
    assert not MARK.search(lines) and PASSWORD not in lines
    for name in ("ana@", "pia@", "letter.pdf", "Corvin", house.case.reference):
        assert name not in lines, name
    for one in mail.outbox:
        whole = one.subject + one.body + "".join(str(part[0]) for part in getattr(one, "alternatives", []))
        assert not MARK.search(whole), one.subject
        for name in ("Corvin", "screws", "letter.pdf", "slipped"):
            assert name not in whole, (name, one.subject)
        assert "http" in one.body
    for event in AuditEvent.objects.all():
        assert not MARK.search(f"{event.detail}{event.subject_key}")
    for walker in (house.ana, house.ben, house.pia, house.sam, house.tess, house.vega, house.stone):
        assert not any(MARK.search(url) for url, _answer in walker.seen)
        for url, answer in walker.seen:
            title = re.search("<title>(.*?)</title>", answer.text, re.S)
            assert not title or not MARK.search(title[1]), url


def test_ana_is_asked_for_more_reads_both_opinions_and_decides(house):
    """Surgery; asked for more; offered and accepted; clarified; signed; compared; decided."""
    ask(house, "ana", "surgery")
    case = house.case
    assert case.status == "submitted" and case.records.count() == 2
    house.post_goes(days=2)
    sam = house.sam.go(house.url("home:staff_case"))
    press(sam, house.url("triage:claim"))
    sam.go(house.url("triage:ask")).send(item_1="How far can you walk?")
    assert house.case.status == "info_needed"
    house.post_goes(days=2)
    house.ana.go(house.url("home:case")).says("How far can you walk?")
    house.ana.go(house.url("intake:answer")).send(("go", "send"), **{"item-1-text": "MARKANSWER two blocks"})
    go_ahead(house)
    offer(house, "vega")
    house.vega.go(house.url("review:room"), status=404)  # an offer opens no records
    take_offer(house, "vega")
    record = case.records.get(name="letter.pdf")
    assert house.vega.client.get(house.url("records:read", record.key)).status_code == 200
    house.vega.go(house.url("review:ask")).send(asked_of="patient", item_1="Is there a standing X-ray?")
    house.ana.go(house.url("intake:answer")).send(("go", "send"), **{"item-1-text": "No, there is none"})
    house.vega.go(house.url("review:room"))
    press(house.vega, house.url("review:go_on"))
    version = write_and_sign(house, "vega")
    assert version.body and version.signed_by == house.people["vega"]
    house.ana.go(house.url("decision:opinion")).says(ADVICE, PLAIN, FINDING)
    house.ana.send(choice="stay", note=NOTE)
    assert house.case.status == "closed" and house.case.decisions.get().choice == "stay"
    house.ana.go(house.url("home:access_log")).says("Vega")
    assert steps(case) == [
        "submit", "claim", "ask", "answer", "prioritise", "accept", "offer", "accept", "begin_review", "clarify",
        "pause", "resume", "resume", "deliver", "sign", "decide",
    ]  # fmt: skip
    assert {
        "start",
        "add_record",
        "ask",
        "answer",
        "open_record",
        "sign_opinion",
        "open_opinion",
        "decide",
    } <= set(acts(case))
    to = [one.to[0].partition("@")[0] for one in house.post_goes(days=2)]
    assert (set(to), to.count("vega")) == ({"ana", "vega"}, 1)
    assert to.count("ana") >= 3  # we have it, we need something, it is ready
    leaves_no_trace(house)


def test_pias_child_finds_its_specialist_at_the_second_offer(house):
    """A child; the first offer declined, the next runs out; taken, given to someone else, signed."""
    child = {
        "subject": "child",
        "subject_name": "Mia Moss",
        "authority": "parent",
        "subject_born_on_year": 2019,
    }
    make_third = make_specialist("third")
    house.people["third"], house.third = make_third, Walker(make_third)
    ask(house, "pia", "child", about=child)
    case = house.case
    assert case.is_child and case.authority == "parent"
    go_ahead(house)
    offer(house, "vega")
    first = case.referrals.get()
    house.vega.go(reverse("review:offer", args=[first.key]))
    press(house.vega, reverse("review:decline", args=[first.key]), reason="time")
    offer(house, "stone")
    second = case.referrals.get(status="offered")
    tasks.expire_due(now=second.expires_at + dt.timedelta(minutes=1))
    assert [each.status for each in case.referrals.order_by("pk")] == ["declined", "expired"]
    offer(house, "third")
    take_offer(house, "third")
    house.tess.go(house.url("triage:reassign")).send(reason="absent", note="Ill")
    house.third.go(house.url("review:room"), status=404)
    offer(house, "stone")
    take_offer(house, "stone")
    write_and_sign(house, "stone")
    house.pia.go(house.url("decision:opinion")).says(ADVICE, "Stone")
    house.vega.go(house.url("review:room"), status=404)
    assert [each.status for each in Referral.objects.order_by("pk")] == [
        "declined",
        "expired",
        "taken_back",
        "signed",
    ]
    house.post_goes(days=2)
    assert not any("Mia" in one.subject + one.body for one in mail.outbox)
    leaves_no_trace(house)


def test_ben_is_helped_elsewhere_and_takes_the_next_one_back(house):
    """Unclear, without a diagnosis; declined in words; asked again, and taken back with an offer out."""
    ask(house, "ben", "unclear", words={"diagnosis": ""}, dates={"no_decision_date": "on"}, files=False)
    case = house.case
    assert case.first_opinion.no_diagnosis
    tess = house.tess.go(house.url("home:staff_case"))
    press(tess, house.url("triage:claim"))
    tess.go(house.url("triage:decline")).send(
        reason="needs_exam", sentence="MARKSENTENCE please be examined."
    )
    assert house.case.status == "declined"
    house.ben.go(house.url("home:case")).says("MARKSENTENCE please be examined.")
    ask(house, "ben", "surgery", files=False)
    go_ahead(house)
    offer(house, "vega")
    house.ben.go(house.url("intake:withdraw")).send()
    assert house.case.status == "withdrawn" and house.case.referrals.get().status == "cancelled"
    key = house.case.referrals.get().key
    house.vega.go(reverse("review:offer", args=[key]))
    assert not MARK.search(house.vega.text)
    assert not house.case.reminders.filter(status="planned").exists()
    before = len(house.post_goes(days=2))
    assert len(house.post_goes(days=40)) == before  # an ended case sends nothing afterwards
    leaves_no_trace(house)


NAUGHTY = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7|add:7 }}{% url 'home' %}",
    "=HYPERLINK(1)", "' OR 1=1 --", "a\r\nSet-Cookie: x=1",
    "‮gnirts‬ مرحبا", "&lt;b&gt;", "%s %(x)s {0}", "Zo\u0301e 𝔘𝔫𝔦",
)  # fmt: skip


def test_s19_any_text_is_text_on_every_page_and_in_every_mail(house):
    """All of them at once, in every box of the way; each page that shows them shows them as they are."""
    evil = "MARK" + " ".join(NAUGHTY)
    for person in house.people.values():
        person.name = f"{person.name} <script>alert(2)</script>"
        person.save()
    about = {"subject_name": 'Ana "><script>alert(3)</script>', "located_in": "<script>alert(4)</script>"}
    words = {"story": evil, "diagnosis": evil, "question": evil[:400]}
    ask(house, "ana", "surgery", words=words, about=about, files=False)
    hostile = '<img src=x onerror=alert(5)>".pdf'
    hand_in_after(house, hostile)
    go_ahead(house)
    offer(house, "vega")
    take_offer(house, "vega")
    global ADVICE, PLAIN
    kept = ADVICE, PLAIN
    try:
        ADVICE = PLAIN = evil.replace("\r\n", " ")
        walker = house.vega.go(house.url("opinion:edit"))
        walker.send(
            **{**{k: v for k, v in WHOLE.items() if k != "edit"}, "advice": ADVICE, "plain_words": PLAIN}
        )
        walker.go(house.url("opinion:sign")).send(password=PASSWORD)
    finally:
        ADVICE, PLAIN = kept
    house.ana.go(house.url("decision:opinion")).send(choice="talk", note=evil)
    for walker, names in (
        (house.ana, ("home:case", "home:access_log", "records:list", "decision:opinion")),
        (house.tess, ("home:staff_case", "home:staff_records", "home:staff_log", "home:staff_history")),
        (house.vega, ("review:room", "opinion:signed", "records:list")),
    ):  # fmt: skip
        for name in names:
            walker.go(house.url(name))
    house.lea.go(reverse("oversight:people"))
    house.tess.go(reverse("triage:worklist"))
    house.post_goes(days=2)
    pages = [
        answer for walker in (house.ana, house.tess, house.vega, house.lea) for _url, answer in walker.seen
    ]
    shown = 0
    for answer in pages:
        assert not re.search(r"<script>|<img src=x|onerror=alert\(\d\)>", answer.text), answer.request[
            "PATH_INFO"
        ]
        assert "14 /" not in answer.text  # a template in a text is not run
        assert "x" not in answer.cookies
        shown += "&lt;script&gt;" in answer.text
    assert shown > 10
    for one in mail.outbox:
        assert "<script" not in "".join(str(part[0]) for part in one.alternatives) and "\n" not in one.subject
    for event in AuditEvent.objects.all():
        assert "<script" not in str(event.detail)


def hand_in_after(house, name):
    """A file with a hostile name, added once the request is out."""
    file = samples.upload(samples.pdf(), name)
    house.ana.go(house.url("records:add")).send(files=[file])
    for record in house.case.records.filter(status="received"):
        checks.check(key=record.key, clock=timezone.now)
