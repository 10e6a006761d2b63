"""The questions of results-million.ts as SQL written by hand: over the same SQLite file, and by DuckDB over the exports.

usage: results.py DATABASE EXPORTED...
"""

import json
import os
import sqlite3
import sys
import time

import duckdb

database, *exported = sys.argv[1:]
by_ending = {os.path.splitext(path)[1]: path for path in exported}


def shortest_ms(ask, rounds=3):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        ask()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


def questions(table, column, deviation):
    """SQL by title; `column` names a parameter or metric in the table."""
    loss, rule = column["finalTrainLoss"], column["approximation"]
    four = ", ".join(column[name] for name in ["approximation", "depth", "width", "damping"])
    partner = ", ".join([*(column[name] for name in parameters if name != "approximation"), "seed"])
    return {
        "best 50 by a metric": f"select * from {table} order by {loss} nulls last limit 50",
        "by 1 parameter, 1 metric": f"select {rule}, count({loss}), avg({loss}), {deviation(loss)} from {table} group by {rule}",
        "by 4 parameters (780 groups), 1 metric": f"select {four}, count({loss}), avg({loss}), {deviation(loss)} from {table} group by {four}",
        "paired differences to a baseline, all": f"""
            select rule, depth, count(*), avg(difference), {deviation("difference")} from (
              select {rule} as rule, {column["depth"]} as depth,
                {loss} - max(case when {rule} = 'exact' then {loss} end) over (partition by {partner}) as difference
              from {table})
            where rule <> 'exact' and difference is not null group by rule, depth""",
    }


reading = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
reading.execute("pragma cache_size = -65536")
reading.execute("pragma temp_store = memory")
names = dict(reading.execute("select name, column_name from sweep_columns").fetchall())
parameters = [name for (name,) in reading.execute("select name from sweep_columns where role = 'param'")]
# SQLite has no deviation of its own: the textbook sum of squares, which cancels where the mean is large
textbook = lambda value: f"sqrt((sum({value} * {value}) - sum({value}) * sum({value}) / count({value})) / (count({value}) - 1))"
sqlite_ms = {
    title: shortest_ms(lambda: reading.execute(query).fetchall())
    for title, query in questions("trials_1", names, textbook).items()
}

columnar = duckdb.connect()
columnar.execute("set threads = 2")
plain = {name: f'"{name}"' for name in names}
duckdb_ms = {
    title: shortest_ms(lambda: columnar.execute(query).fetchall())
    for title, query in questions(f"'{by_ending['.parquet']}'", plain, lambda value: f"stddev_samp({value})").items()
}

readers = {".csv": "read_csv", ".jsonl": "read_json", ".parquet": "read_parquet"}
files = {}
for ending, path in by_ending.items():
    query = f"select count(*), fsum(finalTrainLoss) from {readers[ending]}('{path}')"
    files[os.path.basename(path)] = columnar.execute(query).fetchone()
print(json.dumps({"duckdb": duckdb_ms, "sqlite": sqlite_ms, "files": files}))
