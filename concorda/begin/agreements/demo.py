# ruff: noqa: E501  the wording of each clause stands on one line
"""The memorandum of Maitland Valley: drafted, changed once, out for signature; the School Board waits for clause 6."""

from concorda.begin.agreements import services
from concorda.begin.agreements.models import Agreement, AgreementVersion, Clause
from concorda.foundation.core import clock
from concorda.foundation.process.story import Story

# key in the library, heading, wording
CLAUSES = (
    ("purpose", "Purpose", "We work together so that newcomers to the Maitland Valley are welcomed, housed, heard and able to use their skills. None of us can do this alone."),
    ("partners", "Partners and roles", "Maitland Newcomer Centre convenes the partnership and employs the coordinator. Each partner names one person who speaks for it and one who stands in."),
    ("governance", "How we decide", "We decide by consent. A proposal passes when at least five of the seven partners have replied and no reasoned objection stands."),
    ("money", "Money and contributions in kind", "The federal contribution is held by Maitland Newcomer Centre. Staff time, rooms and interpretation are counted at the rates in annex A."),
    ("staff", "Staff time", "Each partner gives at least one staff member four hours a month for working groups."),
    ("client_information", "Sharing client information", "Partners share a client’s information only with that person’s written consent, only for the purpose they agreed to, and only through the shared intake form."),
    ("languages", "Languages", "Partners write and speak English or French as they prefer. Whatever goes to the public appears in both languages."),
    ("disputes", "When we disagree", "The people concerned talk first, within 14 days; then the directors, within 30; then a mediator whom all accept."),
    ("joining_leaving", "Joining, leaving and ending", "An organization joins by consent of the partners and by signing. A partner leaves with 90 days’ notice and hands over its tasks. What is left at the end goes back to whoever gave it."),
    ("review", "Review", "Once a year we look at what the work achieved and at how the partnership is doing. A change takes effect when every partner has signed the new version."),
)  # fmt: skip
SIGNATURES = (("farida", -11, "15:40"), ("tom", -10, "09:02"), ("grace", -8, "11:26"), ("luc", -3, "14:15"))
# who promised what, days until due, person, delivered (days), evidence
PROMISES = (
    ("housing", "Open the list of large homes to all partners", -20, "oleh", -24, "Shared list, noted in the minutes"),
    ("health", "Name two trained interpreters for Tigrinya", -9, "yodit", None, ""),
    ("county", "Send the quarterly figures of the rent bank", 18, "bev", None, ""),
    ("newcomer", "Show income and spending of the first year", 25, "priya", None, ""),
    ("school", "Put the reception desk’s hours on the shared page", 40, "ben", None, ""),
)


def tell(story: Story) -> None:
    priya = story.people["priya"]
    with story.day(-45) as here:
        year = story.date(0).year
        agreement = services.draft(
            here,
            title=f"Memorandum of understanding {year}–{year + 2}",
            instrument=Agreement.Instrument.MEMORANDUM,
            by=priya,
            keys=[key for key, _heading, _text in CLAUSES],
            effective_on=story.date(18),
            expires_on=story.date(18 + 2 * 365),
        )
        story.things["agreement.memorandum"] = agreement
        clauses = list(agreement.clauses.all())
        for clause, (_key, heading, text) in zip(clauses, CLAUSES, strict=True):
            services.reword(clause, heading=heading, text=text, by=priya)
    with story.day(-32):
        for clause in clauses:
            services.mark(clause, Clause.Status.AGREED, by=priya)
    with story.day(-25):
        services.send(agreement, by=priya)
    with story.day(-14):
        money = clauses[3]
        text = money.text.removesuffix(".") + ", and reported to all partners every quarter."
        services.reword(money, heading=money.heading, text=text, by=priya, knowing=True)
        services.mark(money, Clause.Status.AGREED, by=priya)
    with story.day(-11, "15:12"):
        version = services.send(agreement, by=priya, note="Money is reported every quarter, as the County asked.")
    answers(story, version, clauses[5])
    promises(story, agreement)


def answers(story: Story, version: AgreementVersion, information: Clause) -> None:
    for key, day, at in SIGNATURES[:3]:
        sign(story, version, key, day, at)
    with story.day(-7, "16:05"):
        services.answer(
            version,
            by=story.participant("denise"),
            kind="later",
            reason="It goes to County council first.",
            expected_on=story.date(5),
        )
    with story.day(-4, "10:20"):
        marisol = story.participant("marisol")
        asked = (
            "We cannot sign until the clause names MFIPPA, the law that school boards and municipalities work under."
        )
        services.mark(information, Clause.Status.DISCUSSED, by=story.people["priya"])
        services.comment(information, text=asked, by=marisol)
        services.answer(
            version,
            by=marisol,
            kind="declined",
            reason="Clause 6 must name MFIPPA before we can sign.",
            clause=information,
        )
    with story.day(-3, "09:30"):
        services.comment(
            information,
            text="Then name PHIPA too.",
            suggestion=information.text.removesuffix(".")
            + ", and always under the privacy law that binds the partner who holds it (for example MFIPPA or PHIPA).",
            by=story.participant("grace"),
        )
    sign(story, version, *SIGNATURES[3])


def sign(story: Story, version: AgreementVersion, key: str, day: int, at: str) -> None:
    with story.day(day, at):
        services.sign(version, by=story.participant(key), typed_name=story.people[key].name, digest=version.digest)


def promises(story: Story, agreement: Agreement) -> None:
    for key, what, due, owner, delivered, evidence in PROMISES:
        with story.day(-40):
            promised = services.promise(
                agreement,
                partner=story.partner(key),
                what=what,
                by=story.people["priya"],
                due=story.date(due),
                owner=story.participant(owner),
            )
        if delivered is not None:
            with story.day(delivered):
                services.deliver(promised, on=clock.today(), evidence=evidence, by=story.people[owner])
