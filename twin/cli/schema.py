"""JSON Schema of farm and scenario files, made from the field tables."""

import dataclasses

from twin.base.json import Json
from twin.engine.parts import WORDS
from twin.language import fields, spec
from twin.language.entry import Entry
from twin.language.words import Words

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def _entry(kind: type[Entry], known: Words) -> Json:
    properties: Json = {"like": {"type": "string"}, "step": {"type": "array"}}
    required = []
    for item in dataclasses.fields(kind):
        meta = item.metadata
        if "reader" not in meta:
            continue
        its = {**meta["reader"].schema(known), "description": f"{meta['about']} ({meta['reader'].expects})"}
        properties[meta["name"]] = {"anyOf": [its, {"const": "none"}]}
        if meta["default"] is fields.REQUIRED:
            required.append(meta["name"])
    schema: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:  # `like` and `defaults` may give the rest: the checker knows
        schema["description"] = "needs " + ", ".join(required)
    return {"anyOf": [schema, {"const": "none"}]}


def _sections(table: dict[str, type[Entry]], known: Words) -> Json:
    return {
        name: {"anyOf": [{"type": "object", "additionalProperties": _entry(kind, known)}, {"const": "none"}]}
        for name, kind in table.items()
    }


def farm(known: Words = WORDS) -> Json:
    """The schema of a farm file."""
    return {
        "$schema": DRAFT,
        "title": "Tankfarm Twin farm",
        "type": "object",
        "properties": {
            "farm": {"type": "string", "description": "a title"},
            "like": {"type": "string"},
            "site": _entry(spec.Site, known),
            "defaults": {"type": "object"},
            **_sections(known.sections, known),
        },
        "required": ["farm"],
        "additionalProperties": False,
    }


def scenario(known: Words = WORDS) -> Json:
    """The schema of a scenario file."""
    scalar = {"type": ["string", "number"]}
    inline = farm(known)
    inline.pop("$schema")
    inline.pop("required")
    return {
        "$schema": DRAFT,
        "title": "Tankfarm Twin scenario",
        "type": "object",
        "properties": {
            "scenario": {"type": "string", "description": "a title"},
            "like": {"type": "string"},
            "farm": {"anyOf": [{"type": "string"}, inline]},
            "starts": scalar,
            "lasts": scalar,
            "briefing": {"type": "string"},
            "absent": {"type": ["string", "array"], "items": {"type": "string"}},
            "level": {"enum": [1, 2, 3, 4, 5, "1", "2", "3", "4", "5"]},
            "saved by": {"enum": ["protection", "none"]},
            "weather": _entry(spec.Weather, known),
            "drill": _entry(spec.Drill, known),
            "initially": {"type": ["object", "string"]},
            "uncertain": {"type": ["object", "string"]},
            **_sections(spec.SCENARIO_SECTIONS, known),
        },
        "required": ["scenario"],
        "additionalProperties": False,
    }
