"""Say whether a PDF is an agreement as it was sealed here, and who signed it."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from concorda.analysis.problems import Problem, Refused

NEEDS_DJANGO = True

DOUBTS = {
    "": "sealed, and not a byte was changed since",
    "none": "there is no seal in this file",
    "foreign": "there is a seal, but its certificate is not one this installation ever used",
    "altered": "the file was changed after it was sealed: do not rely on it",
    "too_late": "the seal was put outside of the time its certificate is good for: do not rely on it",
    "not_ours": "there is a seal that holds, but not on an agreement",
    "added": "something was added to the file after it was sealed: do not rely on what it shows",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE.pdf", type=Path, help="the file to look into; it is not kept")
    parser.add_argument(
        "--certificate",
        metavar="FILE.pem",
        type=Path,
        action="append",
        default=[],
        help="a certificate to rely on beside those of this installation, such as another installation's",
    )


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    from concorda.analysis.sealed import read
    from concorda.foundation.core import clock

    known = certificates(arguments.certificate)
    if not known:
        say("No certificate is known here: any seal is taken at its word. Name the right one with --certificate.")
    reading = read(contents(arguments.file), known=known, anyone=not known, file=str(arguments.file))
    if reading.doubt:
        say(f"{arguments.file}: {DOUBTS[reading.doubt]}")
    if reading.intact and reading.valid_until and reading.valid_until < clock.now():
        say(
            f"The certificate expired on {reading.valid_until:%Y-%m-%d}; the seal was put before, by "
            f"{'a timestamp authority' if reading.stamped else 'the word of the installation that sealed it'}."
        )
    if reading.certificate:
        say(f"SHA-256 of the seal's certificate: {reading.certificate}")
    return reading.as_dict()


def contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        reason = f"This file cannot be read: {problem.strerror}."
        raise Refused(Problem(reason, file=str(path))) from problem


def certificates(paths: list[Path]) -> dict[str, bytes]:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding

    from concorda.begin.agreements import sealing

    found = sealing.known()
    for path in paths:
        try:
            for one in sealing.certificates_in(path):
                found[one.fingerprint(SHA256()).hex()] = one.public_bytes(Encoding.DER)
        except (OSError, sealing.CannotSeal) as problem:
            raise Refused(Problem("This is not a certificate that can be read.", file=str(path))) from problem
    return found


def say(message: str) -> None:
    print(message, file=sys.stderr)


def show(result: dict[str, Any]) -> Iterator[str]:
    yield from (
        f"{name}: {'yes' if result[key] else 'no'}"
        for name, key in (("sealed", "sealed"), ("intact", "intact"), ("covers the whole file", "covers_whole_file"))
    )
    if result["hash"]:
        yield f"{result['agreement']}, version {result['version']}, fingerprint {result['hash']}"
    for one in result["signed_by"]:
        yield f"signed for {one['organization']} by {one['name']} on {one['at']}"
