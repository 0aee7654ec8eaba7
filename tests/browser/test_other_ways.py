"""The ways that are taken less often: a child, taking back, giving back, giving away, an invitation, a new password."""

import os

import pytest
from django.utils import timezone

from referrals.models import Case
from referrals.vocabulary import CaseStatus
from tests import build
from tests.browser import acts
from tests.browser.look import PHONE
from tests.build import PASSWORD

ANOTHER = "four quiet green rivers"


@pytest.fixture
def reading(cast, patient):
    """A case that a specialist of its own reads, and the specialist: `reading("hale")`."""

    def make(name):
        specialist = build.make_specialist(f"{name} {os.urandom(2).hex()}")
        return build.make_case(
            patient("Juniper Ashgrove"), CaseStatus.IN_REVIEW, staff=cast.tess, specialist=specialist,
            now=timezone.now(),
        ), specialist  # fmt: skip

    return make


def test_a_parent_asks_for_a_child(visit, site, cast, patient, real_files):
    pia_herself = patient("Pia Winterbourne")
    pia = visit("pia", pia_herself, size=PHONE, words=["Milo", "Winterbourne"])
    pia.go("/ask/").choose(situation="child").press("Continue")
    acts.errors_first(pia, "child-about", located_in="Illinois, US")
    pia.choose(subject="child", authority="parent").fill(subject_name="Milo Winterbourne")
    pia.date("subject_born_on", acts.in_days(-40 * 365)).expect(422)
    pia.press("Save and continue").says("Whoever is 18 or older asks for themselves")
    pia.date("subject_born_on", acts.in_days(-8 * 365)).press("Save and continue").look("child-first-opinion")
    pia.says("What did they say your child has?").choose(advice="wait").fill(diagnosis="A hole in the heart")
    pia.press("Save and continue").choose(no_decision_date="").press("Save and continue")
    pia.fill(question_1="Is it safe to wait?").press("Save and continue")
    acts.add_records(pia, [real_files.letter], locked=real_files.locked).follow("Continue")
    pia.choose(cover="self_pay").press("Save and continue").look("child-check").says("About your child")
    pia.choose(emergency="none", notice="", consent="").press("Send my request")
    case = Case.objects.get(patient=pia_herself)
    pia.follow("See my request").says("Your question for Milo Winterbourne")

    sam = visit("sam", cast.sam, words=["Milo", "Winterbourne"])
    acts.take(sam, case.reference).says("Asked by", "Pia Winterbourne, a parent with the right to decide")


def test_a_patient_takes_the_request_back(visit, site, cast, reading):
    case, specialist = reading("hale")
    room = f"/review/{case.reference}/"
    reader = visit("reader", specialist, size=PHONE).go(room)
    rosa = visit("rosa", case.patient, size=PHONE)
    rosa.go(f"/cases/{case.reference}/").follow("Take my request back").look("withdraw")
    rosa.follow("Keep my request").says("reads and writes until")
    rosa.follow("Take my request back").press("Take it back").look("withdrawn").says(
        "Nobody reads it any more"
    )
    rosa.go(f"/cases/{case.reference}/").says("You took it back")
    rosa.go(f"/ask/{case.reference}/withdraw/").says("You took it back")

    reader.go(room, 404).go("/review/").look("inbox-withdrawn").says("The patient took the request back.")
    visit("tess", cast.tess).go(acts.staff(case.reference)).look("staff-withdrawn").says("Withdrawn")


def test_a_case_is_given_back_and_then_given_to_another(visit, site, cast, reading):
    case, first = reading("first")
    second = build.make_specialist(f"second {os.urandom(2).hex()}", specialty="neurosurgery")
    room, staff_page = f"/review/{case.reference}/", acts.staff(case.reference)

    one = visit("first", first).go(room)
    acts.show_pane(one, "Opinion")
    one.page.fill("form[data-opinion] [name=advice]", acts.ADVICE)
    one.page.locator("[data-say]").get_by_text("Saved").wait_for()
    acts.show_pane(one, "Records")
    with one.page.expect_navigation():
        one.page.get_by_role("link", name="Give the case back").press("Enter")
    one.look("give-back").expect(422)
    one.fill(note="A surgeon of nerves fits better").press("Give it back").look("give-back-errors")
    assert one.page.input_value("main [name=note]") == "A surgeon of nerves fits better"
    one.choose(reason="other").press("Give it back").look("given-back").says(
        "This case is no longer with you."
    )
    one.go(room, 404)

    tess = visit("tess", cast.tess).go(staff_page).look("staff-given-back")
    tess.says("Another reason: A surgeon of nerves fits better", f"{first.name} asked for another specialist")
    acts.offer(tess, case.reference, second)
    two = visit("second", second)
    acts.take_offer(two, acts.offer_link(site, second, case.reference)).says("0 of 6 parts done").go(room)

    tess.go(staff_page).follow("Give to someone else").look("reassign").expect(422)
    tess.press("Take it from them").look("reassign-errors")
    tess.choose(reason="overdue").press("Take it from them").look("reassigned").says("The opinion is overdue")
    two.go(room, 404)
    lea = visit("lea", cast.lea).go(staff_page)
    lea.follow("Read the draft").look("kept-draft").says(acts.ADVICE)


def test_from_an_invitation_to_the_first_sign_in_and_the_end_of_the_role(visit, site, cast):
    email = f"new{os.urandom(3).hex()}@fernhollow.example"
    lea = (
        visit("lea", cast.lea)
        .go("/oversight/people/")
        .look("people")
        .follow("Invite somebody")
        .look("invite")
    )
    lea.fill(email=email, name="Nora Kestrel").choose(role="specialist").expect(422)
    lea.press("Send the invitation").look("invite-errors")
    lea.page.select_option("main select", label="Orthopedics")
    lea.press("Send the invitation").look("invited").says(email)
    link = site.link_for(email, "invites you", "/oversight/join/")
    lea.go(link).look("join-as-another").says(f"The invitation is for {email}")

    nora = visit("nora", size=PHONE).go(link).look("join")
    nora.expect(422)
    nora.fill(password="short").press("Open my account").look("join-errors")
    nora.fill(password=ANOTHER).press("Open my account").look("joined").says("Nothing to do")
    visit("late").go(link, 410).look("join-used")
    again = visit("again").go("/accounts/login/").fill(login=email, password=ANOTHER)
    again.press("Sign in", exact=True).says("My cases")

    lea.go("/oversight/people/").follow("Nora Kestrel, Specialist").look("end-role").press("End the role")
    again.go("/review/", 403).look("role-ended")


def test_a_forgotten_password_is_made_anew(visit, site, patient):
    person = patient()
    kept = visit("kept", person).go("/home/")
    rosa = visit("rosa", size=PHONE).go("/accounts/login/").follow("I forgot my password").look("forgot")
    rosa.fill(email=person.email).press("Send me a code").look("forgot-code")
    code = site.code_for(person.email)
    rosa.expect(422)
    rosa.fill(code="000000" if code != "000000" else "111111").press("Go on").look("forgot-code-errors")
    rosa.says("Type the six digits of the newest mail").fill(code=code).press("Go on").look("new-password")
    rosa.expect(422)
    rosa.fill(password1=ANOTHER, password2=PASSWORD).press("Save the password").look("new-password-errors")
    rosa.fill(password1=ANOTHER, password2=ANOTHER).press("Save the password").look("new-password-saved")
    site.mail_to(person.email, "Your password was changed")
    rosa.follow("Sign in").fill(login=person.email, password=ANOTHER).press("Sign in", exact=True)
    rosa.says("My requests")
    kept.go("/home/")
    assert "/accounts/login/" in kept.page.url, "another device stays signed in after a new password"
