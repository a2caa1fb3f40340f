"""Networks from files: one network in six forms, what is refused, the command, and the published networks."""

import json
import os
from pathlib import Path

import pytest

from concorda.analysis.network import measure, read
from concorda.analysis.problems import Refused
from concorda.cli import main

FILES = Path(__file__).parent / "files"
REAL = os.environ.get("CONCORDA_REAL_DATA")


@pytest.mark.parametrize(
    ("name", "weight"),
    [
        ("bridge.graphml", "strength"),
        ("bridge.gexf", "weight"),
        ("bridge.csv", "strength"),
        ("bridge.dl", None),
        ("bridge_edges.dl", None),
    ],
)
def test_every_kind_of_file_holds_the_same_network(name, weight):
    network = read(FILES / name, nodes=FILES / "bridge_nodes.csv", weight=weight).grouped_by("team")
    assert network.ids == ("Ann", "Bo", "Cy", "Di", "Ed")
    assert network.groups == ("health", "health", "housing", "housing", "language")
    assert network.directed
    assert network.matrix.toarray().tolist() == [
        [0, 1, 0, 0, 0],
        [2, 0, 3, 0, 0],
        [0, 0, 0, 0.5, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0],
    ]


@pytest.mark.parametrize("name", ["bridge.graphml", "bridge.gexf"])
def test_attributes_come_with_the_file(name):
    assert read(FILES / name).grouped_by("team").groups[0] == "health"


def test_undirected_is_a_tie_either_way():
    network = read(FILES / "bridge.dl", directed=False)
    assert (network.ties, network.directed) == (3, False)
    assert network.matrix.toarray()[2, 3] == 1


def test_a_matrix_may_leave_out_its_diagonal_and_carry_its_labels(tmp_path):
    file = tmp_path / "a.dl"
    file.write_text('DL N=3 diagonal=absent\nlabels:\n"St. John" b c\ndata:\n1 0\n0 1\n0 0\n', encoding="utf-8")
    assert read(file).ids == ("St. John", "b", "c")
    assert read(file).matrix.toarray().tolist() == [[0, 1, 0], [0, 0, 1], [0, 0, 0]]
    file.write_text("DL n=2 format=fullmatrix labels embedded\ndata:\n  a b\na 0 1\nb 0 0\n", encoding="utf-8")
    assert read(file).matrix.toarray().tolist() == [[0, 1], [0, 0]]


def test_what_was_settled_is_told(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("source,target\na,a\na,b\na,b\n", encoding="utf-8")
    network = read(file)
    assert network.ties == 1
    assert len(network.notes) == 2


@pytest.mark.parametrize(
    ("name", "text", "row", "column"),
    [
        ("a.csv", "", None, None),
        ("a.csv", "source\na\n", 1, None),
        ("a.csv", "source,target\na,\n", 2, "target"),
        ("a.csv", "source,target,w\na,b,much\n", 2, "w"),
        ("a.csv", "source,target,w\na,b,1\na,c,-1\n", 3, "w"),
        ("a.csv", "source,target\na,b\n", 1, "w"),
        ("a.graphml", "<graphml><graph>", 1, "17"),
        ("a.graphml", "<graphml/>", None, None),
        ("a.graphml", '<graphml><graph>\n<node id="a"/>\n<edge source="a" target="b"/></graph></graphml>', 3, "target"),
        ("a.graphml", '<graphml><graph>\n<node id="a"/><node id="a"/></graph></graphml>', 2, "id"),
        ("a.graphml", '<!DOCTYPE g [<!ENTITY x "y">]><graphml><graph/></graphml>', None, None),
        ("a.dl", "n=2\ndata:\n0 1\n1 0", 1, None),
        ("a.dl", "dl n=2\n0 1\n1 0", None, None),
        ("a.dl", "dl n=2\ndata:\n0 1\n1", 4, None),
        ("a.dl", "dl n=2\ndata:\n0 1\nx 0", 4, "1"),
        ("a.dl", "dl n=2 format=edgelist1\ndata:\n1 3", 3, None),
        ("a.dl", "dl n=2 format=blockmatrix\ndata:\n1 2", 1, "format"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(tmp_path, name, text, row, column):
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        read(file, weight="w" if "w" in (column or "") or ",w" in text else None)
    problem = refused.value.problems[0]
    assert (problem.file, problem.row, problem.column) == (str(file), row, column)


def test_unknown_ends_and_repeated_nodes_of_a_table_are_refused(tmp_path):
    nodes = tmp_path / "nodes.csv"
    nodes.write_text("id,team\nAnn,x\nBo,x\n", encoding="utf-8")
    with pytest.raises(Refused, match="'Cy' is not among the nodes") as refused:
        read(FILES / "bridge.csv", nodes=nodes)
    assert refused.value.problems[0].row == 4
    nodes.write_text("id\nAnn\nAnn\n", encoding="utf-8")
    with pytest.raises(Refused, match="there twice"):
        read(FILES / "bridge.csv", nodes=nodes)


def network(capsys, *words):
    status = main(["network", *map(str, words), "--json"])
    output = capsys.readouterr()
    return status, json.loads(output.out), output.err


def test_the_command_prints_every_measure(capsys):
    status, result, _ = network(capsys, FILES / "bridge.graphml", "--group", "team")
    assert status == 0
    assert set(result) == {
        *("nodes", "ties", "directed", "density", "centralization", "reciprocity", "brokerage_total", "ei_index"),
        *("articulation_points", "per_node"),
    }
    assert (result["nodes"], result["ties"], result["density"]) == (5, 5, 0.25)
    assert result["articulation_points"] == ["Bo", "Cy"]
    bo = result["per_node"][1]
    assert set(bo) == {
        *("id", "group", "degree", "in", "out", "betweenness", "betweenness_normalized", "constraint"),
        *("effective_size", "bridging", "participation", "brokerage"),
    }
    assert (bo["id"], bo["degree"], bo["in"], bo["out"], bo["betweenness"]) == ("Bo", 3, 1, 2, 2)
    assert {key: bo["brokerage"][key] for key in ("representative", "gatekeeper", "total")} == {
        "representative": 1,
        "gatekeeper": 0,
        "total": 1,
    }
    assert result["per_node"][4]["constraint"] is None
    assert result["brokerage_total"]["total"] == 2


def test_the_command_refuses_a_group_nobody_has(capsys):
    status, result, messages = network(capsys, FILES / "bridge.graphml", "--group", "sector")
    assert status == 1
    assert result["problems"][0]["column"] == "sector"
    assert "team" in messages


def test_the_command_says_who_did_not_answer(capsys):
    _, result, messages = network(capsys, FILES / "bridge.csv", "--nodes", FILES / "bridge_nodes.csv", "--silent", "Ed")
    assert "80% answered" in messages
    assert result["per_node"][4]["out"] is None
    assert result["per_node"][0]["brokerage"] is None


def test_a_person_can_read_it(capsys):
    assert main(["network", str(FILES / "bridge.graphml"), "--group", "team"]) == 0
    output = capsys.readouterr().out
    assert "Articulation points: Bo, Cy" in output
    assert "representative 1" in output


@pytest.mark.skipif(not REAL, reason="CONCORDA_REAL_DATA names the folder of public data")
class TestPublished:
    """Values that textbooks and packages print for well-known networks."""

    def read(self, name, **options):
        folder = Path(REAL or "") / "networks"
        return read(folder / f"{name}_edges.csv", nodes=folder / f"{name}_nodes.csv", **options)

    def test_karate_club(self):
        """Zachary 1977; betweenness as in every package."""
        found = measure(self.read("karate", directed=False))
        assert (found.nodes, found.ties) == (34, 78)
        assert found.density == pytest.approx(0.13904, abs=5e-6)
        assert found.per_node.betweenness[0] == pytest.approx(231.0714, abs=5e-5)
        assert found.per_node.betweenness[33] == pytest.approx(160.5516, abs=5e-5)
        assert found.articulation_points == ("1",)

    def test_florentine_marriages_count_their_isolate(self):
        """Padgett; the Medici's betweenness is 47.5, ÷ 105 pairs with the isolated Pucci, ÷ 91 without."""
        network = self.read("flo_marriage", directed=False)
        found = measure(network)
        medici = network.ids.index("Medici")
        assert (found.nodes, found.ties) == (16, 20)
        assert found.per_node.betweenness[medici] == pytest.approx(47.5)
        assert found.per_node.betweenness_normalized[medici] == pytest.approx(47.5 / 105)

    def test_high_tech_managers(self):
        """Krackhardt 1987; Wasserman and Faust: advice has density 0.452 and friendship 0.243."""
        assert measure(self.read("ht_advice", directed=True)).density == pytest.approx(0.452, abs=5e-4)
        assert measure(self.read("ht_friends", directed=True)).density == pytest.approx(0.243, abs=5e-4)

    @pytest.mark.parametrize(
        "path", sorted((Path(REAL or "") / "networks").glob("*.graphml")), ids=lambda path: path.stem
    )
    def test_graphml_and_tables_agree(self, path):
        drawn = read(path)
        listed = self.read(path.stem, directed=drawn.directed)
        assert set(drawn.ids) == set(listed.ids)
        assert drawn.ties == listed.ties
