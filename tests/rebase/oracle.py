"""The real Alembic as the judge of histories: one request in JSON a line, one answer a line.

A request holds revisions and sets of stamps. The answer says what the heads are, which revisions an upgrade from each
set of stamps runs, and whether the steps of the version table go through.
"""

import json
import sys
import warnings

import alembic
from alembic.runtime.migration import HeadMaintainer, RevisionStep
from alembic.script.revision import Revision, RevisionMap

warnings.simplefilter("ignore")


class Script(Revision):
    """A revision as the version table's steps expect it."""

    module = type("module", (), {"upgrade": None, "downgrade": None})
    doc = ""

    @property
    def path(self):
        return self.revision


class Table(HeadMaintainer):
    """The version table, without a database."""

    def __init__(self, heads):
        self.heads = set(heads)

    def _insert_version(self, version):
        assert version not in self.heads
        self.heads.add(version)

    def _delete_version(self, version):
        self.heads.remove(version)

    def _update_version(self, from_, to_):
        assert to_ not in self.heads
        self.heads.remove(from_)
        self.heads.add(to_)


def scalar(names):
    return None if not names else names[0] if len(names) == 1 else tuple(names)


def upgraded(revisions, stamps, to):
    try:
        found = list(revisions.iterate_revisions(to, tuple(stamps), implicit_base=True))
    except Exception as error:
        return {"error": type(error).__name__, "message": str(error)}
    found.reverse()
    ran = [revision.revision for revision in found]
    table = Table(stamps)
    try:
        for revision in found:
            table.update_to_step(RevisionStep(revisions, revision, True))
    except Exception as error:
        return {"ran": ran, "crash": type(error).__name__}
    return {"ran": ran, "rows": sorted(table.heads)}


def answer(request):
    try:
        revisions = RevisionMap(
            lambda: [
                Script(
                    one["id"],
                    scalar(one["parents"]),
                    dependencies=scalar(one["dependencies"]),
                    branch_labels=scalar(one["labels"]),
                )
                for one in request["revisions"]
            ]
        )
        heads = list(revisions.heads)
    except Exception as error:
        return {"load": type(error).__name__, "message": str(error)}
    upgrades = [upgraded(revisions, one["stamps"], one["to"]) for one in request["upgrades"]]
    return {"heads": heads, "upgrades": upgrades}


print(json.dumps({"alembic": alembic.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
