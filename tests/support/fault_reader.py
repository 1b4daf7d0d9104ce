"""A reader that opens the current snapshot again and again until a file appears, and checks that it is whole.

Usage: fault_reader.py LAKE STOP_FILE. Prints, for every opening, the snapshot and what it counted, as JSON.
"""

import json
import sys
import time
from pathlib import Path

from efficacy_analytics.event_log.cohort import open_log

COUNTS = """
select
    (select snapshot from snapshot) as snapshot,
    (select count(*) from cases) as case_count,
    (select sum(event_count) from cases) as events_of_cases,
    (select count(*) from event_log) as event_count,
    (select count(distinct case_key) from event_log) as cases_of_events,
    (select count(*) from deliveries) as delivery_count,
    (select sum(case_count) from variants) as cases_of_variants,
    (select sum(transition_count) from kept_directly_follows) as transition_count
"""

if __name__ == "__main__":
    lake, stop = Path(sys.argv[1]), Path(sys.argv[2])
    while True:
        is_last = stop.exists()
        with open_log(lake) as log:
            told = log.connection.sql(COUNTS).pl().row(0, named=True)
            told["file"] = Path(log.path).stem
        print(json.dumps(told, default=int), flush=True)
        if is_last:
            break
        time.sleep(0.05)
