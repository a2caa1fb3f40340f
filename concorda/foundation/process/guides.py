"""The guide of a tool: advice shown beside it, from its own `guide.md` (English) and `guide.fr.md` (French)."""

from functools import cache

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from concorda.foundation.core.text import markdown
from concorda.foundation.process.stages import Tool


def guide(tool: Tool) -> SafeString:
    """The guide in the reader's language as HTML; empty when the tool has none."""
    return read(tool, (get_language() or "en")[:2])


@cache
def read(tool: Tool, language: str) -> SafeString:
    for name in (f"guide.{language}.md", "guide.md"):
        path = tool.folder / name
        if path.exists():
            return markdown(path.read_text(encoding="utf-8"))
    return SafeString("")
