"""What people type stays text for everybody, and what was on the screen is gone after signing out."""

import pytest

from referrals.models import Case, Referral
from tests import build
from tests.browser import acts
from tests.build import PASSWORD

PROBE = '"><script>alert("typed")</script><img src=x onerror=alert(1)>{{99991*3}}'
NAME = 'Mara"><img src=x onerror=alert(2)>'
FILE = "<img src=x onerror=alert(3)>.pdf"


def nothing_ran(someone):
    """No element came out of what was typed, and it can be read as it was."""
    page = someone.page
    assert page.locator("img[src='x'], main script, [onerror]").count() == 0, (
        f"{page.url} made markup of a text"
    )
    assert "299973" not in page.inner_text("main"), f"{page.url} reckoned what was typed"
    return someone


def type_everywhere(someone, text=PROBE):
    """Into every empty text field of the page."""
    for box in someone.page.locator("main :is(input[type=text], textarea)").all():
        numeric = box.get_attribute("inputmode") in ("numeric", "tel")
        if box.is_visible() and not numeric and not box.input_value():
            box.fill(text)
    return someone


def test_s19_what_people_type_never_becomes_markup(visit, site, cast, patient, real_files):
    mara_herself = patient(NAME)
    mara = visit("mara", mara_herself)
    mara.go("/ask/").choose(situation="trust").press("Continue")
    step = mara.page.url
    mara.choose(subject="self")
    type_everywhere(mara)
    mara.date("subject_born_on", acts.dt.date(1968, 3, 3)).press("Save and continue")
    assert mara.page.url != step, mara.page.inner_text("main")
    mara.choose(advice="surgery")
    type_everywhere(mara).press("Save and continue")
    mara.date("decide_by_on", acts.in_days(21)).press("Add a place")
    place = mara.page.locator("input[name^=place-][name$=-where]").get_attribute("name")[: -len("where")]
    mara.date(f"{place}held_on", acts.in_days(25))
    type_everywhere(mara).press("Save and continue")
    type_everywhere(mara).press("Save and continue")
    named = {"name": FILE, "mimeType": "application/pdf", "buffer": real_files.letter.read_bytes()}
    mara.page.set_input_files("main input[type=file]", named)
    mara.page.locator("#files").get_by_text(FILE).first.wait_for()
    acts.wait_until_checked(mara)
    nothing_ran(mara).says(FILE).follow("Continue")
    mara.choose(cover="asked")
    type_everywhere(mara).press("Save and continue")
    nothing_ran(mara).says(PROBE)
    mara.choose(emergency="none", notice="", consent="").press("Send my request")
    case = Case.objects.get(patient=mara_herself)
    reference = case.reference
    nothing_ran(mara.go(f"/cases/{reference}/"))

    sam = visit("sam", cast.sam)
    nothing_ran(sam.go(f"/triage/?q={reference}")).says("onerror=alert(1)")
    sam.press(f"Take {reference}")
    for act, button in (("note", "Save the note"), ("ask", "Send the question")):
        sam.go(f"{acts.staff(reference)}{act}/")
        type_everywhere(sam).press(button)
    nothing_ran(sam.go(acts.staff(reference))).says(PROBE)
    nothing_ran(mara.go(f"/ask/{reference}/answer/")).says(PROBE)
    type_everywhere(mara).press("Send my answer")
    tess = visit("tess", cast.tess)
    tess.go(f"{acts.staff(reference)}urgency/").choose(urgency="routine")
    type_everywhere(tess).press("Set it")
    acts.go_on_without(tess, reference, why=PROBE)
    tess.go(f"{acts.staff(reference)}accept/").press("Accept", exact=True)
    tess.go(f"{acts.staff(reference)}match/").follow(f"Choose {cast.stone.specialist_profile}")
    type_everywhere(tess).press("Send offer")
    for page in ("", "records/", "opened/", "history/"):
        nothing_ran(tess.go(f"{acts.staff(reference)}{page}"))

    stone = visit("stone", cast.stone)
    offer = Referral.objects.get(case=case)
    nothing_ran(stone.go(f"/review/offers/{offer.key}/")).choose(no_tie="").press("Take this case")
    nothing_ran(stone)
    record = case.records.get()
    nothing_ran(stone.go(f"/review/{reference}/?record={record.key}&pane=page"))
    stone.go(f"/opinion/{reference}/")
    stone.choose(diagnosis_stance="agree", plan_stance="agree", confidence="very", safe_to_wait="yes")
    type_everywhere(stone)
    with stone.page.expect_navigation():
        stone.page.get_by_role("button", name="Check and sign").click()
    nothing_ran(stone).says(PROBE)
    stone.fill(password=PASSWORD).press("Sign and deliver")
    nothing_ran(stone).says(PROBE)

    nothing_ran(mara.go(f"/decision/{reference}/")).says(PROBE).choose(choice="switch")
    type_everywhere(mara).press("Save my choice")
    nothing_ran(mara).says(PROBE)
    nothing_ran(mara.go(f"/decision/{reference}/?print")).says(PROBE)
    nothing_ran(mara.go(f"/cases/{reference}/opened/"))
    nothing_ran(mara.go(f"/records/{reference}/{record.key}/")).says(FILE)
    nothing_ran(sam.go(f"/decision/{reference}/")).says(PROBE)
    nothing_ran(visit("lea", cast.lea).go("/triage/?view=all"))
    nothing_ran(visit("quin", cast.quin).go("/home/reading/"))
    site.mail_to(mara_herself.email, reference)
    for mail in site.catcher.mails:
        for part in mail.walk():
            if not part.is_multipart():
                assert "onerror" not in part.get_content(), f"{mail['Subject']} repeats what was typed"


@pytest.mark.parametrize("role", ["patient", "coordinator", "specialist"])
def test_s18_nothing_of_a_case_is_left_after_sign_out(visit, scenes, cast, role):
    reading = scenes.reading
    person, address = {
        "patient": (reading.patient, f"/cases/{reading.reference}/"),
        "coordinator": (cast.sam, f"/triage/cases/{reading.reference}/"),
        "specialist": (cast.vega, f"/review/{reading.reference}/"),
    }[role]
    someone = visit(role, person).go(address).says(reading.reference)
    page = someone.page
    kept = page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert kept == "[{},{}]", f"the browser keeps {kept}"
    if role == "specialist":  # the room has no menu of its own
        someone.go("/review/")
    page.locator("summary:visible").filter(has=page.locator("bdi, svg")).last.click()
    with page.expect_navigation():
        page.get_by_role("button", name="Sign out").click()
    if page.get_by_role("button", name="Sign out").count():
        someone.press("Sign out")
    for _press in range(3):
        page.go_back(wait_until="load")
        someone.says_not(reading.reference, "Juniper", "screws")
    answer = page.goto(f"{someone.site.url}{address}")
    assert "/accounts/login/" in answer.url


def test_older_words_never_land_after_newer_ones(visit, patient):
    """A slow line holds the first save back: the second waits for it, and so does the button."""
    rosa_herself = patient()
    case = build.make_draft(rosa_herself, now=build.real_now(), story="")
    rosa = visit("rosa", rosa_herself).go(f"/ask/{case.reference}/step/first-opinion/")
    page, held = rosa.page, []
    page.route(
        f"**/ask/{case.reference}/step/first-opinion/",
        lambda route: held.append(route) if is_save(route) else route.continue_(),
    )
    box = page.locator("main textarea").first
    name = box.get_attribute("name")
    box.fill("old words")
    came(page, held, 1)
    box.fill("new words")
    page.wait_for_timeout(2500)
    assert len(held) == 1, "a second save went out while the first was on its way"
    held[0].continue_()
    came(page, held, 2)
    assert "old words" in held[0].request.post_data and "new words" in held[1].request.post_data
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        held[1].continue_()
    page.unroute_all(behavior="wait")
    rosa.go(f"/ask/{case.reference}/step/first-opinion/")
    assert page.locator(f"[name={name}]").input_value() == "new words"


def is_save(route):
    return route.request.method == "POST" and "autosave" in (route.request.post_data or "")


def came(page, held, count):
    for _look in range(100):
        if len(held) >= count:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{len(held)} saves came, not {count}")
