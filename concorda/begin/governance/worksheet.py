"""The questions about how each organization works, and about what the partnership needs from its governance."""

from django.utils.translation import gettext_lazy as _

from concorda.foundation.process.worksheet import Question

STYLES = (
    Question(
        "pace",
        _("How fast do you like to go?"),
        (
            _("We let things ripen, however long it takes"),
            _("Rather slowly, with time to think between steps"),
            _("Neither fast nor slow"),
            _("Rather fast; a good plan now beats a perfect one later"),
            _("As fast as we can; we start and mend on the way"),
        ),
    ),
    Question(
        "formality",
        _("How formal are you with each other?"),
        (
            _("A call or a word in the hallway is enough"),
            _("Mostly informal; we write down what is important"),
            _("Some of each"),
            _("Agendas, minutes and letters as a rule"),
            _("Nothing counts until it is on paper and signed"),
        ),
    ),
    Question(
        "hierarchy",
        _("Who may say yes in your organization?"),
        (
            _("Whoever does the work"),
            _("The team together"),
            _("The manager of the area"),
            _("The director"),
            _("The board or council, at its next meeting"),
        ),
    ),
    Question(
        "risk",
        _("What do you do with a promising idea that could fail?"),
        (
            _("We leave it until others have shown that it works"),
            _("We look at every risk first"),
            _("We try it small"),
            _("We try it and watch closely"),
            _("We go ahead; failing is how we learn"),
        ),
    ),
    Question(
        "horizon",
        _("How far ahead do you plan?"),
        (
            _("Week by week"),
            _("A few months"),
            _("A year, with the budget"),
            _("Two or three years"),
            _("Five years and more"),
        ),
    ),
    Question(
        "communication",
        _("How do you prefer to hear about things?"),
        (
            _("In person, face to face"),
            _("By telephone or video"),
            _("It depends on the matter"),
            _("By e-mail or chat, when it suits us"),
            _("In documents we can read beforehand"),
        ),
    ),
    Question(
        "conflict",
        _("What happens when you disagree?"),
        (
            _("We keep the peace and let it rest"),
            _("We speak with the person in private"),
            _("We bring it to someone both trust"),
            _("We raise it in the meeting, with care"),
            _("We say it openly, at once"),
        ),
    ),
    Question(
        "language",
        _("In which language do you work?"),
        (
            _("Only in French"),
            _("Mostly in French"),
            _("In both, as it comes"),
            _("Mostly in English"),
            _("Only in English"),
        ),
        help=_("For the work between the partners, not for the people you serve."),
    ),
    Question(
        "accessibility",
        _("How much do you arrange so that everyone can take part?"),
        (
            _("We have not thought about it yet"),
            _("We help when somebody asks"),
            _("We ask beforehand what people need"),
            _("Rooms, papers and times are chosen for it"),
            _("It comes first: nothing is held that somebody cannot attend"),
        ),
        help=_("Rooms, interpreters, captions, child care, travel, large print."),
    ),
)

NEEDS = (
    Question(
        "consensus",
        _("How far do the partners agree on what is to be reached?"),
        (
            _("Everybody wants something else"),
            _("On little"),
            _("On about half"),
            _("On most of it"),
            _("On all of it"),
        ),
    ),
    Question(
        "competence",
        _("How much skill does the partnership itself need, beyond what each brings?"),
        (
            _("None: each does its own part"),
            _("A little: someone who calls the meetings"),
            _("Some: coordination and a common budget"),
            _("Much: staff, contracts, data in common"),
            _("Very much: it is an organization in its own right"),
        ),
    ),
)

RELIANCE = (
    _("We do not know them yet"),
    _("With everything in writing"),
    _("For small things"),
    _("For things that matter to us"),
    _("Without checking"),
)
"""How far one organization relies on another, 0 to 4."""

LARGE = 3
"""A difference of this many steps or more asks for a working agreement."""
