"""YAML 1.2 core, strictly: yes and no are words, dates are text, a key stands once.

The library composes the nodes; the core schema's few scalars are resolved here, because no loader
on offer leaves dates alone and refuses doubled keys as well.
"""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_CONSTANTS = {
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_PLAIN_TAGS = "tag:yaml.org,2002:"


class NotYaml(ValueError):
    """The text is not YAML 1.2 core; the message tells the line."""


def loads(text: str) -> Any:
    """The document as dicts, lists and scalars. Raises NotYaml with the line."""
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except YAMLError as error:
        raise NotYaml(" ".join(str(error).split())) from error
    return None if node is None else _value(node)


def _value(node: Node) -> Any:
    if not str(node.tag).startswith(_PLAIN_TAGS):
        raise NotYaml(f"line {node.start_mark.line + 1}: the tag {node.tag} is not YAML core")
    if isinstance(node, MappingNode):
        return _mapping(node)
    if isinstance(node, SequenceNode):
        return [_value(child) for child in node.value]
    return _scalar(node)


def _mapping(node: MappingNode) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, ScalarNode):
            raise NotYaml(f"line {key_node.start_mark.line + 1}: a key must be a word")
        key = key_node.value
        if key in result:
            raise NotYaml(f"line {key_node.start_mark.line + 1}: the key {key} stands twice")
        result[key] = _value(value_node)
    return result


def _scalar(node: ScalarNode) -> Any:
    text = node.value
    if node.style is not None:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
