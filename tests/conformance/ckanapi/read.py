"""Reads the catalogue and all rows of a grant as ckanapi does, and prints them as JSON."""

import json
import sys

import ckanapi

address, token, wanted = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
found = {}
for get_only in (False, True):
    with ckanapi.RemoteCKAN(address, apikey=token, get_only=get_only) as node:
        told = found["get" if get_only else "post"] = {"rows": []}
        told["packages"] = node.action.package_list()
        told["package"] = node.action.package_show(id=told["packages"][0])
        told["organizations"] = node.action.organization_list()
        (resource,) = told["package"]["resources"]
        while True:
            page = node.action.datastore_search(
                resource_id=resource["id"], limit=wanted["limit"], offset=len(told["rows"])
            )
            told["rows"] += page["records"]
            told["total"], told["fields"] = page["total"], [one["id"] for one in page["fields"]]
            if not page["records"]:
                break
        told["raised"] = []
        for action, given in wanted["refused"]:
            try:
                node.call_action(action, given)
            except ckanapi.CKANAPIError as error:
                told["raised"].append(type(error).__name__)
            except (ckanapi.NotFound, ckanapi.NotAuthorized, ckanapi.ValidationError) as error:
                told["raised"].append(type(error).__name__)
print(json.dumps(found, ensure_ascii=False))
