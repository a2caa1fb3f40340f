"""Files that people put in: how large they may be, and what they are by their content, whatever their name says."""

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import FileResponse
from django.utils.translation import gettext as _

LARGEST = 200 * 1024 * 1024
"""Bytes of a file."""
HEAD = 4096
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken: what programs call it, and the endings its name may have."""

    media: str
    endings: tuple[str, ...]


PDF = Kind("application/pdf", (".pdf",))
OFFICE = {
    "word/": Kind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",)),
    "xl/": Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",)),
    "ppt/": Kind("application/vnd.openxmlformats-officedocument.presentationml.presentation", (".pptx",)),
}
OPEN = {
    media: Kind(media, (ending,))
    for media, ending in (
        ("application/vnd.oasis.opendocument.text", ".odt"),
        ("application/vnd.oasis.opendocument.spreadsheet", ".ods"),
        ("application/vnd.oasis.opendocument.presentation", ".odp"),
    )
}
OLD_OFFICE = Kind("application/octet-stream", (".doc", ".xls", ".ppt", ".mpp", ".msg"))
RICH = Kind("application/rtf", (".rtf",))
PLAIN = Kind("text/plain", (".txt", ".csv", ".tsv", ".md", ".ics", ".vcf", ".json", ".log"))
STARTS: tuple[tuple[Callable[[bytes], bool], Kind], ...] = (
    (lambda head: b"%PDF-" in head[:1024], PDF),
    (lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"), Kind("image/png", (".png",))),
    (lambda head: head.startswith(b"\xff\xd8\xff"), Kind("image/jpeg", (".jpg", ".jpeg"))),
    (lambda head: head[:6] in {b"GIF87a", b"GIF89a"}, Kind("image/gif", (".gif",))),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WEBP", Kind("image/webp", (".webp",))),
    (lambda head: head[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1"}, Kind("image/heic", (".heic", ".heif"))),
    (lambda head: head[:4] in {b"II*\x00", b"MM\x00*"}, Kind("image/tiff", (".tif", ".tiff"))),
    (lambda head: head[4:8] == b"ftyp", Kind("video/mp4", (".mp4", ".m4v", ".m4a", ".mov"))),
    (lambda head: head[:3] == b"ID3" or head[:2] in {b"\xff\xfb", b"\xff\xf3"}, Kind("audio/mpeg", (".mp3",))),
    (lambda head: head[:4] == b"RIFF" and head[8:12] == b"WAVE", Kind("audio/wav", (".wav",))),
    (lambda head: head.startswith(OLE), OLD_OFFICE),
    (lambda head: head.startswith(b"{\\rtf"), RICH),
)
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")


def kind_of(name: str, file: Any) -> Kind:
    """What a file is by its content. Raises ValidationError for what is not taken, or is not what its name says."""
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    if not head:
        raise ValidationError(_("“%(name)s” is empty. Choose it again, or another file.") % {"name": name})
    found = recognized(head, file)
    ending = PurePath(name).suffix.lower()
    if found is None:
        words = _(
            "“%(name)s” is not a kind of file that is kept here: documents, tables, slides, pictures, sound and film "
            "are. Save it as PDF, and choose that."
        )
        raise ValidationError(words % {"name": name})
    if ending not in found.endings:
        words = _("“%(name)s” is not what its name says: by its content it should end in %(endings)s. Rename it first.")
        raise ValidationError(words % {"name": name, "endings": ", ".join(found.endings)})
    return found


def recognized(head: bytes, file: Any) -> Kind | None:
    if head.startswith(PROGRAMS):
        return None
    for fits, kind in STARTS:
        if fits(head):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return inside_zip(file)
    return PLAIN if is_text(head) else None


def inside_zip(file: Any) -> Kind | None:
    """Which office file a zip is; one with macros, or a zip of anything else, is none."""
    try:
        with zipfile.ZipFile(file) as container:
            names = container.namelist()
            if "mimetype" in names:
                with container.open("mimetype") as said:
                    return OPEN.get(said.read(100).decode("ascii", errors="replace").strip())
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return None
    finally:
        file.seek(0)
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return None
    return next((kind for folder, kind in OFFICE.items() if any(name.startswith(folder) for name in names)), None)


def is_text(head: bytes) -> bool:
    """Plain text, and no page that a browser would run."""
    if b"\x00" in head:
        return False
    text = head.decode("utf-8", errors="ignore") or head.decode("cp1252", errors="ignore")
    return not text.lstrip("\ufeff \t\r\n").startswith("<")


def digest_of(file: Any) -> str:
    """SHA-256 of a file, read piece by piece."""
    found = hashlib.sha256()
    file.seek(0)
    for piece in iter(lambda: file.read(1024 * 1024), b""):
        found.update(piece)
    file.seek(0)
    return found.hexdigest()


def download(file: Any, name: str, kind: str) -> FileResponse:
    """A file to be kept, never shown by the browser as a page of ours; sent piece by piece."""
    answer = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


class Limit(FileUploadHandler):
    """Stops reading a file that is larger than may be kept; the form finds `too_large` and says so."""

    read = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.read = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.read += len(raw_data)
        if self.read > LARGEST:
            self.request.too_large = self.file_name  # type: ignore[union-attr]
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
