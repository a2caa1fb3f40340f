"""Implement: Who does what, by when, and who carries it between us?"""

from django.utils.translation import gettext_lazy as _

TITLE = _("Implement")
QUESTION = _("Who does what, by when, and who carries it between us?")
TOOLS = ("working_groups", "action_plans", "boundary_crossers", "communication")
