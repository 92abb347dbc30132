"""The real Alembic on SQLite as a service: one JSON request per line on stdin, one JSON answer per line on stdout.

Request:  {"directory": str,           a project with an alembic.ini
           "database": str | null,     a SQLite file; made where it is not there
           "commands": [[str, ...]]}   such as ["upgrade", "head"], ["stamp", "--purge", "a"]; the first that fails ends it
Answer:   {"failed": null | str,       the class and message of what failed
           "heads": [str],             of the scripts
           "versions": [str],          what the version table holds
           "tables": {str: int},       every other table with its number of rows
           "revisions": {str: {...}}}  by message (and id, where several have it); only where no database is given:
                                       "id", "labels", "after": the messages of what it comes after
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


def revisions(directory):
    found = {script.revision: script for script in directory.walk_revisions("base", "heads")}
    after = {}

    def ancestors(revision):
        if revision not in after:
            script = found[revision]
            below = set(script._versioned_down_revisions) | set(script._resolved_dependencies)
            after[revision] = below.union(*map(ancestors, below))
        return after[revision]

    # Two merges have the same message.
    messages = [script.doc for script in found.values()]
    names = {
        script.revision: script.doc if messages.count(script.doc) == 1 else f"{script.doc} {script.revision}"
        for script in found.values()
    }
    return {
        names[script.revision]: {
            "id": script.revision,
            "labels": sorted(script.branch_labels),
            "after": sorted(names[one] for one in ancestors(script.revision)),
        }
        for script in found.values()
    }


def answer(request):
    os.chdir(request["directory"])
    config = Config("alembic.ini", stdout=io.StringIO())
    directory = None
    result = {"failed": None, "heads": [], "versions": [], "tables": {}, "revisions": {}}
    original = ScriptDirectory.from_config
    try:
        directory = ScriptDirectory.from_config(config)
        result["heads"] = list(directory.revision_map.heads)
        if request["database"] is None:
            result["revisions"] = revisions(directory)
            return result
        config.set_main_option("sqlalchemy.url", "sqlite:///" + request["database"])
        # Each command would import the scripts anew.
        ScriptDirectory.from_config = classmethod(lambda cls, config: directory)
        for words in request["commands"]:
            run(config, words)
    except Exception as error:
        result["failed"] = f"{type(error).__name__}: {error}"
    finally:
        ScriptDirectory.from_config = original
    if request["database"] is not None:
        look_at(request["database"], result)
    return result


def look_at(database, result):
    connection = sqlite3.connect(database)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    if "alembic_version" in names:
        versions = connection.execute("SELECT version_num FROM alembic_version")
        result["versions"] = sorted(row[0] for row in versions)
        names.remove("alembic_version")
    for name in names:
        result["tables"][name] = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
    connection.close()


def main():
    warnings.simplefilter("ignore")
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
