"""Reads everything of a profile as the client does, and prints it as JSON."""

import json
import sys

import delta_sharing
from delta_sharing.protocol import CdfOptions  # noqa: F401

profile, wanted = sys.argv[1], json.loads(sys.argv[2])
client = delta_sharing.SharingClient(profile)
found = {
    "shares": [one.name for one in client.list_shares()],
    "tables": [[one.share, one.schema, one.name] for one in client.list_all_tables()],
}
for name in wanted.get("load", []):
    url = f"{profile}#{'.'.join(found['tables'][0])}"
    if name == "changes":
        frame = delta_sharing.load_table_changes_as_pandas(url, **wanted["changes"])
    else:
        frame = delta_sharing.load_as_pandas(
            url, use_delta_format=name == "delta", **wanted.get("options", {})
        )
    found[name] = {
        "columns": list(frame.columns),
        "rows": frame.astype(object).where(frame.notna(), None).values.tolist(),
    }
found["version"] = delta_sharing.get_table_version(f"{profile}#{'.'.join(found['tables'][0])}")
print(json.dumps(found, ensure_ascii=False, default=str))
