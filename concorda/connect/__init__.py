"""Connect: Why do we need each other, and who should be here?"""

from django.utils.translation import gettext_lazy as _

TITLE = _("Connect")
QUESTION = _("Why do we need each other, and who should be here?")
TOOLS = ("motivation", "capacity", "participation", "partnership_type")
