"""The main job from the first visit to the decision, in Chromium, with real files and the mails that arrive."""

import os

import pytest

from tests.browser import acts
from tests.browser.look import PHONE, WIDE

NAME = "Rosa Lindqvist"


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_from_a_worried_visitor_to_a_decision(visit, site, cast, real_files, size):
    email = f"rosa{os.urandom(3).hex()}@patients.example"
    rosa = visit("rosa", size=size, words=[email])
    acts.ask_if_it_is_time(rosa)
    acts.sign_up(rosa, NAME, email)
    rosa.words += ["Lindqvist", "slipped", "screws"]
    acts.tell_about(rosa, NAME)
    acts.tell_first_opinion(rosa)
    acts.tell_dates(rosa)
    acts.tell_questions(rosa)
    acts.add_records(
        rosa,
        [real_files.letter, real_files.photo, real_files.scan, real_files.note],
        locked=real_files.locked,
    )
    rosa.follow("Continue")
    acts.tell_cost(rosa)
    reference = acts.check_and_send(rosa)
    site.mail_to(email, reference)

    sam = visit("sam", cast.sam, size=size, words=["Lindqvist", "slipped"])
    acts.take_by_keys(sam, reference)
    acts.ask_for_more(sam, reference)
    acts.answer(rosa, site.link_for(email, "waiting", reference), "About 200 meters, then the leg goes numb")

    tess = visit("tess", cast.tess, size=size, words=["Lindqvist", "slipped"])
    acts.set_urgency(tess, reference)
    acts.go_on_without(tess, reference)
    acts.accept(tess, reference)
    acts.offer(tess, reference, cast.vega)

    vega = visit("vega", cast.vega, size=size, words=["Lindqvist", "slipped"])
    acts.take_offer(vega, acts.offer_link(site, cast.vega, reference))
    acts.read_by_keys(vega)
    acts.write(vega, reference)
    acts.sign(vega, reference)

    acts.read_opinion(rosa, site.link_for(email, "ready", reference))
    acts.decide(rosa)
    rosa.go(f"/cases/{reference}/opened/").look("who-opened").says("Vega")
