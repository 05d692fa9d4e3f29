"""Star definitions: a reviewed YAML file in, a checked star out, and back again."""

from nsm.definitions.exporting import export_definition
from nsm.definitions.fields import METRIC_KEYS, STAR_KEYS
from nsm.definitions.parsing import ParsedDefinition, parse_definition, read_definition

__all__ = [
    "METRIC_KEYS",
    "STAR_KEYS",
    "ParsedDefinition",
    "export_definition",
    "parse_definition",
    "read_definition",
]
