"""Read the same statements in both forms; print those that only one of them holds, and texts."""

import json
import sys

from rdflib import Graph, Literal

told = json.load(sys.stdin)
turtle = Graph().parse(data=told["turtle"], format="turtle")
jsonld = Graph().parse(data=told["jsonld"], format="json-ld")
json.dump(
    {
        "triples": len(turtle),
        "turtle_only": [[str(one) for one in line] for line in turtle - jsonld],
        "jsonld_only": [[str(one) for one in line] for line in jsonld - turtle],
        "texts": {str(s): str(o) for s, _p, o in turtle if isinstance(o, Literal)},
        "names": sorted(str(s) for s in set(turtle.subjects())),
    },
    sys.stdout,
)
