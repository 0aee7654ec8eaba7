"""Where a licence holds, as far as its words say."""

import pytest

from referrals.rules import licences


@pytest.mark.parametrize(
    ("licence", "place", "found"),
    [
        ("Illinois, SP-00418", "Illinois, US", True),
        ("Ohio, SP-00418", "Ohio, US", True),  # four letters tell as well
        ("ILLINOIS", "Chicago, Illinois, US", True),
        ("New York 12", "New York, US", True),
        ("Germany", "Germany", True),
        ("Arkansas, SP-1", "Kansas, US", False),
        ("York 12", "New York, US", False),
        ("Illinois, United States", "Texas, United States", False),
        ("Illinois", "", False),
        ("", "Illinois, US", False),
        ("Illinois", " , ", False),
    ],
)
def test_a_licence_names_the_place_by_whole_words(licence, place, found):
    assert licences.names(licence, place) is found
