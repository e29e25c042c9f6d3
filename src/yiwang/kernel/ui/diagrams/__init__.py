"""Diagrams of steps and ways, laid out and drawn by the server. 状态图。

`lay_out` is a pure function from sizes to places, `draw_diagram` makes of it what the template
`ui/parts/diagram.html` shows.
"""

from .drawing import Diagram, Step, Way, draw_diagram
from .layout import lay_out
from .shapes import Box, Drawing, Link, PlacedBox, PlacedLink, TooLarge

__all__ = [
    "Box",
    "Diagram",
    "Drawing",
    "Link",
    "PlacedBox",
    "PlacedLink",
    "Step",
    "TooLarge",
    "Way",
    "draw_diagram",
    "lay_out",
]
