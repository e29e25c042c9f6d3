"""A notebook in short: load the one table of a profile and say what is in it, as JSON."""

import json
import sys

import delta_sharing

profile = sys.argv[1]
[table] = delta_sharing.SharingClient(profile).list_all_tables()
frame = delta_sharing.load_as_pandas(f"{profile}#{table.share}.{table.schema}.{table.name}")
found = {
    "rows": len(frame),
    "columns": list(frame.columns),
    "tokens": int(frame["code"].nunique()),
    "codes": frame["code"].head(1000).tolist(),
    "names": sorted(frame["name"])[:50],
}
print(json.dumps(found, ensure_ascii=False))
