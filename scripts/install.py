"""Build the environment in `.venv` from the lock, and what else is made, not written: vendor files, message catalogues.

Runs on the machine's own Python and its standard library. Does nothing, quickly, when nothing has changed.
"""

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}
SUPPORTED = ((3, 11), (3, 14))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what checking and testing need")
    wanted = "dev" if parser.parse_args().dev else "run"
    use_supported_python()
    installed = (VENV / "installed-dev").exists()
    kind = "dev" if installed else wanted
    if not is_current(kind):
        bootstrap()
        synchronize(kind)
    if stale_products():
        python("scripts/vendor.py")
        python("scripts/messages.py", "compile")


def use_supported_python() -> None:
    """Start again under Python 3.11 to 3.13 when this one is not."""
    if SUPPORTED[0] <= sys.version_info[:2] < SUPPORTED[1]:
        return
    for name in ("python3.13", "python3.12", "python3.11"):
        found = shutil.which(name)
        if found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0:
            os.execv(found, [found, *sys.argv])
    sys.exit(f"Concorda needs Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}.")


def fingerprint(kind: str) -> str:
    """Changes when the environment has to be made again; holds the folder because programs name their own path."""
    parts = [LOCKS[kind].read_bytes(), (ROOT / "pyproject.toml").read_bytes(), str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_current(kind: str) -> bool:
    stamp = VENV / f"installed-{kind}"
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == fingerprint(kind)


def bootstrap() -> None:
    """A virtual environment with uv in it; uv's own hash comes from the lock."""
    if UV.exists() and subprocess.run([UV, "--version"], capture_output=True).returncode == 0:
        return
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.path.insert(0, str(ROOT / "scripts"))
        from system import install  # only where venv is missing

        install([f"python{version}-venv"], [f"python@{version}"])
    print("Making the environment in .venv", flush=True)
    subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
    only_uv = VENV / "uv.lock"
    only_uv.write_text(locked("uv"))
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    subprocess.run([PYTHON, "-m", "pip", "install", *quiet, "--require-hashes", "-r", only_uv], check=True)


def locked(name: str) -> str:
    """The lines of one package in the lock: its version and hashes."""
    lines = LOCKS["run"].read_text().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"{name}=="))
    end = next(n for n in range(start + 1, len(lines)) if not lines[n].startswith("    --hash"))
    return "\n".join(lines[start:end]).rstrip("\\ ") + "\n"


def synchronize(kind: str) -> None:
    print(f"Installing the packages of {LOCKS[kind].name}", flush=True)
    uv("sync", "--require-hashes", str(LOCKS[kind]))
    # The build backend is in the lock, so that this needs no download.
    uv("install", "--no-deps", "--no-build-isolation", "--editable", str(ROOT))
    for other in LOCKS:
        (VENV / f"installed-{other}").unlink(missing_ok=True)
    (VENV / f"installed-{kind}").write_text(fingerprint(kind))


def uv(*words: str) -> None:
    # Certificates of the machine: without them uv fails behind a proxy that has its own.
    environment = {"UV_SYSTEM_CERTS": "1", **os.environ}
    subprocess.run([UV, "pip", *words, "--quiet", "--python", PYTHON], env=environment, check=True)


def stale_products() -> bool:
    """Is a vendor file missing, or a message catalogue older than its source?"""
    vendor = ROOT / "concorda/foundation/core/static/vendor/VERSIONS"
    if not vendor.exists() or vendor.stat().st_mtime < (ROOT / "scripts/vendor.py").stat().st_mtime:
        return True
    for source in ROOT.glob("concorda/**/locale/*/LC_MESSAGES/django.po"):
        product = source.with_suffix(".mo")
        if not product.exists() or product.stat().st_mtime < source.stat().st_mtime:
            return True
    return False


def python(*words: str) -> None:
    subprocess.run([PYTHON, *words], cwd=ROOT, check=True)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failed:
        sys.exit(f"Installation stopped: {Path(failed.cmd[0]).name} ended with status {failed.returncode} (see above).")
