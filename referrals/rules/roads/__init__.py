"""The roads: every way a case and a referral may go, one row a transition."""

from .case import CASE
from .referral import REFERRAL
from .step import Road, Step

__all__ = ["CASE", "REFERRAL", "Road", "Step"]
