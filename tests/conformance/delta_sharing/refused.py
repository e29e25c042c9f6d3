"""Prints what the client says of a table that it does not get."""

import sys

import delta_sharing

try:
    delta_sharing.load_as_pandas(f"{sys.argv[1]}#{sys.argv[2]}")
except Exception as error:  # noqa: BLE001 - whatever the client raises
    print(error)
