"""How ready an organization is to partner: eight questions, from 0 to 4."""

from django.utils.translation import gettext_lazy as _

from concorda.foundation.process.worksheet import Question

ANCHORS = (_("Not at all"), _("Hardly"), _("Partly"), _("Mostly"), _("Fully"))

QUESTIONS = (
    Question("mandate", _("This fits our mandate"), ANCHORS, _("Would our board recognize it as our work?")),
    Question("people", _("We have the right people"), ANCHORS, _("Somebody who wants this and is trusted at home.")),
    Question("time", _("They have the time"), ANCHORS, _("Hours that are free, not hours added on top.")),
    Question("money", _("We can afford it"), ANCHORS, _("Travel, a replacement, our share of shared costs.")),
    Question("skills", _("We have the skills"), ANCHORS, _("To run meetings, to negotiate, to report.")),
    Question("data", _("Our data can be shared"), ANCHORS, _("Lawfully, and in a form the others can use.")),
    Question("authority", _("Our people may decide"), ANCHORS, _("Without asking at home each time.")),
    Question("culture", _("We are used to sharing the lead"), ANCHORS, _("Credit and control as well as work.")),
)
