"""Times the client to pandas in both formats, and pandas over the same file."""

import json
import sys
import time
from statistics import median

import delta_sharing
import pandas as pd

profile, file, turns = sys.argv[1], sys.argv[2], int(sys.argv[3])
[table] = delta_sharing.SharingClient(profile).list_all_tables()
url = f"{profile}#{table.share}.{table.schema}.{table.name}"


def timed(work):
    taken = []
    for _ in range(turns + 1):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return median(taken[1:])


found = {
    "local": timed(lambda: pd.read_parquet(file)),
    "delta": timed(lambda: delta_sharing.load_as_pandas(url, use_delta_format=True)),
    "parquet": timed(lambda: delta_sharing.load_as_pandas(url, use_delta_format=False)),
}
print(json.dumps(found))
