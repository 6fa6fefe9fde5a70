"""A tree back to YAML: what a trainer keeps is a file like any other, and reads the same."""

import yaml

from twin.language.nodes import Node, Sequence, Table, Text


def plain(node: Node) -> object:
    """A tree as tables, lists and text; every scalar stays the text that it was."""
    if isinstance(node, Table):
        return {key.text: plain(value) for key, value in node.items}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    assert isinstance(node, Text)
    return node.text


def dump(tree: object) -> str:
    """YAML of tables, lists and text; flow style inside, one entry a line, so that it reads like our own files."""
    assert isinstance(tree, dict)
    lines = []
    for key, value in tree.items():
        if isinstance(value, dict) and any(isinstance(v, dict) for v in value.values()):
            lines.append(f"{one_line(key)}:")
            lines += [f"  {one_line(name)}: {one_line(entry)}" for name, entry in value.items()]
        else:
            lines.append(f"{one_line(key)}: {one_line(value)}")
    return "\n".join(lines) + "\n"


def one_line(value: object) -> str:
    """One value on one line."""
    return (
        yaml.safe_dump(value, default_flow_style=True, width=1_000_000_000, allow_unicode=True, sort_keys=False)
        .removesuffix("...\n")
        .strip()
    )
