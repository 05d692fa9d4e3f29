"""Wall: the star and its inputs for everyone who walks by; no chrome, no touch, its own age."""

from nsm.ui.wall import draw_wall

draw_wall()
