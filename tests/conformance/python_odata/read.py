"""Reads all rows of a grant as python-odata does, and prints them as JSON."""

import json
import sys

import requests
from odata import ODataService
from odata.exceptions import ODataError
from requests.auth import HTTPBasicAuth

address, token, name = sys.argv[1:4]
session = requests.Session()
session.headers["Prefer"] = "odata.maxpagesize=2"
node = ODataService(
    address, session=session, auth=HTTPBasicAuth("who", token), reflect_entities=True,
    quiet_progress=True,
)  # fmt: skip
rows = node.entities["rows"]
street = getattr(rows, name)
query = node.query(rows)
found = {
    "properties": sorted(one["name"] for one in rows.__odata_schema__["properties"]),
    "rows": [[row.__odata__[one] for one in ("_row", name)] for row in query],
    "filtered": [getattr(row, name) for row in query.filter(street == "西湖")],
    "contains": [getattr(row, name) for row in query.filter(street.contains("东"))],
    "either": len(list(query.filter((street == "西湖") | (street == "东湖")))),
    "selected": list(query.select(street).limit(1)),
    "first": getattr(query.first(), name),
}
try:
    list(query.filter(rows.person_name == "赵钱孙"))
except ODataError as error:
    found["refused"] = [error.status_code, error.code]
print(json.dumps(found, ensure_ascii=False))
