"""The way around, by role."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from referrals.rules.access import STAFF as CARE_TEAM
from referrals.rules.access import roles_of
from referrals.vocabulary import Role


@dataclass(frozen=True)
class Entry:
    label: str
    view: str
    icon: str = ""
    args: tuple = ()
    under: tuple = ()  # addresses that belong to this entry too
    for_roles: frozenset = frozenset()

    def link(self, path):
        """What the template prints."""
        url = reverse(self.view, args=self.args)
        current = ""
        if path == url:
            current = "page"
        elif any(path.startswith(start) for start in self.under):
            current = "true"
        return {"label": self.label, "icon": self.icon, "url": url, "current": current}


@dataclass(frozen=True)
class Navigation:
    """`links` for the bar or rail, `home` behind the mark, `is_staff` picks the shell."""

    links: list
    home: str
    is_staff: bool = False
    help: str = ""
    about: list = field(default_factory=list)
    person: list = field(default_factory=list)


VISITOR = (
    Entry(_("Is it time?"), "content:self_check", under=("/is-it-time/",)),
    Entry(_("How to ask"), "content:index", under=("/read/",)),
    Entry(_("Prices"), "content:about", args=("prices",)),
    Entry(_("Help"), "content:about", args=("help",)),
)
PATIENT = (
    Entry(
        _("My case"),
        "home:mine",
        under=("/home/", "/cases/", "/ask/", "/decision/", "/records/", "/sources/"),
    ),
    Entry(_("How to ask"), "content:index", under=("/read/",)),
    Entry(_("Help"), "content:about", args=("help",)),
)
STAFF = (
    Entry(_("Home"), "home:mine", "house"),
    Entry(_("Requests"), "triage:worklist", "inbox", under=("/triage/", "/sources/"), for_roles=CARE_TEAM),
    Entry(
        _("My cases"),
        "review:inbox",
        "stethoscope",
        under=("/review/", "/opinion/"),
        for_roles={Role.SPECIALIST},
    ),
    Entry(_("Reminders"), "reminders:list", "bell", under=("/reminders/",), for_roles=CARE_TEAM),
    Entry(_("Opinions signed"), "home:quality", "file-check", for_roles={Role.QUALITY_READER, Role.LEAD}),
    Entry(_("People"), "oversight:people", "users", under=("/oversight/people/",), for_roles={Role.LEAD}),
)
ABOUT = (
    Entry(_("Your privacy"), "content:about", args=("privacy",)),
    Entry(_("Accessibility"), "content:about", args=("accessibility",)),
    Entry(_("Contact us"), "content:about", args=("contact",)),
)
PERSON = (
    Entry(_("My details"), "account_details"),
    Entry(_("Change password"), "account_change_password"),
    Entry(_("Reminders to me"), "reminders:settings"),
)


def navigation_of(request):
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    roles = roles_of(user)
    if roles:
        entries = [entry for entry in STAFF if not entry.for_roles or roles & entry.for_roles]
    else:
        entries = PATIENT if signed_in else VISITOR
    path = request.path
    return Navigation(
        links=_links(entries, path),
        home=reverse("home:mine" if signed_in else "home"),
        is_staff=bool(roles),
        about=_links(ABOUT, path),
        person=_links(PERSON, path) if signed_in else [],
    )


def _links(entries, path):
    return [entry.link(path) for entry in entries]
