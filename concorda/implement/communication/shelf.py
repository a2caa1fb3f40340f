"""The document shelf: putting documents there, new versions, taking them down."""

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from concorda.foundation.accounts.models import Person
from concorda.foundation.core import clock, uploads
from concorda.foundation.partnerships.models import Participant
from concorda.foundation.partnerships.timeline import record
from concorda.implement.communication.models import Document, DocumentVersion


@transaction.atomic
def put(document: Document, file: Any, *, by: Person, note: str = "") -> DocumentVersion:
    """Put a new document on the shelf. Raises ValidationError for a file of a kind that is not kept."""
    kind = uploads.kind_of(file.name, file)
    document.save()
    version = keep(document, file, kind.media, document.added_by, note)
    message = gettext_noop("put a document on the shelf of “%(group)s”")
    if document.group:
        record(document.partnership, by, message, about=document, group=document.group.name)
    elif document.topic and document.topic.group:
        record(document.partnership, by, message, about=document, group=document.topic.group.name)
    else:
        record(
            document.partnership, by, gettext_noop("put “%(title)s” on the shelf"), about=document,
            title=document.title,
        )  # fmt: skip
    return version


@transaction.atomic
def renew(document: Document, file: Any, author: Participant, *, by: Person, note: str = "") -> DocumentVersion:
    """Add a version; the earlier ones stay. The same file again is refused."""
    kind = uploads.kind_of(file.name, file)
    Document.objects.select_for_update().get(pk=document.pk)
    latest = document.versions.first()
    if latest and latest.digest == uploads.digest_of(file):
        words = _("This is the file that is there already (version %(number)s). Choose the new one.")
        raise ValidationError(words % {"number": latest.number})
    version = keep(document, file, kind.media, author, note)
    record(
        document.partnership, by, gettext_noop("put version %(number)s of a document on the shelf"), about=document,
        number=version.number,
    )  # fmt: skip
    return version


def keep(document: Document, file: Any, media: str, author: Participant, note: str) -> DocumentVersion:
    last = document.versions.aggregate(last=Max("number"))["last"] or 0
    version = DocumentVersion(
        partnership=document.partnership,
        document=document,
        number=last + 1,
        name=tidy(file.name),
        kind=media,
        size=file.size,
        digest=uploads.digest_of(file),
        note=note,
        author=author,
    )
    version.file.save(f"{version.digest[:20]}{PurePath(file.name).suffix.lower()}", file, save=False)
    version.save()
    document.changed_at = version.at
    document.save(update_fields=["changed_at"])
    return version


def tidy(name: str) -> str:
    """A name of a file that no program takes for a path or a command."""
    kept = "".join(
        sign for sign in PurePath(name.replace("\\", "/")).name if sign.isprintable() and sign not in '<>:"|?*'
    )
    return kept[-200:] or "document"


@transaction.atomic
def take_down(document: Document, *, by: Person) -> None:
    """Off the shelf; what it held is kept with the records of the partnership."""
    document.removed_at = clock.now()
    document.save(update_fields=["removed_at"])
    record(document.partnership, by, gettext_noop("took a document off the shelf"), about=document)
