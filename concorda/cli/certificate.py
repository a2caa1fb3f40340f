"""Show the certificate that seals agreements, or make a new one."""

import argparse
from collections.abc import Iterator
from typing import Any

from concorda.analysis.problems import Refused

NEEDS_DJANGO = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--new", action="store_true", help="make a new one; what the old one sealed stays known")


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    from django.conf import settings

    from concorda.begin.agreements import sealing

    try:
        sealer = sealing.replace() if arguments.new else sealing.current()
    except sealing.CannotSeal as problem:
        raise Refused(str(problem)) from problem
    sealing.remember(sealer)
    return {
        "name": sealer.name,
        "sha256": sealer.fingerprint,
        "from": sealer.certificate.not_valid_before_utc.date(),
        "until": sealer.until.date(),
        "expired": sealer.expired,
        "days_left": sealer.days_left,
        "self_made": sealer.self_made,
        "file": settings.SEAL or str(sealing.own_file()),
        "certificate": str(sealing.folder() / "known" / f"{sealer.fingerprint}.pem"),
        "timestamps": settings.TIMESTAMP_URL or None,
    }


def show(result: dict[str, Any]) -> Iterator[str]:
    made = "signed by itself" if result["self_made"] else "signed by an authority"
    yield f"{result['name']}, {made}, good from {result['from']} until {result['until']}"
    if result["expired"]:
        yield "It has EXPIRED: nothing new can be sealed. Make a new one with --new, or put another into CONCORDA_SEAL."
    elif result["days_left"] < 90:
        yield f"It expires in {result['days_left']} days: replace it before."
    yield f"SHA-256 {result['sha256']}"
    yield f"key and certificate: {result['file']}"
    yield f"certificate alone, to give to others: {result['certificate']}"
    yield f"timestamps: {result['timestamps'] or 'none'}"
