"""Copy the JavaScript that pages load from the installed packages into the static files, hash checked.

None of it is committed. A new version of a package brings a new file: read its notes, then put the new hash here.
"""

import hashlib
import sys
from importlib.metadata import distribution
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "concorda/foundation/core/static/vendor"
FILES = [  # package, file in it, name here, sha256
    (
        "django-htmx",
        "django_htmx/static/django_htmx/htmx-2.min.js",
        "htmx.min.js",
        "71ea67185bfa8c98c39d31717c6fce5d852370fcdfd129db4543774d3145c0de",
    ),
]


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    lines = []
    for package, source, name, expected in FILES:
        found = distribution(package)
        content = Path(str(found.locate_file(source))).read_bytes()
        actual = hashlib.sha256(content).hexdigest()
        if actual != expected:
            sys.exit(f"{source} of {package} {found.version} is not the checked one: {actual}. See scripts/vendor.py.")
        (TARGET / name).write_bytes(content)
        lines.append(f"{name} from {package} {found.version}, sha256 {actual}")
    (TARGET / "VERSIONS").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
