"""The real Alembic on SQLite as a service: one JSON request per line on stdin, one JSON answer per line on stdout.

Request:  {"directory": str,           a project with an alembic.ini
           "database": str,            a SQLite file; made where it is not there
           "commands": [[str, ...]]}   such as ["upgrade", "head"], ["stamp", "--purge", "a"]; the first that fails ends it
Answer:   {"failed": null | str,       the class and message of what failed
           "heads": [str],             of the scripts
           "versions": [str],          what the version table holds
           "tables": {str: int}}       every other table with its number of rows
"""

import io
import json
import os
import sqlite3
import sys
import warnings

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory


def run(config, words):
    name, rest = words[0], words[1:]
    if name == "upgrade":
        command.upgrade(config, rest[0])
    elif name == "stamp":
        purge = rest[0] == "--purge"
        revisions = rest[1:] if purge else rest
        command.stamp(config, revisions, purge=purge)
    else:
        raise ValueError(f"no such command: {name}")


def answer(request):
    os.chdir(request["directory"])
    config = Config("alembic.ini", stdout=io.StringIO())
    config.set_main_option("sqlalchemy.url", "sqlite:///" + request["database"])
    failed, heads = None, []
    try:
        heads = list(ScriptDirectory.from_config(config).revision_map.heads)
        for words in request["commands"]:
            run(config, words)
    except Exception as error:
        failed = f"{type(error).__name__}: {error}"
    connection = sqlite3.connect(request["database"])
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    versions = []
    if "alembic_version" in names:
        versions = sorted(row[0] for row in connection.execute("SELECT version_num FROM alembic_version"))
    count = lambda name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
    tables = {name: count(name) for name in names if name != "alembic_version"}
    connection.close()
    return {"failed": failed, "heads": heads, "versions": versions, "tables": tables}


def main():
    warnings.simplefilter("ignore")
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
