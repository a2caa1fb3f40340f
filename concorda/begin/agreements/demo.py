# ruff: noqa: E501  the wording of each clause stands on one line
"""The memorandum of Maitland Valley: drafted, changed once, out for signature; the School Board waits for clause 6."""

from decimal import Decimal

from concorda.begin.agreements import consent, ledger, services
from concorda.begin.agreements.models import Agreement, AgreementVersion, Clause, Round
from concorda.connect.capacity.models import Kind
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
# what somebody scanned; the words are in it so that a reader of PDF shows them
SCAN = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n"
    b"4 0 obj<</Length 58>>stream\nBT /F1 16 Tf 72 700 Td (Letter of intent, as signed) Tj ET \nendstream endobj\n"
    b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
# who, kind, what, amount, unit, dollars a unit, days until it begins and until it is due, what was given: days, amount, evidence
GIVES = (
    ("county", Kind.MONEY, "Rent bank, this year", "36000", "", None, -90, 270, ((-60, "9000", "Transfer of January"), (-8, "3000", "Transfer of March"))),
    ("newcomer", Kind.TIME, "Coordination", "900", "hours", "42", -90, 270, ((-30, "260", "Time sheet to February"),)),
    ("housing", Kind.TIME, "Visits to landlords", "160", "hours", "38", -90, 270, ((-20, "44", "Visit list"),)),
    ("health", Kind.EXPERTISE, "Training of interpreters", "30", "days", "450", -90, 270, ((-25, "7", "Attendance lists"),)),
    ("school", Kind.SPACE, "Rooms in the evening", "40", "evenings", "105", -90, 270, ((-40, "3", "Bookings of the hall"),)),
    ("franco", Kind.TIME, "Four hours a month in working groups", "48", "hours", "40", -90, 270, ((-15, "12", "Minutes"),)),
    ("work", Kind.DATA, "Yearly figures of vacancies by trade", "1", "table", None, None, 120, ()),
)  # fmt: skip
# who, what it brings, what it costs, in words
GAINS = (
    ("newcomer", 3, 3, "We are heard by the County now. It eats my Mondays."),
    ("county", 4, 1, "One table instead of nine."),
    ("housing", 3, 2, ""),
    ("health", 3, 1, "Fewer missed appointments."),
    ("school", 1, 2, "We give rooms and hear little back."),
)


def tell(story: Story) -> None:
    letter_of_intent(story)
    memorandum(story)
    give_and_gain(story)


def letter_of_intent(story: Story) -> None:
    """Signed on paper when it began; the partners are asked whether they still stand by it."""
    priya, four = story.people["priya"], ("newcomer", "county", "housing", "health")
    with story.day(-200) as here:
        letter = services.record_paper(
            here,
            title=f"Letter of intent {story.date(-210).year}",
            instrument=Agreement.Instrument.INTENT,
            signed_on=story.date(-210),
            parties=[story.partner(key) for key in four],
            file=SCAN,
            by=priya,
        )
        story.things["agreement.letter"] = letter
    with story.day(-18):
        consent.every(letter, 12, by=priya)
        asked = consent.ask(letter, cause=Round.Cause.ASKED, because="The County has a new council.", by=priya)
    with story.day(-17):
        consent.confirm(asked, by=story.participant("farida"), stands=True)
    with story.day(-12):
        consent.confirm(asked, by=story.participant("tom"), stands=True)


def give_and_gain(story: Story) -> None:
    priya, agreement = story.people["priya"], story.things["agreement.memorandum"]
    for key, kind, what, amount, unit, worth, begins, due, parts in GIVES:
        with story.day(-85) as here:
            promised = ledger.pledge(
                here,
                partner=story.partner(key),
                kind=kind,
                what=what,
                amount=Decimal(amount),
                unit=unit,
                worth=Decimal(worth) if worth else None,
                begins_on=story.date(begins) if begins is not None else None,
                due=story.date(due),
                agreement=agreement if kind != Kind.MONEY else None,
                by=priya,
            )
        for day, part, evidence in parts:
            with story.day(day):
                ledger.give(promised, amount=Decimal(part), evidence=evidence, by=priya)
    for key, benefit, drawback, text in GAINS:
        with story.day(-6) as here:
            facts = {"benefit": benefit, "drawback": drawback, "text": text}
            ledger.weigh(here, story.organizations[key], by=priya, **facts)


def memorandum(story: Story) -> None:
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
