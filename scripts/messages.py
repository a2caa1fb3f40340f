"""Message catalogues: `compile` them, `update` them from the source, or `check` that the French is whole.

Every app keeps its own catalogue in `locale/fr/LC_MESSAGES/django.po`. Compiling needs no program beside Python;
updating and checking use GNU gettext.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "concorda"
LANGUAGE = "fr"
PLACES = ("apps.py", "templates")  # what makes a folder one with a catalogue of its own
NOT_APPS = ("config", "connect", "begin", "implement", "monitor")  # in LOCALE_PATHS of the settings
DATED = re.compile(r'^"POT-Creation-Date: .*\n', re.MULTILINE)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}")


def main(words: list[str]) -> None:
    verb = words[0] if len(words) == 1 else ""
    if verb == "compile":
        compile_all()
    elif verb == "update":
        update(SOURCE)
    elif verb == "check":
        report(list(problems()))
    else:
        sys.exit("usage: messages.py compile|update|check")


def catalogues(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"**/locale/{LANGUAGE}/LC_MESSAGES/django.po"))


def compile_all() -> None:
    """Write each `.mo` beside its `.po`, where it is older or missing."""
    for source in catalogues(SOURCE):
        product = source.with_suffix(".mo")
        if not product.exists() or product.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(product))


def update(folder: Path) -> None:
    """Bring every catalogue in line with the strings in code and templates."""
    for app in apps(folder):
        (app / "locale" / LANGUAGE / "LC_MESSAGES").mkdir(parents=True, exist_ok=True)
    options = ["--locale", LANGUAGE, "--no-obsolete", "--add-location", "file", "--verbosity", "0"]
    command = [sys.executable, "-m", "django", "makemessages", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr.strip() or done.stdout.strip())
    for path in catalogues(folder):
        undate(path)


def undate(path: Path) -> None:
    """Leave out when the catalogue was written: two people's changes would differ in it and in nothing else."""
    path.write_text(DATED.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")


def apps(folder: Path) -> Iterator[Path]:
    """Every folder that keeps a catalogue."""
    for package in sorted(path.parent for path in folder.glob("**/__init__.py")):
        if package.relative_to(folder).as_posix() in NOT_APPS or any((package / name).exists() for name in PLACES):
            yield package


def problems() -> Iterator[str]:
    """What keeps the French from being whole, found on a copy so that checking changes nothing."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary) / "concorda"
        shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("*.mo", "__pycache__", "static", "migrations"))
        update(copy)
        for path in catalogues(copy):
            app = path.relative_to(copy).parts[:-4]
            for entry in polib.pofile(str(path)):
                if reason := wrong(entry):
                    yield f"{'/'.join(app)}: {reason}: {entry.msgid!r}"
    for guide in sorted(SOURCE.glob("**/guide.md")):
        if not guide.with_name(f"guide.{LANGUAGE}.md").exists():
            yield f"{guide.relative_to(SOURCE).parent}: guide.{LANGUAGE}.md is missing"


def wrong(entry: polib.POEntry) -> str | None:
    """Why this message cannot be shown in French, or None."""
    if entry.obsolete:
        return None
    if entry.fuzzy:
        return "fuzzy"
    if not entry.translated():
        return "not translated"
    sources = {frozenset(PLACEHOLDER.findall(text)) for text in (entry.msgid, entry.msgid_plural) if text}
    targets = list(entry.msgstr_plural.values()) or [entry.msgstr]
    if any(frozenset(PLACEHOLDER.findall(text)) not in sources for text in targets):
        return "placeholders differ"
    return None


def report(found: list[str]) -> None:
    if found:
        sys.exit("\n".join([*found, f"{len(found)} messages to mend: make messages, then edit the catalogues"]))
    print(f"{len(catalogues(SOURCE))} catalogues, all whole")


if __name__ == "__main__":
    main(sys.argv[1:])
