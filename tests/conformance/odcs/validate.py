"""Reads a contract from standard input with the standard's own model and JSON schema."""

import json
import sys

import yaml
from jsonschema import Draft201909Validator
from open_data_contract_standard.model import OpenDataContractStandard

text = sys.stdin.read()
contract = OpenDataContractStandard.from_string(text)
schema = json.loads(OpenDataContractStandard.json_schema())
errors = [
    f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
    for error in Draft201909Validator(schema).iter_errors(yaml.safe_load(text))
]
checks = [
    check
    for table in contract.schema_ or []
    for owner in [table, *(table.properties or [])]
    for check in owner.quality or []
]
print(json.dumps({"errors": errors, "checks": len(checks)}))
