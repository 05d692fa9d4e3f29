"""The wall: what a team sees of its star from across the room, in five seconds."""

from nsm.wall.badge import badge, spark
from nsm.wall.build import wall_of
from nsm.wall.document import Place, message_document, program, script, wall_document
from nsm.wall.facts import INPUTS_SHOWN, WEEKS_SHOWN, Ahead, Lead, Note, Plan, Running, Tile, Wall
from nsm.wall.picture import wall_picture
from nsm.wall.screen import PARTS, THEMES, Screen, query_of, screen_of

__all__ = [
    "INPUTS_SHOWN",
    "PARTS",
    "THEMES",
    "WEEKS_SHOWN",
    "Ahead",
    "Lead",
    "Note",
    "Place",
    "Plan",
    "Running",
    "Screen",
    "Tile",
    "Wall",
    "badge",
    "message_document",
    "program",
    "query_of",
    "screen_of",
    "script",
    "spark",
    "wall_document",
    "wall_of",
    "wall_picture",
]
