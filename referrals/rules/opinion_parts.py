"""What a whole opinion has: six parts, for the form, the inbox and the check before signing; and its check code."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

DIAGNOSIS, PLAN, CERTAINTY = "diagnosis", "plan", "certainty"
WAITING, QUESTIONS, PLAIN_WORDS = "waiting", "questions", "plain_words"


@dataclass(frozen=True)
class Part:
    """One part; `lacks` is a sentence that mends it and `field` where, both empty once it is done."""

    code: str
    label: Any
    lacks: Any = ""
    field: str = ""

    @property
    def is_done(self):
        return not self.lacks


def parts_of(opinion, questions):
    """The six parts of an opinion (None: not begun) to these questions, in the order they are written."""
    return [
        Part(DIAGNOSIS, _("Diagnosis"), *_first(_diagnosis_lacks(opinion))),
        Part(PLAN, _("Treatment"), *_first(_plan_lacks(opinion))),
        Part(
            CERTAINTY,
            _("How sure are you?"),
            *_first([(_("Say how sure you are"), "confidence", _empty(opinion, "confidence"))]),
        ),
        Part(
            WAITING,
            _("Is it safe to wait?"),
            *_first([(_("Say if it is safe to wait"), "safe_to_wait", _empty(opinion, "safe_to_wait"))]),
        ),
        Part(QUESTIONS, _("The patient’s questions"), *_unanswered(opinion, questions)),
        Part(
            PLAIN_WORDS,
            _("In plain words, for the patient"),
            *_first(
                [
                    (
                        _("Write what it means in plain words"),
                        "plain_words",
                        _empty(opinion, "plain_words"),
                    )
                ]
            ),
        ),
    ]


def done_count(parts):
    return sum(part.is_done for part in parts)


def _empty(opinion, name):
    return opinion is None or not getattr(opinion, name).strip()


def _first(checks):
    return next(((sentence, field) for sentence, field, lacks in checks if lacks), ("", ""))


def _diagnosis_lacks(opinion):
    yield (
        _("Say if you agree with the first diagnosis"),
        "diagnosis_stance",
        _empty(opinion, "diagnosis_stance"),
    )
    yield _("Write what you think it is"), "diagnosis", _empty(opinion, "diagnosis")


def _plan_lacks(opinion):
    yield _("Say if you agree with the first plan"), "plan_stance", _empty(opinion, "plan_stance")
    yield _("Write what you advise"), "advice", _empty(opinion, "advice")


def _unanswered(opinion, questions):
    answered = {}
    if opinion is not None and opinion.pk:
        answered = {answer.question_id: answer.text for answer in opinion.answers.all()}
    open_ones = [question for question in questions if not answered.get(question.pk, "").strip()]
    if not open_ones:
        return "", ""
    count = len(open_ones)
    sentence = ngettext(
        "Answer one more question", "Answer %(count)d more questions", count
    ) % {"count": count}  # fmt: skip
    return sentence, f"answer_{open_ones[0].position}"


def check_code(sha256):
    """The first twelve letters of the text's hash, as they are read aloud."""
    code = sha256[:12].upper()
    return "-".join(code[n : n + 4] for n in range(0, 12, 4))
