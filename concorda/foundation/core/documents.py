"""PDF documents from a typst template and data."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any


def compile_pdf(template: Path, data: dict[str, Any], *, at: datetime) -> bytes:
    """A tagged PDF/UA-1. The data reach the template as JSON in `sys.inputs.data`, never as typst code.

    The same data and moment give the same bytes.
    """
    import typst  # a large library, loaded only where a PDF is made

    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    compiler = typst.Compiler(template.read_bytes(), root=template.parent, ignore_system_fonts=True, sys_inputs=inputs)
    made = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=int(at.timestamp()))
    assert isinstance(made, bytes)
    return made
