"""What finds faults on pages finds them: each kind, planted."""

import pytest

FAULTS = {
    "an image without words": (
        "axe image-alt",
        """() => { const image = new Image(); image.src = '/static/portal/mark.svg';
        document.querySelector('main').append(image); }""",
    ),
    "a word in the console": ("console warning", "() => console.warn('careful')"),
    "a script that breaks": (
        "script error",
        "() => { setTimeout(() => { throw new Error('broken'); }, 0); }",
    ),
    "a dialog": ("a dialog says", "() => { setTimeout(() => alert('typed'), 0); }"),
    "something wide": (
        "scrolls sideways",
        """() => { const wide = document.createElement('p'); wide.style.width = '900px'; wide.textContent = 'Wide';
        document.querySelector('main').append(wide); }""",
    ),
    "a name in the title": ("title tells", "() => { document.title = 'Rosa Lindqvist, case'; }"),
    "another host": ("another host", "() => { open('http://localhost:9/'); }"),
    "a name in an address": ("address tells", "() => fetch('/?q=Lindqvist').then(() => true)"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(visit, cast, fault):
    words, plant = FAULTS[fault]
    someone = visit("planted", words=["Lindqvist"]).go("/theme/")
    someone.page.evaluate(plant)
    someone.page.wait_for_timeout(300)
    someone.look("planted")
    found, someone.wrong = someone.wrong, []
    assert any(words in each for each in found), found
