"""`concorda import organizations` keeps the interface that programs rely on."""

import json

import pytest

from concorda.cli import main


def test_import_organizations(db, tmp_path, capsys):
    file = tmp_path / "register.csv"
    file.write_text("org_id,name\nGB-CHC-1,Fine\n,No number\n")
    path = str(file)
    assert main(["import", "organizations", path, "--source", "ccew", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert {key: said[key] for key in ("read", "created", "updated", "unchanged", "rejected")} == {
        "read": 2, "created": 1, "updated": 0, "unchanged": 0, "rejected": 1,
    }  # fmt: skip
    assert set(said["problems"][0]) == {"row", "column", "value", "reason"} and "seconds" in said
    assert main(["import", "organizations", path, "--source", "moon"]) == 1
    assert main(["import", "organizations", path, "--source", "csv", "--map", "id"]) == 1
    with pytest.raises(SystemExit) as wrong:
        main(["import", "organizations", path])
    assert wrong.value.code == 2
