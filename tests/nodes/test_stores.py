"""The nodes, the types of the shared stores and flow.py's tables tell the same story."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import pytest
from pocketflow import Flow

import flow as flows
import nodes
from tutor.nodes import shared
from tutor.nodes.verb import ModelVerb, Verb, parameters

STORES = {
    "learn": shared.SessionStore, "practice": shared.SessionStore, "review": shared.SessionStore,
    "repair": shared.SessionStore, "quiz": shared.QuizStore,
    "ask": shared.AskStore, "find": shared.FindStore, "summarize": shared.SummaryStore, "draft": shared.DraftStore,
    "grade": shared.GradeStore, "appeal": shared.AppealStore,
}  # fmt: skip


def types_of(store) -> dict[str, str]:
    """{key: its type as it is written}"""
    return {name: getattr(kind, "__forward_arg__", str(kind)) for name, kind in store.__annotations__.items()}


def nodes_of(flow: Flow) -> Iterator[type]:
    """The classes of all nodes that a flow leads to, nested flows included."""
    seen, waiting = set(), [flow.start_node]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        waiting += node.successors.values()
        if isinstance(node, Flow):
            waiting.append(node.start_node)
        else:
            yield type(node)


PAIRS = [
    (flow, node) for flow, make in flows.FLOWS.items() for node in sorted(set(nodes_of(make())), key=lambda one: one.__name__)
]


@pytest.mark.parametrize(("flow", "node"), PAIRS, ids=lambda value: value if isinstance(value, str) else value.__name__)
def test_what_a_node_reads_and_keeps_is_a_key_of_its_flow_s_store(flow, node):
    types = types_of(STORES[flow])
    assert issubclass(node, Verb)
    assert set(node.reads()) <= set(types), f"{node.__name__} reads {set(node.reads()) - set(types)}"
    assert not node.keeps or node.keeps in types
    for method in [node.exec, *([node.built_in] if issubclass(node, ModelVerb) else [])]:
        for name, parameter in inspect.signature(method).parameters.items():
            if name == "self":
                continue
            expected = types[name], types[name].removesuffix(" | None")  # a node runs where what it needs is there
            assert parameter.annotation in expected, f"{node.__name__}.{method.__name__}({name}: {parameter.annotation})"


def test_the_table_of_flow_py_names_every_key_of_a_session_and_no_other():
    table = re.findall(r"^\| `(\w+)`", flows.__doc__, re.MULTILINE)
    assert sorted(table) == sorted(types_of(shared.SessionStore))


@pytest.mark.parametrize("flow", ["quiz", "ask", "find", "summarize", "draft", "grade", "appeal"])
def test_each_flow_s_docstring_names_every_key_of_its_store(flow):
    told = flows.FLOWS[flow].__doc__
    assert {key for key in types_of(STORES[flow]) if f"`{key}`" not in told} == set()


@pytest.mark.parametrize("file", nodes.BY_FILE)
def test_nodes_py_lists_every_node_of_a_file(file):
    module = inspect.getmodule(getattr(nodes, nodes.BY_FILE[file][0]))
    written = {name for name, one in vars(module).items() if inspect.isclass(one) and one.__module__ == module.__name__}
    assert written == set(nodes.BY_FILE[file])


def test_no_node_is_left_out_of_all_flows():
    used = {node.__name__ for _, node in PAIRS}
    assert used == set(nodes.FILE_OF)


def test_an_unknown_node_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no node is called Nonsense"):
        _ = nodes.Nonsense


def test_a_node_that_writes_out_prep_still_hands_on_values_by_name():
    for node in {node for _, node in PAIRS}:
        if "prep" in vars(node):
            assert "super().prep(shared)" in inspect.getsource(node.prep), node.__name__
    assert parameters(nodes.GradeAnswer.exec) == ("terminal", "item", "answer", "lesson", "round", "in_doubt")
