"""Monitor: How do the work and the partnership fare, and what comes next?"""

from django.utils.translation import gettext_lazy as _

TITLE = _("Monitor")
QUESTION = _("How do the work and the partnership fare, and what comes next?")
TOOLS = ("evaluation", "reports", "future_plans", "growth")
