"""Network files in the shapes that other programs and people write."""

import json

import igraph
import networkx as nx
import pytest

from concorda.analysis.network import read
from concorda.analysis.problems import Refused
from concorda.cli import main

HALF = "1 0 0\n0 0 0\n"
EMBEDDED = "Ann Bo Cy\nAnn 0 1 1\nBo 1 0 0\nCy 0 0 0\n"

# One network in every shape of DL: Ann → Bo, Ann → Cy, Bo → Ann; Cy says nothing.
TIES = {("Ann", "Bo"), ("Ann", "Cy"), ("Bo", "Ann")}
LABELLED = {
    "labels apart by commas": "DL N = 3\nFormat = FullMatrix\nLabels:\nAnn,Bo,Cy\nData:\n0 1 1\n1 0 0\n0 0 0\n",
    "labels apart by blanks": "dl n=3\nlabels:\nAnn Bo\nCy\ndata:\n0 1 1 1 0 0 0 0 0\n",
    "rows and columns": "DL NR=3, NC=3\nROW LABELS:\nAnn Bo Cy\nCOLUMN LABELS:\nANN BO CY\nDATA:\n0,1,1\n" + HALF,
    "labels embedded": "dl\nn = 3\nlabels embedded\nformat = fullmatrix\ndata:\n" + EMBEDDED,
    "labels embedded, with a colon": "dl n=3\nlabels embedded:\ndata:\n" + EMBEDDED,
    "row labels embedded": "dl n=3\nrow labels embedded\ndata:\nAnn 0 1 1\nBo 1 0 0\nCy 0 0 0\n",
    "column labels embedded": "dl n=3\ncolumn labels embedded:\ndata:\nAnn Bo Cy\n0 1 1\n1 0 0\n0 0 0\n",
    "no diagonal": "dl n=3 diagonal=absent\nlabels: Ann Bo Cy\ndata:\n1 1\n1 0\n0 0\n",
    "diagonal, without a sign": "DL N=3 FORMAT=FULLMATRIX DIAGONAL ABSENT\nLABELS: Ann Bo Cy\nDATA:\n1 1\n1 0\n0 0\n",
    "remarks": "dl n=3\n# by hand\n; May\nlabels:\nAnn Bo Cy\ndata:\n0 1 1\n% half of it\n1 0 0\n0 0 0\n",
    "edges by number": "DL n=3\nformat = edgelist1\nlabels:\nAnn, Bo, Cy\ndata:\n1 2\n1 3\n2 1\n",
    "edges with strengths": "dl\nformat=edgelist1\nn=3\nlabels:\nAnn Bo Cy\ndata:\n1 2 1.0\n1 3 1\n2 1 1\n",
    "edges by label": "DL n=3\nformat = edgelist1\nlabels embedded:\ndata:\nAnn Bo\nAnn Cy\nBo Ann\n",
    "edges by label, of no number": "dl\nformat = EDGELIST1\nlabels embedded\ndata:\nAnn,Bo\nAnn,Cy\nBo,Ann\n",
    "labels both ways, other letters": (
        "DL n=3\nformat = edgelist1\nlabels:\nAnn, Bo, Cy\nlabels embedded:\ndata:\nANN bo\nann CY\nBO Ann\n"
    ),
    "nodes": "dl n=3 format=nodelist1\nlabels:\nAnn Bo Cy\ndata:\n1 2 3\n2 1\n",
    "lines ended by returns": "dl n=3\r\nlabels:\r\nAnn,Bo,Cy\r\ndata:\r\n0 1 1\r\n1 0 0\r\n0 0 0\r\n",
}


def written(tmp_path, text, name="file.dl"):
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def ties_of(network):
    return {(network.ids[a], network.ids[b]) for a, b in zip(*network.binary.nonzero(), strict=True)}


@pytest.mark.parametrize("shape", LABELLED)
def test_one_network_in_every_shape_of_dl(tmp_path, shape):
    network = read(written(tmp_path, LABELLED[shape]))
    assert (network.ids, ties_of(network), network.directed) == (("Ann", "Bo", "Cy"), TIES, True)


def test_dl_without_labels_numbers_its_nodes(tmp_path):
    assert read(written(tmp_path, "DL N = 3\nData:\n0 1 0\n0 0 0\n0 0 0\n")).ids == ("1", "2", "3")
    assert read(written(tmp_path, "dl n=4 format=edgelist1\ndata:\n1 2\n")).ids == ("1", "2", "3", "4")


def test_labels_with_blanks_stand_in_quotes_or_on_lines_of_their_own(tmp_path):
    for labels in ('"Ann Lee" "Bo, Jr" Cy\n', "Ann Lee\nBo, Jr\nCy\n"):
        assert read(written(tmp_path, f"dl n=3\nlabels:\n{labels}data:\n" + "0 " * 9)).ids == (
            "Ann Lee",
            "Bo, Jr",
            "Cy",
        )


@pytest.mark.parametrize(("kind", "numbers"), [("upperhalf", "0 2 0\n0 1\n0\n"), ("lowerhalf", "0\n2 0\n0 1 0\n")])
def test_half_a_matrix_is_a_network_without_directions(tmp_path, kind, numbers):
    network = read(written(tmp_path, f"dl n=3 format={kind}\nlabels:\na b c\ndata:\n{numbers}"))
    assert not network.directed
    assert network.matrix.toarray().tolist() == [[0, 2, 0], [2, 0, 1], [0, 1, 0]]


def test_one_of_several_relations_is_chosen(tmp_path):
    text = "dl n=2 nm=2\nlabels:\na b\nmatrix labels:\nadvice trust\ndata:\n0 1\n0 0\n0 0\n1 0\n"
    file = written(tmp_path, text)
    assert ties_of(read(file)) == {("a", "b")}
    assert "advice, trust" in read(file).notes[0]
    assert ties_of(read(file, relation="Trust")) == ties_of(read(file, relation="2")) == {("b", "a")}
    assert not read(file, relation="Trust").notes
    with pytest.raises(Refused, match="there are: advice, trust"):
        read(file, relation="3")
    lists = written(tmp_path, "dl n=2 nm=2 format=edgelist1\ndata:\n1 2\n!\n2 1\n", "lists.dl")
    assert ties_of(read(lists, relation="2")) == {("2", "1")}
    with pytest.raises(Refused, match="only a DL file"):
        read(written(tmp_path, "source,target\na,b\n", "a.csv"), relation="1")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dl nr=2 nc=3\ndata:\n0 1 0\n1 0 1\n", "two kinds of nodes"),
        ("dl n=2 format=edgelist2\ndata:\n1 2\n", "format 'edgelist2' is not read"),
        ("dl n=2\nrow labels: a b\ncolumn labels: c d\ndata:\n0 1\n1 0\n", "row and column labels differ"),
        ("dl n=2\nlabels: a b c\ndata:\n0 1\n1 0\n", "3 labels for 2 nodes"),
        ("dl n=two\ndata:\n0 1\n", "N must be a whole number"),
        ("dl n=2\ndata:\n0 1 1\n1 0\n", "5 values where 4 are announced"),
        ("dl n=2\ndata:\n0 1e38\n1 0\n", "must be a number"),
        ("dl n=2 format=edgelist1\nlabels embedded\ndata:\na b\nc a\n", "one node more than the 2"),
        ("dl n=2 format=edgelist1\nlabels: a b\nlabels embedded\ndata:\na z\n", "'z' is not among the labels"),
        ("dl n=2 nm=2 format=edgelist1\ndata:\n1 2\n2 1\n", "2 relations are announced"),
        ("dl n=2 format=edgelist1\ndata:\n1 2 3 4\n", "two nodes and, if wanted, a strength"),
        ("dl\ndata:\n0 1\n", "does not say how many nodes"),
    ],
)
def test_what_a_dl_file_cannot_mean_is_refused(tmp_path, text, said):
    with pytest.raises(Refused, match=said) as refused:
        read(written(tmp_path, text))
    assert refused.value.problems[0].row


# -- GraphML and GEXF ----------------------------------------------------------------------------------------------


def test_graphml_of_igraph(tmp_path):
    graph = igraph.Graph([(0, 1), (1, 2)], directed=True)
    graph.vs["team"], graph.es["strength"] = ["x", "x", "y"], [1.5, 2]
    file = tmp_path / "igraph.graphml"
    graph.write_graphml(str(file))
    network = read(file, weight="strength").grouped_by("team")
    assert (network.ids, network.groups) == (("n0", "n1", "n2"), ("x", "x", "y"))
    assert network.matrix.toarray().tolist() == [[0, 1.5, 0], [0, 0, 2], [0, 0, 0]]
    igraph.Graph.Ring(4).write_graphml(str(file))
    assert (read(file).directed, read(file).ties) == (False, 4)


@pytest.mark.parametrize(("write", "name"), [(nx.write_graphml, "a.graphml"), (nx.write_gexf, "a.gexf")])
@pytest.mark.parametrize("kind", [nx.Graph, nx.DiGraph])
def test_files_of_networkx(tmp_path, write, name, kind):
    graph = kind()
    graph.add_node("Ann", team="x")
    graph.add_node("Bo & Co", team="y")
    graph.add_edge("Ann", "Bo & Co", weight=2.5)
    write(graph, tmp_path / name)
    network = read(tmp_path / name, weight="weight").grouped_by("team")
    assert (network.ids, network.groups, network.directed) == (("Ann", "Bo & Co"), ("x", "y"), graph.is_directed())
    assert network.matrix.toarray().tolist() == [[0, 2.5], [0 if graph.is_directed() else 2.5, 0]]


def test_an_edge_may_say_itself_that_it_has_no_direction(tmp_path):
    text = """<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><key id="w" for="edge" attr.name="strength">
      <default>3</default></key><key id="l" for="node" attr.name="label"/><graph edgedefault="directed">
      <node id="a"><data key="l">Ann</data></node><node id="b"/><node id="c"/>
      <edge source="a" target="b"/><edge source="b" target="c" directed="false"><data key="w">5</data></edge>
      </graph></graphml>"""
    network = read(written(tmp_path, text, "mixed.graphml"), weight="strength")
    assert network.matrix.toarray().tolist() == [[0, 3, 0], [0, 0, 5], [0, 5, 0]]
    assert "count both ways" in network.notes[0]
    assert network.attributes["a"]["label"] == "Ann"
    undirected = text.replace('edgedefault="directed"', 'edgedefault="undirected"')
    assert not read(written(tmp_path, undirected, "none.graphml")).directed


GEXF = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" version="1.3"><graph defaultedgetype="directed">
<attributes class="node"><attribute id="0" title="team" type="string"><default>x</default></attribute></attributes>
<attributes class="edge"><attribute id="0" title="strength" type="double"/></attributes>
<nodes><node id="a" label="Ann"><attvalues><attvalue for="0" value="y"/></attvalues></node><node id="b"/></nodes>
<edges><edge source="a" target="b" weight="2"><attvalues><attvalue for="0" value="7"/></attvalues></edge>
<edge source="b" target="a"><attvalues><attvalue for="0" value="8"/></attvalues></edge></edges></graph></gexf>"""


def test_gexf_numbers_the_attributes_of_nodes_and_edges_apart(tmp_path):
    file = written(tmp_path, GEXF, "a.gexf")
    assert read(file).grouped_by("team").groups == ("y", "x")
    assert read(file, weight="strength").matrix.toarray().tolist() == [[0, 7], [8, 0]]
    # An edge that says nothing of its weight has 1.
    assert read(file, weight="weight").matrix.toarray().tolist() == [[0, 2], [1, 0]]


@pytest.mark.parametrize(("kind", "directed"), [("undirected", False), ("mutual", False), ("directed", True)])
def test_gexf_edges_may_have_a_type(tmp_path, kind, directed):
    text = GEXF.replace("<edge source", f'<edge type="{kind}" source').replace('defaultedgetype="directed" ', "")
    assert read(written(tmp_path, text, "a.gexf")).directed is directed


# -- tables --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "source,target\nÉva,b\n",
        "Source;Target\nÉva;b\n",
        "\ufeffsource\ttarget\nÉva\tb\n",
        "To,From\nb,Éva\n",
        "when|ego|alter\n2026|Éva|b\n",
        'source,target\n"Éva",b\n\n',
        "source,target\nÉva,b\n".encode("cp1252"),
        "source,target\nÉva,b\n".encode("utf-16"),
        "source,target\rÉva,b\r",
    ],
)
def test_tables_with_other_headers_marks_and_letters(tmp_path, text):
    network = read(written(tmp_path, text, "a.csv"))
    assert ties_of(network) == {("Éva", "b")}
    assert not network.notes


def test_a_table_without_a_header_is_told(tmp_path):
    network = read(written(tmp_path, "a,b\nb,c\n", "a.csv"))
    assert "the first line (a, b) is taken for names" in network.notes[0]


def test_tables_of_gephi_say_which_ties_have_a_direction(tmp_path):
    text = "Source,Target,Type,Id,Label,Weight\n1,2,Undirected,0,,1.0\n2,3,{},1,,2.5\n"
    assert not read(written(tmp_path, text.format("Undirected"), "a.csv"), weight="Weight").directed
    mixed = read(written(tmp_path, text.format("Directed"), "a.csv"), weight="Weight")
    assert mixed.matrix.toarray().tolist() == [[0, 1, 0], [1, 0, 2.5], [0, 0, 0]]
    # Another column of that name means something else.
    assert read(written(tmp_path, "source,target,type\na,b,trust\n", "a.csv")).directed


def test_a_table_of_nodes_may_have_more_but_not_fewer_nodes(tmp_path):
    ties = written(tmp_path, "source,target\na,b\n", "a.csv")
    nodes = written(tmp_path, "Name;Team\na;x\nb;y\nalone;x\n", "nodes.csv")
    assert read(ties, nodes=nodes).grouped_by("Team").groups == ("x", "y", "x")
    with pytest.raises(Refused, match="'b' is not among the nodes"):
        read(ties, nodes=written(tmp_path, "id,team\na,x\n", "few.csv"))
    with pytest.raises(Refused, match="'alone' has no group"):
        read(ties, nodes=written(tmp_path, "id,team\na,x\nb,y\nalone,\n", "gap.csv")).grouped_by("team")


def test_a_file_without_nodes_is_refused(tmp_path):
    with pytest.raises(Refused, match="no node and no tie"):
        read(written(tmp_path, "source,target\n", "a.csv"))


def test_a_table_of_nodes_may_know_them_by_name_where_igraph_numbers_them(tmp_path):
    graph = igraph.Graph(n=3, edges=[(0, 1), (1, 2)], directed=True)
    graph.vs["name"] = ["Ann", "Bo", "Cy"]
    file = tmp_path / "numbered.graphml"
    graph.write_graphml(str(file))
    nodes = written(tmp_path, "name,team\nCy,x\nBo,x\nAnn,y\nDi,y\n", "nodes.csv")
    network = read(file, nodes=nodes).grouped_by("team")
    assert ties_of(network) == {("Ann", "Bo"), ("Bo", "Cy")}
    assert network.ids == ("Cy", "Bo", "Ann", "Di")
    assert network.groups == ("x", "x", "y", "y")
    with pytest.raises(Refused, match="'n0' is not among the nodes"):
        read(file, nodes=written(tmp_path, "name,team\nAnn,x\nBo,x\n", "few.csv"))


@pytest.mark.parametrize("named", ["--nodes", "itself"])
def test_a_node_without_a_group_is_named_with_its_row(tmp_path, capsys, named):
    if named == "--nodes":
        written(tmp_path, "source,target\na,b\n", "ties.csv")
        file = written(tmp_path, "id,team\na,x\n\nb,\n", "nodes.csv")
        words, row = [str(tmp_path / "ties.csv"), "--nodes", str(file)], 4
    else:
        nodes = '<node id="a"><data key="t">x</data></node>\n<node id="b"/>\n<edge source="a" target="b"/>'
        key = '<key id="t" for="node" attr.name="team"/>'
        file = written(tmp_path, f"<graphml>{key}<graph>\n{nodes}</graph></graphml>", "drawing.graphml")
        words, row = [str(file)], 3
    assert main(["network", *words, "--group", "team", "--json"]) == 1
    problem = json.loads(capsys.readouterr().out)["problems"][0]
    assert (problem["file"], problem["row"], problem["column"], problem["value"]) == (str(file), row, "team", "b")
