"""The databases that metrics come from: asked for grouped rows, under guards, before a deadline."""
