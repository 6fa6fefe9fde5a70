"""What JSON can say, as this twin reads and writes it: objects whose values are looked at one by one."""

from collections.abc import Mapping
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""An object, made here."""

Body: TypeAlias = Mapping[str, Any]
"""An object, read."""
