"""Why an outcome is what it is: a code and its parameters, which pages translate, and the sentence in English."""

from dataclasses import dataclass
from fractions import Fraction

from concorda.analysis.exact import plain

# Each sentence is the English form of its code; a page looks its own language up by the code.
SENTENCES = {
    "no_quorum": "Void: {present} of the {eligible} eligible seats took part and the quorum is {needed}.",
    "sectors_missing": "Void: the quorum asks for every sector named, and nobody took part from {sectors}.",
    "nobody_took_part": "Void: nobody took part.",
    "adopted": "Adopted: {for} of {total} {basis} are for, and {needed} are needed ({method}).",
    "rejected": "Rejected: {for} of {total} {basis} are for, and {needed} are needed ({method}).",
    "tie_fails": "Rejected: {for} of {total} {basis} are for, exactly half, and a tie fails.",
    "tie_chair_for": "Adopted: {for} of {total} {basis} are for, exactly half, and the chair breaks the tie for it.",
    "tie_chair_not_for": "Rejected: {for} of {total} {basis} are for, exactly half, and the chair is not for it.",
    "no_objection": "Adopted by consent: there is no objection with a reason.",
    "objection": "Blocked: consent is withheld by a reasoned objection from {by}.",
    "no_block": "Adopted by consensus: nobody blocks it.",
    "block": "Blocked: consensus is blocked by {by}.",
    "unreasoned": "An objection without a reason does not block consent: {by}.",
    "stood_aside": "Stood aside: {by}.",
    "delegate_for": "Adopted: {by}, to whom the decision is delegated, decided for it.",
    "delegate_against": "Rejected: {by}, to whom the decision is delegated, decided against it.",
    "delegate_abstains": "Rejected: {by}, to whom the decision is delegated, abstained.",
    "delegate_silent": "Void: {by}, to whom the decision is delegated, did not decide.",
    "fallback": "No agreement after {attempts} attempt(s), so the fallback vote decides.",
    "open": "Open: {waiting} of the {eligible} eligible seats can still vote, and their ballots can change the end.",
    "early_adopted": "Adopted: {for} are for, and whatever the other {waiting} seat(s) say cannot change it.",
    "early_rejected": "Rejected: {for} are for, and even with all of the other {waiting} seat(s) that is not enough.",
    "early": "Decided early: no remaining ballot can change the outcome.",
    "assent": "Silence counts as assent for {seats} seat(s) without a ballot.",
}

Parameter = str | int | Fraction | tuple[str, ...]


@dataclass(frozen=True)
class Reason:
    """One step of the explanation; parameters are numbers, ids or the words of the rule."""

    code: str
    parameters: dict[str, Parameter]

    def __str__(self) -> str:
        return SENTENCES[self.code].format_map({name: _words(value) for name, value in self.parameters.items()})


# The words of rules that appear inside the English sentences.
WORDS = {
    "votes_cast": "votes cast",
    "present": "votes present",
    "all_members": "votes of all members",
    "majority": "more than half",
    "unanimity": "unanimity",
}


def _words(value: Parameter) -> str:
    if isinstance(value, tuple):
        shown = ", ".join(value[:5])
        return shown if len(value) <= 5 else f"{shown} and {len(value) - 5} more"
    if isinstance(value, Fraction):
        number = plain(value)
        return str(number) if isinstance(number, int) else f"{number:g}"
    return WORDS.get(value, value) if isinstance(value, str) else str(value)
