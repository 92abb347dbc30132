"""Loads each script of a folder as Alembic does and prints what it got, one JSON document a line."""

import json
import pathlib
import sys
import types
import warnings

from alembic.script.base import Script
from alembic.script.revision import Revision, RevisionMap
from alembic.util import to_tuple

warnings.simplefilter("ignore")
sys.dont_write_bytecode = True
# What the scripts print is not part of the answer.
answers, sys.stdout = sys.stdout, sys.stderr


def load(path):
    directory = types.SimpleNamespace(sourceless=False)
    script = Script._from_path(directory, path)
    parents = to_tuple(script.down_revision, default=())
    dependencies = to_tuple(script.dependencies, default=())
    labels = script._orig_branch_labels
    stubs = {}
    for name in {*parents, *dependencies} - {*labels}:
        stubs.setdefault(name, Revision(name, None))
    revisions = RevisionMap(lambda: [*stubs.values(), script])
    revisions.heads, revisions._real_heads
    script.cmd_format(True, True, True, True, True)
    script.cmd_format(False, True, True, True, True)
    module = script.module
    return {
        "revision": script.revision,
        "parents": list(parents),
        "labels": list(labels),
        "dependencies": list(dependencies),
        "longdoc": script.longdoc,
        "unordered": [
            name
            for name in ("down_revision", "branch_labels", "depends_on")
            if isinstance(getattr(module, name, None), (set, frozenset))
        ],
    }


for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    if path.suffix != ".py":
        continue
    try:
        result = load(path)
        json.dumps(result).encode()
    except BaseException as error:
        result = {"refused": f"{type(error).__name__}: {error}"[:200]}
    print(json.dumps([path.name, result]), file=answers)
