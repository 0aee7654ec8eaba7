"""What the documents say of the code is so."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_roads_in_the_docs_are_those_of_the_code():
    out = StringIO()
    call_command("roads", stdout=out)
    page = (ROOT / "docs/case.md").read_text()
    shown = re.search(r"<!-- roads -->\n(.*?)\n<!-- end roads -->", page, re.S)[1]
    assert shown == out.getvalue().strip(), "run `manage.py roads` and put its tables between the marks"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_the_docs_lead_somewhere(page):
    for target in re.findall(r"\]\((?!\w+:|#)([^)#\s]+)", page.read_text()):
        assert (page.parent / target).exists(), target
