"""What Concorda needs from the machine beside Python, found or installed."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
POSTGRES_FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "opt/homebrew/opt/postgresql*/bin",
    "usr/local/opt/postgresql*/bin",
)


def browser() -> str | None:
    """The Chromium to drive: `CONCORDA_BROWSER` if set, else the first one on the machine."""
    named = os.environ.get("CONCORDA_BROWSER")
    return next((found for name in ((named,) if named else BROWSERS) if (found := shutil.which(name))), None)


def postgres() -> Path | None:
    """The folder with PostgreSQL's own programs, the newest version if there are several."""
    folders = [found for pattern in POSTGRES_FOLDERS for found in Path("/").glob(pattern)]
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    complete = [folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()]
    return max(complete, key=_version, default=None)


def _version(folder: Path) -> int:
    digits = "".join(letter for letter in folder.parent.name if letter.isdigit())
    return int(digits or 0)


def gettext() -> str | None:
    return shutil.which("xgettext")


def pdfsig() -> str | None:
    """The independent judge of seals."""
    return shutil.which("pdfsig")


class Need(NamedTuple):
    find: Callable[[], object]
    debian: str
    homebrew: str


NEEDS = {
    "browser": Need(browser, "chromium", "--cask chromium"),
    "postgres": Need(postgres, "postgresql", "postgresql@16"),
    "pdfsig": Need(pdfsig, "poppler-utils", "poppler"),
    "gettext": Need(gettext, "gettext", "gettext"),
}


def require(*names: str) -> None:
    """Install what is missing (as root on Debian and Ubuntu), or stop with the one line that installs it."""
    missing = [NEEDS[name] for name in names if not NEEDS[name].find()]
    if missing:
        install([need.debian for need in missing], [need.homebrew for need in missing])
    if still := [name for name in names if not NEEDS[name].find()]:
        sys.exit(f"Installed, but still not found: {', '.join(still)}. For a browser elsewhere set CONCORDA_BROWSER.")


def install(debian: list[str], homebrew: list[str]) -> None:
    """Install packages with the system's own installer, or stop and say how."""
    if not shutil.which("apt-get"):
        installer = "brew install" if sys.platform == "darwin" else "Please install (names as in Debian):"
        sys.exit(f"Missing: {installer} {' '.join(homebrew if sys.platform == 'darwin' else debian)}")
    if os.geteuid() != 0:
        sys.exit(f"Missing: sudo apt-get install -y {' '.join(debian)}")
    print(f"Installing {', '.join(debian)}", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *debian]):
        subprocess.run(["apt-get", *words], env=quiet, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
