"""Screens: the address of a screen on a wall, its preview, its QR code and its key."""

from nsm.ui.page import chosen_star
from nsm.ui.screens import draw_screens

draw_screens(chosen_star())
