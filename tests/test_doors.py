"""Every address × every person × every state that matters: who gets what, from the URL table itself.

What is expected stands in `tests/doors.txt`, a line for each address, state and method, in the order of PEOPLE.
A new address fails here until it has its lines: `WRITE_DOORS=1 pytest tests/test_doors.py` proposes them; read
what it wrote before you keep it. The rules below the table hold whatever the table says.
"""

import io
import os
import re
import uuid
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from content.loading import load
from referrals import storage
from referrals.models import (
    CarryPack,
    Clinic,
    HeldPlace,
    Invitation,
    Letter,
    PackedRecord,
    Reminder,
    Specialty,
    Specimen,
    Upload,
    UploadLink,
)
from referrals.opinion.actions import sign
from referrals.oversight.actions import hashed
from referrals.records.pack import actions
from referrals.reminders import wishes
from referrals.rules import catalogue, upload_links
from referrals.viewer import actions as pins
from referrals.vocabulary import CaseStatus, Role
from tests.build import make_case, make_offer, make_opinion, make_person, make_source
from tests.referrals.records import samples

TABLE = Path(__file__).with_name("doors.txt")
WRITE = os.environ.get("WRITE_DOORS") == "1"
S = CaseStatus
PEOPLE = ("ana", "ben", "sam", "tess", "vega", "stone", "quin", "lea", "their", "visitor")
STATES = {
    "draft": S.DRAFT, "sent": S.SUBMITTED, "asked": S.INFO_NEEDED, "offered": S.ROUTING, "reading": S.IN_REVIEW,
    "signed": S.IN_REVIEW,  # and then signed
}  # fmt: skip
# What stands open without an account; everything else sends a visitor to the sign-in page (S05).
PUBLIC = {
    "home", "health", "theme", "content:index", "content:article", "content:about", "content:self_check",
    "content:self_check_result", "intake:start", "intake:none_fits", "intake:begin", "oversight:join",
    "reminders:later", "reminders:stop", "records:send", "records:send_uploads", "records:send_upload",
    "components",  # in the demo alone; else nobody finds it
}  # fmt: skip
# The protocol for files in pieces: who may is tried in tests/referrals/records/test_tus.py and test_links.py.
TUS = {"records:uploads", "records:upload", "records:send_uploads", "records:send_upload"}
# Django's admin and allauth's pages have tests of their own (tests/portal); here they are asked as a whole.
# An offer tells whose case it is only once it is taken.
NAMELESS = {"review:offer"}
OTHERS = re.compile(r"^(admin:|account_(?!details))")


def addresses():
    """{name: names of its arguments} of all routes."""
    return dict(_walk(get_resolver().url_patterns, ""))


def _walk(patterns, space):
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name}", tuple(pattern.pattern.converters)


ADDRESSES = addresses()
OURS = sorted(name for name in ADDRESSES if not OTHERS.match(name))
OF_PEOPLE = {"oversight:end_membership", "oversight:specialist"}  # `key` names a person
OF_A_CASE = [name for name in OURS if {"reference", "key"} & set(ADDRESSES[name]) and name not in OF_PEOPLE]
OF_NONE = [name for name in OURS if name not in OF_A_CASE]


# --- the scene ------------------------------------------------------------------------------------


@pytest.fixture
def people(ana, ben, sam, tess, dr_vega, dr_stone, quin, lea, settings, tmp_path):
    settings.RECORDS_DIR = str(tmp_path / "records")
    their = make_person("their", Role.LEAD, clinic=Clinic.objects.create(name="Elsewhere"))
    load()
    everybody = dict(
        zip(PEOPLE, (ana, ben, sam, tess, dr_vega, dr_stone, quin, lea, their, None), strict=True)
    )
    return everybody


@pytest.fixture
def clients(people):
    return {name: _client(person) for name, person in people.items()}


def _client(person):
    client = Client(raise_request_exception=True)
    if person:
        client.force_login(person)
    return client


class Scene:
    """A case in one state, with one of each thing that an address may name."""

    def __init__(self, patient, state, tess, specialist):
        now = timezone.now()
        self.now, self.state = now, state
        self.case = make_case(patient, STATES[state], staff=tess, specialist=specialist, now=now)
        self.record = samples.store(
            self.case, samples.pdf(mark=patient.name), "letter.pdf", kind="pdf", status="ready", checked_at=now,
            page_count=1,
        )  # fmt: skip
        samples.draw(self.record, 1)
        self.study = samples.study(self.case, slices=1)
        self.source = make_source(self.case, now=now, route="own_copy")
        self.to_sign = make_source(self.case, now=now, status="authorisation_needed", route="authorisation")
        self.slides = Specimen.objects.create(
            case=self.case, kind="slides", label="A1", moved_at=now, added_by=tess
        )
        self.letter, self.pack = self.a_letter(), self.a_pack()
        self.place = HeldPlace.objects.create(case=self.case, where="Mill", held_on=now.date())
        self.upload, self.link, self.token = _uploading(self.case, now)
        if state == "offered":
            make_offer(self.case, specialist, by=tess, now=now)
        if state == "reading":
            pins.pin(record=self.record, region=[0, 0, 9, 9], page=1, by=specialist, now=now)
        if state in ("reading", "signed"):
            opinion = make_opinion(self.case, now=now)
        if state == "signed":
            sign(referral=opinion.referral, by=specialist, now=now, edit=opinion.edit)
        catalogue.plan(self.case, now=now)

    def a_letter(self):
        stored = storage.put(io.BytesIO(b"%PDF-1.7"))
        return Letter.objects.create(
            case=self.case, source=self.source, kind="own_copy", content={}, written_at=self.now, status="ready",
            file_key=stored.key, size=stored.size, sha256=stored.sha256,
        )  # fmt: skip

    def a_pack(self):
        stored = storage.put(io.BytesIO(b"%PDF-1.7"))
        pack = CarryPack.objects.create(
            case=self.case, by=self.case.patient, asked_at=self.now, expires_at=self.now + actions.KEPT,
            status="ready", file_key=stored.key, size=stored.size,
        )  # fmt: skip
        PackedRecord.objects.create(pack=pack, record=self.record, number=1, first_page=1, page_count=1)
        return pack

    def of_sources(self, page):
        return {
            "letter": self.letter,
            "specimen_move": self.slides, "sign": self.to_sign,
        }.get(page, self.source)  # fmt: skip

    def key(self, name):
        """The UUID that an address with `key` names in this state; one of nothing where there is none."""
        room, _colon, page = name.partition(":")
        row = {
            "sources": lambda: self.of_sources(page),
            "keeping": lambda: self.record,
            "studies": lambda: self.study,
            "records": lambda: self.ways_in.get(page, self.record),
            "intake": lambda: self.place,
            "review": lambda: self.case.referrals.first(),
            "opinion": lambda: self.case.opinions.first() and self.case.opinions.first().referral,
            "viewer": lambda: self.case.citations.first() if page == "unpin" else self.record,
            "reminders": lambda: Reminder.objects.filter(case=self.case).order_by("pk").first(),
            "triage": lambda: (
                self.case.referrals.first() if page == "recall" else self.case.info_requests.first()
            ),
        }[room]()
        return row.key if row else uuid.UUID(int=7)

    @property
    def ways_in(self):
        upload = dict.fromkeys(("upload", "stop_upload"), self.upload)
        return upload | {
            "pack_download": self.pack,
            "close_link": self.link,
            "send_upload": self.link.uploads.get(),
        }

    def url(self, name, **other):
        act = "arrive" if name == "sources:specimen_move" else "receive"
        words = {
            "number": 1,
            "slug": "about",
            "type": "letter",
            "kind": "own_copy",
            "act": act,
            "scale": "normal",
        }
        known = {
            "instance": lambda: self.study.series.get().instances.get().key,
            "reference": lambda: self.case.reference, "key": lambda: self.key(name), "token": lambda: self.token,
            **{word: lambda value=value: value for word, value in words.items()},
        }  # fmt: skip
        return reverse(name, kwargs={arg: other.get(arg) or known[arg]() for arg in ADDRESSES[name]})


def url_of_none(name, people):
    words = {
        "content:article": {"slug": "surgery"},
        "content:about": {"slug": "help"},
        "oversight:end_membership": {"key": people["sam"].key, "role": "coordinator"},
        "oversight:specialist": {"key": people["vega"].key},
        "reminders:change": {"rule": "P1"},
    }
    if name == "oversight:join":
        return reverse(name, args=[_invite(people["lea"])])
    if name == "oversight:withdraw_invitation":
        _invite(people["lea"])
        return reverse(name, args=[Invitation.objects.get().number])
    if name in ("records:send", "records:send_uploads"):
        case = make_case(people["ana"], S.INFO_NEEDED, staff=people["tess"], now=timezone.now())
        return reverse(name, args=[_uploading(case, timezone.now())[2]])
    if name in ("reminders:later", "reminders:stop"):
        case = make_case(people["ana"], S.INFO_NEEDED, staff=people["tess"], now=timezone.now())
        return wishes.link(case.reminders.filter(rule="P9").first(), name.partition(":")[2])
    return reverse(name, kwargs=words.get(name, {}))


def _uploading(case, now):
    """A file of the patient's on its way, and a link with another: (upload, link, token)."""
    token, until = f"token-of-{case.reference}", now + timezone.timedelta(days=7)
    link = UploadLink.objects.create(
        case=case, label="Mill", token_hash=upload_links.hashed(token), made_by=case.patient, made_at=now,
        expires_at=until,
    )  # fmt: skip
    rows = [
        Upload.objects.create(
            case=case, name="scan.dcm", size=9, file_key=uuid.uuid4(), started_at=now, touched_at=now,
            expires_at=until, **sender,
        )
        for sender in ({"by": case.patient}, {"link": link})
    ]  # fmt: skip
    return rows[0], link, token


def _invite(lead):
    now = timezone.now()
    Invitation.objects.filter(email="neu@fernhollow.example").delete()
    Invitation.objects.create(
        clinic=lead.memberships.get().clinic, email="neu@fernhollow.example", role=Role.SPECIALIST,
        specialty=Specialty.objects.first(), token_hash=hashed("a-token"), invited_at=now,
        expires_at=now + timezone.timedelta(days=7), invited_by=lead,
    )  # fmt: skip
    return "a-token"


def ask(client, method, url):
    """The answer to a request whose effects are undone."""
    with transaction.atomic():
        answer = getattr(client, method.lower())(url)
        if answer.streaming:
            b"".join(answer.streaming_content)
        transaction.set_rollback(True)
    return answer


def row_of(clients, method, url):
    return [ask(clients[name], method, url) for name in PEOPLE]


# --- the table ------------------------------------------------------------------------------------


def read_table():
    lines = TABLE.read_text().splitlines() if TABLE.exists() else []
    rows = (line.split() for line in lines if line and not line.startswith("#"))
    return {(name, state, method): codes for name, state, method, *codes in rows}


def judge(found):
    """Compare with the table, or write what was found into it."""
    table = read_table()
    if WRITE:
        table |= {key: [str(answer.status_code) for answer in row] for key, row in found.items()}
        wide = max(len(name) for name, *_rest in table)
        head = f"# {'address':<{wide}} {'state':<8} {'':<5}" + " ".join(f"{name:>7}" for name in PEOPLE)
        lines = [
            f"{name:<{wide + 2}} {state:<8} {method:<5}" + " ".join(f"{code:>7}" for code in codes)
            for (name, state, method), codes in sorted(table.items())
        ]
        TABLE.write_text("\n".join([head, *lines]) + "\n")
    wrong = {
        key: dict(zip(PEOPLE, zip(table.get(key, ["none"] * 10), row, strict=True), strict=True))
        for key, row in found.items()
        if table.get(key) != [str(answer.status_code) for answer in row]
    }
    said = [
        f"{' '.join(key)}: {who} expected {want}, got {got.status_code}"
        for key, row in wrong.items()
        for who, (want, got) in row.items()
        if want != str(got.status_code)
    ]
    assert not said, "\n".join(said)


def sends_to_sign_in(answer):
    return answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))


def holds_whatever_the_table_says(name, answers):
    visitor = answers[PEOPLE.index("visitor")]
    assert name in PUBLIC or sends_to_sign_in(visitor), f"{name} is open to a visitor"
    broken = {answer.status_code for answer in answers if answer.status_code >= 500}
    assert not broken or name == "health", name  # which says 503 where no worker runs


@pytest.mark.parametrize("state", list(STATES))
def test_s01_every_address_of_a_case_in_each_state(state, people, clients):
    scene = Scene(people["ana"], state, people["tess"], people["vega"])
    found = {}
    for name in OF_A_CASE:
        for method in ("GET", "POST"):
            answers = row_of(clients, method, scene.url(name))
            found[name, state, method] = answers
            holds_whatever_the_table_says(name, answers)
            for stranger in ("ben", "stone", "quin", "their"):
                code = answers[PEOPLE.index(stranger)].status_code
                is_shut = code in (403, 404, 405) or (
                    "token" in ADDRESSES[name] and code == 410
                )  # its link is over
                assert is_shut, f"{method} {name} lets {stranger} in: {code}"
    judge(found)


@pytest.mark.parametrize("state", ["reading", "signed"])
def test_s01_a_key_of_another_case_opens_nothing(state, people, clients):
    """Staff and the specialist see both cases, so that only the pair of number and key can keep them apart."""
    mine, other = (Scene(people[name], state, people["tess"], people["vega"]) for name in ("ana", "ben"))
    tried = 0
    for name in OF_A_CASE:
        if not {"reference", "key"} <= set(ADDRESSES[name]):
            continue
        swapped = [{"key": other.key(name)}]
        if "instance" in ADDRESSES[name]:
            swapped.append({"instance": other.study.series.get().instances.get().key})
        for keys in swapped:
            url = mine.url(name, **keys)
            for who in ("ana", "ben", "tess", "vega", "lea"):
                for method in ("GET", "POST"):
                    code = ask(clients[who], method, url).status_code
                    assert code in (403, 404, 405), (
                        f"{method} {name} with another case's key as {who}: {code}"
                    )
                    tried += 1
    assert tried > 300


def test_s01_every_other_address(people, clients):
    found = {}
    for name in OF_NONE:
        with transaction.atomic():
            url = url_of_none(name, people)
            for method in ("GET", "POST"):
                answers = row_of(clients, method, url)
                found[name, "-", method] = answers
                holds_whatever_the_table_says(name, answers)
            transaction.set_rollback(True)
    judge(found)


def test_the_table_knows_no_address_that_is_gone():
    assert {name for name, _state, _method in read_table()} <= set(OURS)


def test_a_new_address_without_a_line_fails(people, clients):
    """The planted counter-example: the table must be able to say no."""
    answers = row_of(clients, "GET", reverse("home"))
    with pytest.raises(AssertionError, match="expected none"):
        judge_without_writing({("nobody:knows", "-", "GET"): answers})


def judge_without_writing(found):
    global WRITE
    before, WRITE = WRITE, False
    try:
        judge(found)
    finally:
        WRITE = before


def test_s05_a_view_without_a_rule_is_closed_to_visitors(people):
    """allauth's own pages for people who are signed in, and Django's admin, closed as well."""
    visitor = Client()
    for name in ("account_email", "account_change_password", "account_reauthenticate", "admin:index"):
        answer = visitor.get(reverse(name))
        assert answer.status_code == 302 and "login" in answer["Location"], name


def test_s01_other_methods_are_refused(people, clients):
    """PUT, PATCH and DELETE do nothing anywhere, whoever asks."""
    scene = Scene(people["ana"], "reading", people["tess"], people["vega"])
    urls = {name: scene.url(name) for name in OF_A_CASE} | {
        name: url_of_none(name, people) for name in OF_NONE if name != "oversight:withdraw_invitation"
    }
    for name, url in urls.items():
        for method in ("PUT", *(() if name in TUS else ("PATCH", "DELETE"))):
            for who in ("ana", "vega", "lea"):
                before = _counted()
                answer = ask(clients[who], method, url)
                assert answer.status_code in (405,), f"{method} {name} as {who}: {answer.status_code}"
                assert _counted() == before


def _counted():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM referrals_statuschange), (SELECT count(*) FROM referrals_record)"
        )
        return cursor.fetchone()


# --- what one may not see does not exist ----------------------------------------------------------

ASKED_FOR = re.compile(rb"SO-\w{4}-\w{4}|[0-9a-f]{8}-[0-9a-f-]{27}")
EACH_TIME_NEW = re.compile(rb'\b[0-9a-f]{12}\b|"X-CSRFToken": "\w+"|name="csrfmiddlewaretoken" value="\w+"')


def plain(answer):
    """What is said, without what is new each time and what the asker put into the address."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return EACH_TIME_NEW.sub(b"new", ASKED_FOR.sub(b"this", body))


def test_s02_forbidden_and_never_was_are_the_same_bytes(people, clients):
    scene = Scene(people["ana"], "reading", people["tess"], people["vega"])
    never = {"reference": "SO-2222-2222", "key": uuid.UUID(int=7)}
    for name in OF_A_CASE:
        for who in ("ben", "stone", "their"):
            for method in ("GET", "POST"):
                one, other = (
                    ask(clients[who], method, url) for url in (scene.url(name), scene.url(name, **never))
                )
                what = f"{method} {name} as {who}"
                assert one.status_code == other.status_code, what
                assert plain(one).splitlines() == plain(other).splitlines(), what
                assert {h: v for h, v in one.items() if h != "X-Request-ID"} == {
                    h: v for h, v in other.items() if h != "X-Request-ID"
                }, what


def test_s03_anothers_key_under_ones_own_reference_reaches_nothing(people, clients):
    """Ben's own case in the address, and the key of something of Ana's."""
    scene = Scene(people["ana"], "reading", people["tess"], people["vega"])
    own = Scene(people["ben"], "asked", people["tess"], people["vega"])
    both = [name for name in OF_A_CASE if {"reference", "key"} <= set(ADDRESSES[name])]
    assert len(both) > 8
    for name in both:
        url = own.url(name, key=scene.key(name))
        for who in ("ben", "tess", "vega"):
            for method in ("GET", "POST"):
                answer = ask(clients[who], method, url)
                assert answer.status_code in (403, 404, 405), (
                    f"{method} {name} as {who}: {answer.status_code}"
                )


def test_s04_access_taken_away_is_gone_at_the_next_request(people):
    """The same browser, before and after: a role that ended, an account that was closed."""
    scene = Scene(people["ana"], "reading", people["tess"], people["vega"])
    url = scene.url("records:download")
    for who, end in (("vega", "membership"), ("tess", "account"), ("ana", "account")):
        client = _client(people[who])
        assert ask(client, "GET", url).status_code == 200
        if end == "membership":
            people[who].memberships.update(ended_at=timezone.now())
        else:
            type(people[who]).objects.filter(pk=people[who].pk).update(is_active=False)
        answer = ask(client, "GET", url)
        assert answer.status_code == 404 if end == "membership" else sends_to_sign_in(answer)


def test_s04_a_case_given_to_someone_else_shuts_its_reading_room_and_files(people, clients):
    from referrals.review import actions

    scene = Scene(people["ana"], "reading", people["tess"], people["vega"])
    names = ("review:room", "records:read", "records:download", "opinion:edit")
    assert {ask(clients["vega"], "GET", scene.url(name)).status_code for name in names} == {200}
    actions.give_back(
        referral=scene.case.referrals.get(), by=people["vega"], now=timezone.now(), reason="given_back"
    )
    assert {ask(clients["vega"], "GET", scene.url(name)).status_code for name in names} == {404}


# --- nothing kept, nothing in addresses -----------------------------------------------------------


def test_s18_pages_for_a_person_are_kept_by_no_cache(people, clients):
    scene = Scene(people["ana"], "signed", people["tess"], people["vega"])
    urls = [scene.url(name) for name in OF_A_CASE] + [url_of_none(name, people) for name in OF_NONE]
    for url in urls:
        for who in ("ana", "tess", "vega", "ben"):
            answer = ask(clients[who], "GET", url)
            assert "no-store" in answer.get("Cache-Control", ""), (url, who)


def test_s18_addresses_hold_no_name_and_no_number_of_a_row():
    """Of a case its reference, of a thing its key: never a primary key, never words about a person."""
    allowed = {
        "act",
        "kind",
        "reference",
        "key",
        "instance",
        "slug",
        "type",
        "number",
        "rule",
        "token",
        "role",
        "scale",
    }
    found = {arg for name in OURS for arg in ADDRESSES[name]}
    assert found <= allowed


def test_s16_getting_changes_nothing_but_who_looked(people, clients):
    """A GET of each address as each person who gets in: only audit rows, sessions and marks of reading change."""
    scene = Scene(people["ana"], "reading", people["tess"], people["vega"])
    marks = {
        "referrals_auditevent",
        "django_session",
        "referrals_recordreading",
        "referrals_pagepicture",  # that a page is looked at: it is drawn
        "referrals_referral",
        "referrals_case",
    }
    for name in OF_A_CASE:
        for who in ("ana", "tess", "vega", "lea"):
            writes = []

            def watch(execute, sql, params, many, context, writes=writes):
                if match := re.match(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"( SET "opened_at")?', sql):
                    writes.append(
                        match[1]
                        if match[1] not in ("referrals_case", "referrals_referral") or match[2]
                        else "x"
                    )
                return execute(sql, params, many, context)

            with connection.execute_wrapper(watch):
                ask(clients[who], "GET", scene.url(name))
            assert set(writes) <= marks, f"GET {name} as {who} wrote {set(writes) - marks}"


def test_s16_no_unsafe_method_without_a_token(people):
    scene = Scene(people["ana"], "reading", people["tess"], people["vega"])
    for name in set(OF_A_CASE) - TUS:
        for who in ("ana", "vega", "tess"):
            client = Client(enforce_csrf_checks=True)
            client.force_login(people[who])
            assert ask(client, "POST", scene.url(name)).status_code == 403, name


@pytest.mark.parametrize("state", ["asked", "reading", "signed"])
@pytest.mark.parametrize("who", ["tess", "vega"])
def test_every_page_of_a_case_says_whose_it_is(who, state, people, clients):
    """Who works on several cases a day reads name and number wherever something is added, judged or written."""
    scene, nameless = Scene(people["ana"], state, people["tess"], people["vega"]), []
    family = scene.case.about.split()[-1]
    for name in OF_A_CASE:
        answer = ask(clients[who], "GET", scene.url(name))
        if answer.status_code != 200 or answer.streaming or b"<main" not in answer.content:
            continue
        page = answer.content.decode()
        if name not in PUBLIC | NAMELESS and not (family in page and scene.case.reference in page):
            nameless.append(name)
    assert not nameless
