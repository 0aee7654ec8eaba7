"""The main job with scripts switched off: plain forms and links do everything."""

from tests.browser import acts

NAME = "Rosa Lindqvist"


def test_the_main_job_needs_no_script(visit, site, cast, patient, real_files):
    rosa_herself = patient(NAME)
    plain = {"java_script_enabled": False}
    rosa = visit("rosa-plain", rosa_herself, **plain)
    rosa.go("/ask/").choose(situation="surgery").press("Continue")
    acts.tell_about(rosa, NAME)
    acts.tell_first_opinion(rosa)
    acts.tell_dates(rosa)
    acts.tell_questions(rosa)
    acts.add_records(rosa, [real_files.letter, real_files.note], locked=real_files.locked)
    rosa.follow("Continue")
    acts.tell_cost(rosa)
    reference = acts.check_and_send(rosa)

    tess = visit("tess-plain", cast.tess, **plain)
    acts.take(tess, reference)
    acts.ask_for_more(tess, reference)
    acts.answer(rosa, site.link_for(rosa_herself.email, "waiting", reference), "About 200 meters")
    acts.set_urgency(tess, reference)
    acts.go_on_without(tess, reference)
    acts.accept(tess, reference)
    acts.offer(tess, reference, cast.vega)

    vega = visit("vega-plain", cast.vega, **plain)
    vega.go("/review/").look("inbox")
    acts.take_offer(vega, acts.offer_link(site, cast.vega, reference))
    acts.read_by_links(vega)
    acts.write(vega, reference)
    acts.sign(vega, reference)
    acts.read_opinion(rosa, f"/decision/{reference}/")
    acts.decide(rosa)
