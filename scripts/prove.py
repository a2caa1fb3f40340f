"""Run every test: on SQLite, on PostgreSQL, and the journeys in a real browser; then say what was counted.

All three run even when one fails; the exit status is 0 only if nothing failed anywhere.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import postgres
import system

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "var" / "tests"
SETTINGS = ("DATABASE_URL", "CACHE_URL", "EMAIL_URL", "DJANGO_SETTINGS_MODULE", "CONCORDA_VAR")


def main(words: list[str]) -> None:
    system.require("browser", "postgres", "pdfsig")
    RESULTS.mkdir(parents=True, exist_ok=True)
    everything = ["-n", "2", "-m", "not browser", *words]
    lines = [pytest("SQLite", everything)]
    with postgres.cluster() as address:
        lines.append(pytest("PostgreSQL", everything, DATABASE_URL=address))
    lines.append(pytest("Browser", ["-m", "browser", *words], CONCORDA_BROWSER=system.browser() or ""))
    print("\n".join(["", *(line for line, _ in lines)]))
    sys.exit(0 if all(passed for _, passed in lines) else 1)


def pytest(name: str, words: list[str], **more: str) -> tuple[str, bool]:
    """Run pytest once; its count in a line, and whether all went well."""
    print(f"\n== {name}", flush=True)
    result = RESULTS / f"{name.lower()}.xml"
    result.unlink(missing_ok=True)
    clean = {
        key: value for key, value in os.environ.items() if key not in SETTINGS and not key.startswith("CONCORDA_T")
    }
    started = time.monotonic()
    command = [sys.executable, "-m", "pytest", f"--junitxml={result}", *words]
    status = subprocess.run(command, cwd=ROOT, env={**clean, **more}).returncode
    return f"{name:<11} {count(result)} in {time.monotonic() - started:.0f} s", status == 0


def count(result: Path) -> str:
    if not result.exists():
        return "did not run"
    suite = next(iter(ET.parse(result).getroot()))
    total, failed, broken, skipped = (int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped"))
    return f"{total - failed - broken - skipped} passed, {failed} failed, {broken} errors, {skipped} skipped"


if __name__ == "__main__":
    main(sys.argv[1:])
