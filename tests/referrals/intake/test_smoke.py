import pytest

from referrals.intake.steps import STEPS


@pytest.mark.parametrize("situation", ["surgery", "cancer", "unclear", "not_working", "child", "trust"])
def test_all(as_ana, ana, situation):
    from django.utils import timezone

    from referrals.intake import actions

    draft = actions.start(by=ana, now=timezone.now(), situation=situation)
    for s in STEPS:
        if s.slug == "records":
            continue
        r = as_ana.get(f"/ask/{draft.reference}/step/{s.slug}/")
        assert r.status_code == 200, s
    assert as_ana.get("/cases/").status_code == 200
    assert as_ana.get(f"/cases/{draft.reference}/").status_code == 200
