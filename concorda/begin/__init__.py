"""Begin: How will we decide and work together?"""

from django.utils.translation import gettext_lazy as _

TITLE = _("Begin")
QUESTION = _("How will we decide and work together?")
TOOLS = ("governance", "vision", "agreements", "strategic_plan")
