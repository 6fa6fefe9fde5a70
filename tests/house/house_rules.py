"""The house rules that linters cannot see, as functions from source text to what breaks them."""

import ast
import re
from collections.abc import Iterator
from functools import cache

MODEL_ROOMS = ("base", "physics", "language", "parts", "engine", "journal")

# what is left of `math` is exact; of NumPy, what reference tables call the same everywhere
_EXACT_MATH = frozenset([
    "ceil", "floor", "trunc", "isfinite", "isnan", "isinf", "fsum", "sqrt", "isqrt", "gcd", "frexp", "ldexp",
    "copysign", "fabs", "inf", "pi",
])  # fmt: skip
_FORBIDDEN_NUMPY = frozenset([
    "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "logaddexp", "logaddexp2", "logspace", "geomspace",
    "sin", "cos", "tan", "arcsin", "arccos", "arctan", "arctan2", "asin", "acos", "atan", "atan2", "sinc", "sinh",
    "cosh", "tanh", "arcsinh", "arccosh", "arctanh", "asinh", "acosh", "atanh", "power", "float_power", "pow",
    "cbrt", "hypot", "angle", "i0", "dot", "vdot", "vecdot", "inner", "matmul", "matvec", "vecmat", "einsum",
    "tensordot", "convolve", "correlate", "cov", "corrcoef", "poly1d", "polyval", "polyfit", "linalg", "fft",
    "polynomial", "random", "partition", "argpartition", "flip", "fliplr", "flipud", "rot90",
])  # fmt: skip
_FORBIDDEN_MODULES = frozenset({"random", "statistics", "cmath", "secrets"})
_FORBIDDEN_NAMES = frozenset({"operator.pow", "operator.matmul", "builtins.hash", "builtins.pow"})
_CLOCKS = frozenset([
    "time.time", "time.time_ns", "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today",
    "datetime.date.today",
])  # fmt: skip
_INDEX = re.compile(
    r"pypi|pythonhosted|artifactory|nexus|devpi|conda|npmjs|registry|mirror|/simple\b|://(?:localhost|[\d.]+)(?:[:/]|\Z)",
    re.I,
)


def arithmetic(source: str) -> list[str]:
    """What a file of the model's rooms must not use, each as `line: what`."""
    found = [(node.lineno, what) for node in ast.walk(_parsed(source)) if (what := _by_shape(node))]
    found += [(line, name) for line, name in _names(source) if _is_forbidden(name)]
    return [f"{line}: {what}" for line, what in sorted(set(found))]


def clocks(source: str) -> list[str]:
    """Where a file reads the wall clock."""
    return [f"{line}: {name}" for line, name in _names(source) if name in _CLOCKS]


def wall_time(source: str) -> list[str]:
    """Where a file measures wall time, or waits for it."""
    return [f"{line}: {name}" for line, name in _names(source) if name.startswith("time.")]


def mocks(source: str) -> list[str]:
    """Where a file imports a library of mocks."""
    names = {(line, name) for line, name in _names(source) if {"mock", "pytest_mock"} & set(name.split("."))}
    return [f"{line}: {name}" for line, name in sorted(names)]


def function_lengths(source: str) -> dict[str, int]:
    """Lines of each function by its name; of several of one name, the longest."""
    lengths: dict[str, int] = {}
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            lengths[node.name] = max(lines, lengths.get(node.name, 0))
    return lengths


def machine_paths(text: str) -> list[str]:
    """Paths of one machine: no file that others get may name them."""
    folders = "|".join(("work", "root", "tmp", "home/[a-z]+"))
    return re.findall(rf"(?:(?<![\w.$}})\]/-])|file://)/(?:{folders})\b[^\s\"']*", text)


def package_indexes(text: str) -> list[str]:
    """Addresses of package indexes and mirrors, and settings that name one."""
    links = re.findall(r"https?://[^\s\"'<>)\]}]+", text)
    settings = re.findall(r"-{2}(?:(?:extra-)?index-url|find-links)\b\S*", text)
    return [link for link in links if _INDEX.search(link)] + settings


def _by_shape(node: ast.AST) -> str:
    """What is wrong with a piece of syntax, "" when nothing is."""
    if isinstance(node, ast.BinOp | ast.AugAssign):
        return {ast.Pow: "**", ast.MatMult: "@"}.get(type(node.op), "")
    if isinstance(node, ast.Slice) and isinstance(node.step, ast.UnaryOp) and isinstance(node.step.op, ast.USub):
        return "a slice backwards"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "argsort" and not any(_says_stable(k) for k in node.keywords):
            return 'argsort without kind="stable"'
        if node.func.attr == "dot":
            return "dot"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"hash", "pow"}:
        return f"{node.func.id}()"
    return ""


def _says_stable(keyword: ast.keyword) -> bool:
    value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
    return (keyword.arg, value) in {("kind", "stable"), ("stable", True)}


def _is_forbidden(name: str) -> bool:
    first, _, rest = name.partition(".")
    second = rest.partition(".")[0]
    if first == "math":
        return bool(second) and second not in _EXACT_MATH
    if first == "numpy":
        return second in _FORBIDDEN_NUMPY
    return first in _FORBIDDEN_MODULES or name in _FORBIDDEN_NAMES or name in _CLOCKS


@cache
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


@cache
def _names(source: str) -> list[tuple[int, str]]:
    """Every imported or used name, in full: `np.exp` is numpy.exp, whatever it was imported as."""
    return list(_named(_parsed(source)))


def _named(tree: ast.Module) -> Iterator[tuple[int, str]]:
    meaning: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                meaning[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                meaning[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield node.lineno, f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and (name := _dotted(node, meaning)):
            yield node.lineno, name


def _dotted(node: ast.expr, meaning: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return meaning.get(node.id, "")
    if isinstance(node, ast.Attribute) and (before := _dotted(node.value, meaning)):
        return f"{before}.{node.attr}"
    return ""
