"""What people do on the pages, one function a task; each looks at every page it passes.

They use words that people see, so a button that changes its words is noticed here.
"""

import datetime as dt
import re
from urllib.parse import urljoin

from django.utils import timezone

from referrals.models import Referral
from tests.build import PASSWORD

STORY = "My back hurts since spring, and the pain runs down my left leg when I stand."
QUESTION = "Do I need the screws now, or can it wait until summer?"
SECOND_QUESTION = "What happens if I do nothing?"
TROUBLE = "Slipped bone in the lower back"
ADVICE = "Eight weeks of guided exercise first, then look again."
PLAIN_WORDS = (
    "You do have a slipped bone. It is a small slip and your legs are strong. "
    "I would not operate now. Try guided exercise for eight weeks, then see a doctor again."
)
THING = "How far can you walk before you have to stop?"


def in_days(number):
    return timezone.localdate() + dt.timedelta(days=number)


# --- the patient asks ---


def ask_if_it_is_time(someone):
    someone.go("/").look("front")
    someone.follow("Is it time for one?").look("is-it-time")
    someone.expect(422)
    someone.press("See the answer").look("is-it-time-errors")
    assert someone.has_focus(".so-errors"), "the error summary has the focus"
    someone.choose(
        signs="none", situation="surgery", plan="big", timing="weeks", options="no", doubt="no",
        progress="same", sure="no", earlier="no",
    )  # fmt: skip
    someone.press("See the answer").look("is-it-time-answer")
    return someone.follow("Start my request")


def sign_up(someone, name, email):
    someone.look("what-happened")
    someone.choose(situation="surgery").press("Continue").look("sign-up")
    someone.expect(422)
    someone.fill(name=name, email="nonsense").press("Open my account").look("sign-up-errors")
    assert someone.page.input_value("[name=name]") == name
    someone.fill(email=email, password1=PASSWORD).press("Open my account").look("code")
    someone.fill(code=someone.site.code_for(email)).press("Go on").look("signed-up")
    return someone.press("Start my request")


def errors_first(someone, name, **typed):
    """Send the step unfinished: the summary has the focus, its links lead to the fields, what was typed stays."""
    someone.expect(422)
    someone.fill(**typed).press("Save and continue").look(f"{name}-errors")
    page = someone.page
    assert page.title().startswith("Error:")
    if someone.with_scripts:
        assert someone.has_focus(".so-errors"), f"{name}: the error summary has the focus"
    for field, text in typed.items():
        assert page.input_value(f"main [name={field}]") == text, f"{name}: {field} lost what was typed"
    link = page.locator(".so-errors a").first
    if someone.with_scripts:
        link.focus()
        page.keyboard.press("Enter")
        target = link.get_attribute("href")
        assert someone.has_focus(target), f"{name}: the link in the summary leads to {target}"


def tell_about(someone, name):
    someone.look("step-about")
    errors_first(someone, "step-about", subject_name=name, phone="not a phone")
    someone.choose(subject="self", subject_sex="female").fill(located_in="Illinois, US", phone="555 014 0133")
    someone.date("subject_born_on", dt.date(1968, 3, 3))
    someone.page.select_option("[name=zone]", "America/Chicago")
    return someone.press("Save and continue")


def tell_first_opinion(someone):
    """By keyboard alone: Tab from field to field, space for a choice, Enter on the button."""
    page = someone.look("step-first-opinion").page
    for selector, text in (
        ("[name=story]", STORY),
        ("[name=diagnosis]", TROUBLE),
        ("[name=advice]", " "),
        ("[name=plan]", "Screws and rods at two levels"),
        ("[name=doctor_name]", "Corvin Hale"),
        ("[name=practice]", "Millpond Spine Center"),
    ):
        someone.tab_to(selector)
        page.keyboard.type(text)
    someone.tab_to(".so-actions button[value=continue]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return someone


def tell_dates(someone):
    someone.look("step-dates")
    someone.date("decide_by_on", in_days(21))
    someone.press("Add a place").look("step-dates-place")
    place = someone.page.locator("input[name^=place-][name$=-where]").get_attribute("name")[: -len("where")]
    someone.fill(**{f"{place}where": "Millpond Spine Center, operation"})
    someone.date(f"{place}held_on", in_days(25)).date(f"{place}cancel_by_on", in_days(18))
    return someone.press("Save and continue")


def tell_questions(someone):
    someone.look("step-questions")
    someone.expect(422)
    someone.press("Save and continue").look("step-questions-errors")
    someone.fill(question_1=QUESTION, question_2=SECOND_QUESTION)
    return someone.press("Save and continue")


def add_records(someone, files, locked=None):
    """Several real files at once; they are ready when the worker has drawn them."""
    page = someone.look("step-records").page
    chosen = [*files, *([locked] if locked else [])]
    page.set_input_files("main input[type=file]", [str(file) for file in chosen])
    if not someone.with_scripts:
        someone.press("Add these files")
    for file in chosen:  # a scan that is checked by now goes by what it says of itself
        shown = re.compile(
            f"{re.escape(file.name)}|CT scan" if file.suffix == ".dcm" else re.escape(file.name)
        )
        page.locator("#files").get_by_text(shown).first.wait_for()
    wait_until_checked(someone)
    if locked:
        row = page.locator("#files .so-file").filter(has_text=locked.name)
        assert "password" in row.inner_text().lower()
    someone.look("step-records-ready")
    if locked:
        someone.follow(f"Remove {locked.name}").look("record-remove")
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_load_state()
    return someone


def wait_until_checked(someone):
    page = someone.page
    for _look in range(60):
        if not page.locator("#files[data-checking]").count():
            return
        page.wait_for_timeout(500)
        if not someone.with_scripts:
            page.reload()
    raise AssertionError(f"Records are still being checked: {page.locator('#files').inner_text()}")


def tell_cost(someone):
    someone.look("step-cost")
    return someone.choose(cover="self_pay").press("Save and continue")


def check_and_send(someone):
    someone.look("step-check").says(QUESTION, STORY, "Corvin Hale")
    someone.expect(422)
    someone.press("Send my request").look("step-check-errors")
    someone.choose(emergency="none", notice="", consent="").press("Send my request").look("sent")
    someone.follow("See my request").look("case-sent")
    return re.search(r"SO-[0-9A-Z]{4}-[0-9A-Z]{4}", someone.page.url)[0]


def answer(someone, address, text):
    """Answer what was asked, from the mail's link."""
    someone.go(address)
    if someone.page.get_by_role("link", name="Answer", exact=False).count():
        someone.look("case-asked").follow("Answer")
    someone.look("answer")
    someone.expect(422)
    someone.press("Send my answer").look("answer-errors")
    someone.page.locator("main textarea").first.fill(text)
    return someone.press("Send my answer").look("case-answered")


# --- the care team ---


def take_by_keys(someone, reference):
    """On the list: j and k move, a takes the row one stands on, Enter opens it."""
    page = someone.go("/triage/").look("worklist").page
    rows = page.locator("[data-rows] tr").count()
    for _press in range(rows):
        page.keyboard.press("j")
        if reference in page.locator("[data-rows] tr.is-at").inner_text():
            break
    assert reference in page.locator("[data-rows] tr.is-at").inner_text(), f"j never reaches {reference}"
    if rows > 1:
        page.keyboard.press("k")
        page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("a")
    stand_on(someone, reference)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return someone.look("staff-case")


def stand_on(someone, reference):
    page = someone.page
    for _press in range(page.locator("[data-rows] tr").count()):
        page.keyboard.press("j")
        if reference in page.locator("[data-rows] tr.is-at").inner_text():
            return
    raise AssertionError(f"j never reaches {reference}")


def take(someone, reference):
    """With a press on the list, found by its number: the list may have more than a page."""
    someone.go("/triage/").look("worklist")
    someone.fill(q=reference).press("Show").press(f"Take {reference}")
    return someone.go(staff(reference)).look("staff-case")


def staff(reference):
    return f"/triage/cases/{reference}/"


def ask_for_more(someone, reference):
    someone.go(f"{staff(reference)}ask/").look("staff-ask")
    someone.expect(422)
    someone.press("Send the question").look("staff-ask-errors")
    return someone.fill(item_1=THING).press("Send the question").look("staff-case-asked")


def set_urgency(someone, reference, urgency="soon"):
    someone.go(f"{staff(reference)}urgency/").look("staff-urgency")
    someone.expect(422)
    someone.press("Set it").look("staff-urgency-errors")
    return someone.choose(urgency=urgency).fill(reason="The date is near").press("Set it")


def go_on_without(someone, reference, why="The letter says enough"):
    """Each record that is missing is waived in a sentence."""
    someone.go(staff(reference))
    first = True
    while (links := someone.page.get_by_role("link", name="Go on without")).count():
        with someone.page.expect_navigation():
            links.first.click()
        if first:
            someone.look("staff-waive")
        first = False
        someone.fill(why=why).press("Go on without it")
    return someone


def accept(someone, reference):
    someone.go(f"{staff(reference)}accept/").look("staff-accept")
    return someone.press("Accept", exact=True).look("staff-case-accepted")


def offer(someone, reference, specialist):
    someone.go(f"{staff(reference)}match/").look("staff-match")
    someone.follow(f"Choose {specialist.specialist_profile}").look("staff-match-chosen")
    someone.fill(note="Please look at the slip first.")
    return someone.press("Send offer").look("staff-case-offered")


# --- the specialist ---


def offer_link(site, specialist, reference):
    """The link in the mail about this very offer; the mail tells neither name nor number."""
    key = Referral.objects.get(case__reference=reference, specialist=specialist).key
    return site.link_for(specialist.email, str(key), "/review/")


def take_offer(someone, address):
    someone.go(address).look("offer")
    someone.expect(422)
    someone.press("Take this case").look("offer-errors")
    return someone.choose(no_tie="").press("Take this case")


def read_by_keys(someone):
    """Open each record from the list with Tab and Enter, and turn its pages with the tool bar."""
    page = someone.look("room").page
    links = page.locator(".so-recs a")
    for number in range(links.count()):
        show_pane(someone, "Records")
        link = page.locator(".so-recs a").nth(number)
        page.locator(".so-recs").evaluate("list => { list.dataset.before = 'yes'; }")
        link.focus()
        page.keyboard.press("Enter")
        page.wait_for_function(  # the request is current before it is opened: wait for the list that comes then
            """n => {
                const panes = document.querySelector(".so-panes");
                return !document.querySelector(".so-recs").dataset.before
                    && document.querySelectorAll(".so-recs a")[n]?.getAttribute("aria-current")
                    && (!panes.getClientRects().length
                        || panes.querySelector("a[aria-current]")?.href.includes("pane=page"));
            }""",
            arg=number,
        )
        while (after := page.get_by_role("link", name="Next page")).count():
            shown = page.locator(".so-tools .so-num").first.inner_text()
            after.focus()
            page.keyboard.press("Enter")
            page.wait_for_function(
                "words => document.querySelector('.so-tools .so-num')?.innerText !== words", arg=shown
            )
        picture = page.locator("[data-sheet] img")
        if picture.count():
            page.wait_for_function("() => document.querySelector('[data-sheet] img').naturalWidth > 0")
            page.get_by_role("button", name="Zoom in").press("Enter")
            page.get_by_role("button", name="Rotate").press("Enter")
    return someone.look("room-page")


def read_by_links(someone):
    """Every record and page by its plain link."""
    someone.look("room")
    for number in range(someone.page.locator(".so-recs a").count()):
        address = someone.page.locator(".so-recs a").nth(number).get_attribute("href")
        someone.page.goto(urljoin(someone.page.url, address))
        if (after := someone.page.get_by_role("link", name="Next page")).count():
            with someone.page.expect_navigation():
                after.click()
    return someone.look("room-page")


def show_pane(someone, name):
    """On a narrow screen one pane of the room shows at a time."""
    chooser = someone.page.locator(".so-panes").get_by_role("link", name=name)
    if chooser.is_visible() and not chooser.get_attribute("aria-current"):
        chooser.press("Enter")


def write(someone, reference):
    """The parts, saved while typing: after a reload all is there."""
    page = someone.page
    show_pane(someone, "Opinion")
    someone.choose(
        diagnosis_stance="agree", plan_stance="differ", confidence="fairly", safe_to_wait="for_a_time"
    )
    texts = {
        "diagnosis": "Slip of L4 on L5, grade 1.", "advice": ADVICE, "why": "The slip is small and stable.",
        "alternatives": "An injection may help for some weeks.", "would_change": "New weakness in a leg.",
        "safe_to_wait_note": "Until spring, if nothing changes.", "warning_signs": "A leg turns weak",
        "answer_1": "Not now, I think.", "answer_2": "It may stay as it is for years.", "plain_words": PLAIN_WORDS,
    }  # fmt: skip
    for name, text in texts.items():
        box = page.locator(f"form[data-opinion] [name={name}]")
        if box.count():
            box.fill(text)
    if someone.with_scripts:
        page.locator("[data-say]").get_by_text("Saved").wait_for()
        page.wait_for_function("() => !document.querySelector('[data-say]').innerText.includes('Saving')")
        page.wait_for_timeout(1600)
        page.reload()
        for name in ("advice", "plain_words"):
            assert page.input_value(f"[name={name}]") == texts[name], f"{name} was not saved while typing"
    page.evaluate("() => scrollTo(0, 0)")  # what lies half under the chooser of panes is small to axe
    return someone.look("room-written")


def sign(someone, reference):
    page = someone.page
    with page.expect_navigation():
        page.get_by_role("button", name="Check and sign").click()
    someone.look("sign")
    someone.expect(422)
    someone.fill(password="not my password").press("Sign and deliver").look("sign-errors")
    return someone.fill(password=PASSWORD).press("Sign and deliver").look("signed").says(ADVICE)


# --- the decision ---


def read_opinion(someone, address):
    someone.go(address)
    if "/decision/" not in someone.page.url:
        someone.look("case-ready")
        someone.page.locator(".so-next a.so-btn").first.click()
        someone.page.wait_for_load_state()
    someone.look("opinion").says(PLAIN_WORDS[:40], "Slipped bone")
    someone.follow("Print or save as PDF").look("opinion-print").says(PLAIN_WORDS[:40])
    return someone.follow("Back", within="body")


def decide(someone, choice="need_time"):
    someone.expect(422)
    someone.press("Save my choice").look("opinion-errors")
    someone.choose(choice=choice).fill(note="I talk to my family first")
    return someone.press("Save my choice").look("opinion-decided").says("I talk to my family first")
