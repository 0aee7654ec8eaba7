"""The main pages by other eyes: dark, forced colours, text at twice its size; and pages that say no."""

from tests.browser.look import PHONE, TOO_WIDE

PUBLIC = ("/", "/read/", "/is-it-time/", "/ask/", "/accounts/login/", "/accounts/signup/", "/theme/")
NOT_CLIPPED = """() => [...document.querySelectorAll('main :is(h1, h2, h3, .so-btn, .so-pill, label, legend, th)')]
  .filter(e => e.checkVisibility() && !e.classList.contains('visually-hidden') && e.scrollWidth > e.clientWidth + 2
    && getComputedStyle(e).overflowX === 'hidden')
  .map(e => e.outerHTML.slice(0, 100))"""


def pages_of(scenes, cast):
    """Who sees what: everything a role meets on a usual day."""
    reading, delivered = scenes.reading, scenes.delivered

    def of(case):
        return f"/cases/{case.reference}/"

    def staff(case):
        return f"/triage/cases/{case.reference}/"

    return [
        (None, PUBLIC),
        (scenes.draft.patient, (
            "/home/", of(scenes.draft), f"/ask/{scenes.draft.reference}/step/first-opinion/",
            f"/ask/{scenes.draft.reference}/step/dates/", f"/records/{scenes.draft.reference}/add/",
            f"/ask/{scenes.draft.reference}/step/check/", "/reminders/", "/accounts/details/",
        )),
        (reading.patient, (
            of(reading), f"{of(reading)}opened/", f"/records/{reading.reference}/",
            f"/records/{reading.reference}/{scenes.records[0].key}/",
            f"/records/{reading.reference}/{scenes.records[1].key}/",
        )),
        (scenes.asked.patient, (of(scenes.asked), f"/ask/{scenes.asked.reference}/answer/")),
        (scenes.declined.patient, (of(scenes.declined),)),
        (delivered.patient, (of(delivered), "/cases/")),
        (scenes.closed.patient, (of(scenes.closed),)),
        (cast.sam, ("/home/", "/triage/", "/triage/?view=ended", staff(scenes.triage), f"{staff(scenes.triage)}note/")),
        (cast.tess, (
            f"{staff(scenes.routing)}match/", f"{staff(reading)}history/", f"{staff(reading)}opened/",
            f"{staff(reading)}records/", f"/reminders/cases/{reading.reference}/", "/reminders/all/",
            f"{staff(scenes.triage)}decline/", f"{staff(scenes.delivered)}",
        )),
        (cast.vega, (
            "/review/", f"/review/offers/{scenes.offer.key}/", f"/review/{reading.reference}/",
            f"/review/{reading.reference}/?record={scenes.records[0].key}&pane=page",
            f"/review/{scenes.clarifying.reference}/?record=answers&pane=page",
            f"/review/{reading.reference}/ask/", f"/opinion/{reading.reference}/",
            f"/opinion/{reading.reference}/preview/", "/review/limit/",
        )),
        (cast.lea, ("/home/", "/oversight/people/", "/oversight/people/invite/")),
        (cast.quin, ("/home/reading/",)),
    ]  # fmt: skip


def walk(visit, scenes, cast, look, text_size=None, only=None, **options):
    for person, addresses in pages_of(scenes, cast):
        if only and not only(person):
            continue
        someone = visit(person.name.split()[0].lower() if person else "visitor", person, **options)
        for address in addresses:
            someone.go(address)
            if text_size:
                wire = someone.context.new_cdp_session(someone.page)
                wire.send("Page.setFontSizes", {"fontSizes": {"standard": text_size, "fixed": text_size}})
                someone.page.wait_for_function(
                    "size => parseFloat(getComputedStyle(document.documentElement).fontSize) >= size",
                    arg=text_size,
                )
            look(someone, address)


def name_of(address):
    """The address without numbers and keys."""
    path, _mark, query = address.partition("?")
    parts = [part for part in path.split("/") if part and not part.startswith("SO-") and len(part) < 30]
    return "-".join([*parts, *(["with", query[:6]] if query else [])]) or "front"


def test_every_page_holds_by_day(visit, scenes, cast):
    walk(visit, scenes, cast, lambda someone, address: someone.look(name_of(address)))


def test_every_page_holds_in_the_dark(visit, scenes, cast):
    def look(someone, address):
        someone.look(f"dark-{name_of(address)}", narrow=False)

    walk(visit, scenes, cast, look, color_scheme="dark", size=PHONE)


def test_text_at_twice_its_size_is_all_there(visit, scenes, cast):
    """Neither clipped nor pushed out sideways, where somebody set their browser's text to 200 %."""

    def look(someone, address):
        page = someone.page
        if wide := page.evaluate(TOO_WIDE):
            someone.wrong.append(f"{address} scrolls sideways at 200 %: {wide}")
        if clipped := page.evaluate(NOT_CLIPPED):
            someone.wrong.append(f"{address} clips text at 200 %: {clipped}")
        someone.picture(f"large-{name_of(address)}", whole=False)

    walk(visit, scenes, cast, look, text_size=32)


def test_text_at_twice_its_size_fits_a_phone(visit, scenes, cast):
    def look(someone, address):
        if wide := someone.page.evaluate(TOO_WIDE):
            someone.wrong.append(f"{address} scrolls sideways at 200 % on a phone: {wide}")
        someone.picture(f"large-phone-{name_of(address)}", whole=False)

    staff = {cast.sam, cast.tess, cast.vega, cast.lea, cast.quin}
    walk(visit, scenes, cast, look, text_size=32, only=lambda person: person not in staff, size=PHONE)


def test_forced_colours_keep_what_is_chosen_and_what_can_be_pressed(visit, scenes, cast):
    """Buttons have an edge, and what has the focus an outline, where the system paints over everything."""

    def look(someone, address):
        page = someone.page
        edges = page.evaluate(
            """() => [...document.querySelectorAll('main .so-btn, main input:not([type=hidden])')]
            .filter(e => e.checkVisibility({opacityProperty: true}) && !e.closest('.visually-hidden')
              && !['radio', 'checkbox', 'file'].includes(e.type) && !e.classList.contains('visually-hidden')
              && !e.classList.contains('is-link'))
            .filter(e => getComputedStyle(e).borderTopStyle === 'none' || getComputedStyle(e).borderTopWidth === '0px')
            .map(e => e.outerHTML.slice(0, 120))"""
        )
        assert edges == [], address
        page.keyboard.press("Tab")
        outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", f"{address}: what has the focus has no outline"
        someone.picture(f"forced-{name_of(address)}")

    walk(visit, scenes, cast, look, forced_colors="active")


def test_pages_that_say_no_hold_too(visit, scenes, cast):
    visit("visitor").go("/nowhere/", 404).look("404")
    stranger = visit("stranger", scenes.sent.patient)
    stranger.go(f"/cases/{scenes.reading.reference}/", 404).look("404-case")
    visit("sam", cast.sam).go(f"/triage/cases/{scenes.triage.reference}/accept/", 403).look("403")
    ended = visit("ended", scenes.declined.patient)
    ended.go(f"/ask/{scenes.declined.reference}/withdraw/", 409).look("409")
