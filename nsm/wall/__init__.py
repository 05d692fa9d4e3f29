"""The wall: what a team sees of its star from across the room, in five seconds."""

from nsm.wall.build import wall_of
from nsm.wall.facts import INPUTS_SHOWN, WEEKS_SHOWN, Running, Tile, Wall
from nsm.wall.picture import heartbeat, wall_picture

__all__ = [
    "INPUTS_SHOWN",
    "WEEKS_SHOWN",
    "Running",
    "Tile",
    "Wall",
    "heartbeat",
    "wall_of",
    "wall_picture",
]
