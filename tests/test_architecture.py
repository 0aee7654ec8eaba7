"""What the import contracts can't say of how the house is built. Each rule is shown a planted fault it must find."""

import ast
import re
import warnings
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.urls import NoReverseMatch, get_resolver

HERE = Path(__file__).resolve().parent.parent
HOUSES = ("referrals", "content", "portal")
MODULES = {
    path.relative_to(HERE).as_posix(): path.read_text()
    for house in HOUSES
    for path in sorted((HERE / house).rglob("*.py"))
    if "migrations" not in path.parts
}
TEMPLATES = {
    path.relative_to(HERE).as_posix(): path.read_text()
    for path in sorted((HERE / "templates").rglob("*"))
    if path.suffix in (".html", ".txt")
}


def faults(rule, files):
    """`file: what` of everything a rule objects to."""
    return [f"{name}: {what}" for name, text in files.items() for what in rule(name, text)]


# --- Python ---------------------------------------------------------------------------------------


def calls_and_names(text):
    return ast.walk(ast.parse(text))


# No patient's data (the choices of a select), or rows of the very draft that a form of the wizard keeps.
FORMS_MAY = {"Specialty", "HeldPlace", "AvoidedName", "CaseQuestion"}


def rows_without_a_door(name, text):
    """Views and forms take rows from the rules and queries, never from a manager."""
    if re.search(r"(^|/)(\w*views|forms|\w*_views)(\.py$|/)", name) and name.startswith("referrals/"):
        for node in calls_and_names(text):
            if isinstance(node, ast.Attribute) and node.attr in (
                "objects",
                "_base_manager",
                "_default_manager",
            ):
                if not (isinstance(node.value, ast.Name) and node.value.id in FORMS_MAY):
                    yield f"line {node.lineno} asks {ast.unparse(node)}"


# Where a status is set: the roads', and each small object's own module by a conditional update.
SETS_STATUS = {
    "referrals/rules/workflow.py", "referrals/rules/information.py", "referrals/rules/catalogue.py",
    "referrals/records/actions.py", "referrals/records/arrivals.py", "referrals/records/checks/claims.py",
    "referrals/records/deciding.py", "referrals/records/pack/making.py",
    "referrals/rules/sources.py", "referrals/rules/completeness.py",
    "referrals/sources/signing.py", "referrals/sources/papers.py", "referrals/sources/specimens.py",
    "referrals/reminders/actions.py", "referrals/reminders/posting.py",
    "referrals/opinion/actions.py", "referrals/intake/actions.py", "referrals/review/actions.py",
    "referrals/management/demo/clinic.py",  # the demo's past: what was sent before its first day
}  # fmt: skip


def status_set_elsewhere(name, text):
    if name in SETS_STATUS or not name.startswith("referrals/"):
        return
    for node in calls_and_names(text):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                for one in target.elts if isinstance(target, ast.Tuple) else [target]:
                    if isinstance(one, ast.Attribute) and one.attr == "status":
                        yield f"line {node.lineno} sets {ast.unparse(one)}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            writes = node.func.attr in ("update", "update_or_create", "bulk_update")
            if writes and any(keyword.arg == "status" for keyword in node.keywords):
                yield f"line {node.lineno} updates a status"


def status_of_a_case_set(name, text):
    """Of a case or a referral nobody but the workflow sets it, not even a room's own module."""
    if name == "referrals/rules/workflow.py" or not name.startswith("referrals/"):
        return
    for node in calls_and_names(text):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            model = ast.unparse(node.func.value).split(".objects")[0]
            if model in ("Case", "Referral") and any(keyword.arg == "status" for keyword in node.keywords):
                yield f"line {node.lineno} sets the status of a {model}"
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if re.fullmatch(r"(\w+\.)*(case|referral)\.status", ast.unparse(target)):
                    yield f"line {node.lineno} sets {ast.unparse(target)}"


def listens_to_signals(name, text):
    if name.startswith("referrals/"):
        for node in calls_and_names(text):
            if isinstance(node, ast.ImportFrom | ast.Import):
                modules = (
                    [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
                )
                if any(
                    module.startswith("django.dispatch") or module.endswith("signals") for module in modules
                ):
                    yield f"line {node.lineno} imports {modules[0]}"


def asks_the_clock(name, text):
    """Only views, tasks, commands and the roof ask what time it is; all others are told."""
    may = re.search(r"(^|/)(\w*views?|tasks)(\.py$|/)|/management/|^portal/|^referrals/home/\w+\.py$", name)
    if may or name in ASK_THE_CLOCK:
        return
    for node in calls_and_names(text):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "timezone.now", "datetime.now", "dt.datetime.now", "datetime.datetime.now", "date.today",
            "dt.date.today", "datetime.date.today", "time.time", "datetime.utcnow",
        ):  # fmt: skip
            yield f"line {node.lineno} asks {ast.unparse(node.func)}"


ASK_THE_CLOCK = {
    "referrals/templatetags/_clocks.py": "how long until a date, where the page gave no moment",
    "referrals/templatetags/_times.py": "`ago`, where the page gave no moment",
    "referrals/templatetags/so.py": "the same",
    "referrals/records/tus.py": "the views of a protocol; a piece may travel for minutes",
    "referrals/records/decoder/words.py": "a child process that reads one file and knows nothing else",
}


def prints_or_asserts(name, text):
    if "/management/" in name or name.startswith(("portal/demo/", "portal/embedded/", "portal/bootstrap")):
        return
    for node in calls_and_names(text):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("print", "breakpoint")
        ):
            yield f"line {node.lineno} calls {node.func.id}"
        if isinstance(node, ast.Assert):
            yield f"line {node.lineno} asserts"


VAGUE = re.compile(r"(^|/)(utils?|common|core|helpers?|services?|managers?|misc|tools)(\.py$|/)")


def has_a_vague_name(name, text):
    if VAGUE.search(name):
        yield "a name that says nothing"
    for node in calls_and_names(text):
        if isinstance(node, ast.FunctionDef) and re.match(r"(process|handle)_", node.name):
            if not re.match(r"process_(exception|request|response|view|template_response)$", node.name):
                yield f"line {node.lineno} calls something {node.name}"


TRUSTED = {  # where text is declared safe, and why it is
    "content/markdown.py": "our own pages, through nh3",
    "content/models.py": "the same, kept",
    "referrals/templatetags/_icons.py": "icons from the wheel",
    "referrals/templatetags/viewer.py": "escaped words of an opinion, with links to the pages they cite",
}


def trusts_text(name, text):
    if name in TRUSTED:
        return
    if name.endswith(".py"):
        for node in calls_and_names(text):
            if isinstance(node, ast.Name | ast.alias) and (getattr(node, "id", "") or getattr(node, "name", "")) in (
                "mark_safe", "SafeString", "SafeText",
            ):  # fmt: skip
                yield f"line {node.lineno} trusts text"
    elif re.search(r"\|\s*safe(seq)?\b|\{%\s*autoescape\s+off", text) and not name.endswith(".txt"):
        yield "trusts text"


BAD_PYTHON = {
    rows_without_a_door: ("referrals/triage/views.py", "Case.objects.get(pk=1)"),
    status_set_elsewhere: ("referrals/triage/queries.py", "case.status = 'x'"),
    status_of_a_case_set: ("referrals/intake/actions.py", "Case.objects.filter(pk=1).update(status='x')"),
    listens_to_signals: ("referrals/apps.py", "from django.db.models.signals import post_save"),
    asks_the_clock: ("referrals/rules/clocks.py", "timezone.now()"),
    prints_or_asserts: ("referrals/rules/clocks.py", "print(1)"),
    has_a_vague_name: ("referrals/rules/utils.py", ""),
    trusts_text: ("referrals/triage/views.py", "mark_safe(name)"),
}


@pytest.mark.parametrize("rule", list(BAD_PYTHON), ids=lambda rule: rule.__name__)
def test_the_code(rule):
    name, planted = BAD_PYTHON[rule]
    assert faults(rule, {name: planted}), "this rule finds nothing"
    found = faults(rule, MODULES)
    assert not found, "\n".join(found)


def test_lists_of_exceptions_hold_only_what_is_there():
    for names in (SETS_STATUS, ASK_THE_CLOCK, TRUSTED):
        gone = [name for name in names if name not in MODULES and name not in TEMPLATES]
        assert not gone, f"no longer there: {gone}"


# --- templates ------------------------------------------------------------------------------------

TAGS = re.compile(
    r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}|\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}",
    re.S,
)
REST = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.S)
SHOWN = ("alt", "title", "placeholder", "aria-label", "aria-description", "summary")
QUIET = {"script", "style", "code", "svg", "kbd"}
# Classes and attributes handed from a page to its base, and names that are the same in every language.
NO_WORDS = re.compile(r"((for|is|so)-[a-z-]+\s*)+|data-theme=.*|\(?SHA-256\)?")
# Shown in the demo alone, to whoever builds pages.
OF_THE_DEMO = ("templates/demo/", "templates/parts/components.html")
LETTERS = re.compile(r"[^\W\d_]{2,}")


class Texts(HTMLParser):
    """Text that people read, left when everything translated or put in by the program is gone."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.quiet, self.found = 0, []

    def handle_starttag(self, tag, attrs):
        self.quiet += tag in QUIET
        for name, value in attrs:
            if name in SHOWN and LETTERS.search(value or ""):
                self.found.append((self.getpos()[0], value))

    def handle_endtag(self, tag):
        self.quiet -= tag in QUIET

    def handle_data(self, data):
        if not self.quiet and LETTERS.search(data):
            self.found.append((self.getpos()[0], " ".join(data.split())))


def _blank(match):
    """Nothing, on as many lines."""
    return "\n" * match[0].count("\n")


def speaks_one_language_only(name, text):
    """Words outside {% translate %} and {% blocktranslate %}."""
    if name.endswith(".txt"):
        for words in REST.sub(" ", TAGS.sub(_blank, text)).splitlines():
            if LETTERS.search(words):
                yield f"«{words.strip()}»"
        return
    reader = Texts()
    reader.feed(REST.sub(_blank, TAGS.sub(_blank, text)))
    for line, words in reader.found:
        if not NO_WORDS.fullmatch(words):
            yield f"line {line} «{words[:60]}»"


def styles_or_scripts_inline(name, text):
    if name.startswith(("templates/mail/", "templates/account/email/")):
        return
    bare = REST.sub(_blank, TAGS.sub(_blank, text))
    for what, pattern in (
        ("a style attribute", r"<[^>]*\sstyle\s*="), ("a style element", r"<style\b"),
        ("an event attribute", r"<[^>]*\son[a-z]+\s*="), ("a script in the page", r"<script(?![^>]*\bsrc=)"),
        ("a javascript: address", r"javascript:"), ("hx-on", r"\shx-on[:a-z-]*\s*="),
    ):  # fmt: skip
        if re.search(pattern, bare, re.I):
            yield what


def posts_without_a_token(name, text):
    for form in re.findall(r"<form\b.*?(?:</form>|\Z)", text, re.S | re.I):
        if re.search(r"method\s*=\s*[\"']?post", form, re.I) and "csrf_token" not in form:
            if not re.search(r"\{%\s*crispy\b", form):
                yield f"«{' '.join(form.split())[:70]}»"


URL_TAG = re.compile(r"\{%\s*url\s+['\"]([\w:.-]+)['\"]((?:\s+[^%]*?)?)\s*%\}")


def names_no_address(name, text):
    """Each {% url 'name' … %} is the name of a route that takes as many arguments."""
    for route, words in URL_TAG.findall(text):
        words = words.split(" as ")[0]
        given = len([word for word in words.split() if word not in ("as",)])
        if not any(given == count for count in _counts(route)):
            yield f"{route} with {given} arguments"


def _counts(route):
    resolver = get_resolver()
    *spaces, last = route.split(":")
    for space in spaces:
        if space not in resolver.namespace_dict:
            return []
        resolver = resolver.namespace_dict[space][1]
    try:
        return [
            len(params)
            for possible, *_rest in resolver.reverse_dict.getlist(last)
            for _text, params in possible
        ]
    except (KeyError, NoReverseMatch):
        return []


BAD_TEMPLATES = {
    speaks_one_language_only: '<p>{% translate "Yes" %}</p><p>{{ name }} waits</p>',
    styles_or_scripts_inline: '<p onclick="x()">',
    posts_without_a_token: '<form method="post"><button></button></form>',
    names_no_address: '{% url "triage:nowhere" case.reference %}',
    trusts_text: "{{ name|safe }}",
}


@pytest.mark.parametrize("rule", list(BAD_TEMPLATES), ids=lambda rule: rule.__name__)
def test_the_templates(rule):
    assert faults(rule, {"templates/x.html": BAD_TEMPLATES[rule]}), "this rule finds nothing"
    found = faults(rule, {name: text for name, text in TEMPLATES.items() if not name.startswith(OF_THE_DEMO)})
    assert not found, "\n".join(found)


# --- size -----------------------------------------------------------------------------------------

LONG_FILE, LONG_FUNCTION = 300, 50


def sizes(files):
    for name, text in files.items():
        if text.count("\n") > LONG_FILE:
            yield f"{name}: {text.count(chr(10))} lines"
        for node in calls_and_names(text):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno > LONG_FUNCTION:
                yield f"{name}: {node.name} has {node.end_lineno - node.lineno} lines"


def test_what_is_long_asks_for_a_second_look():
    assert list(sizes({"x.py": "x = 1\n" * (LONG_FILE + 1)}))
    for one in sizes(MODULES):
        warnings.warn(f"long: {one}", stacklevel=1)
