"""The real Alembic as a service: one JSON request per line on stdin, one JSON answer per line on stdout.

Request:  {"directory": str,            the working directory of the commands
           "config": str | null,        path of an ini file, relative to it
           "section": str,
           "options": {str: str},       main options to set or override
           "stub": bool,                replace what scripts import, the standard library aside, by stand-ins
           "commands": [[str, ...]]}    such as ["heads", "-v"] or ["history", "-r", "a:b"]
Answer:   {"load": null | {"class": str, "message": str, "command_error": bool} | {"hang": true},
           "facts": {...} | null,       what the revision map says, when it loads
           "commands": [{"stdout": str} | {"class": ..., ...} | {"hang": true}]}

Alembic never returns on some histories (a cycle that it does not notice), so each step has its own ration of
processor time; wall time would depend on what else the machine does.
"""

import contextlib
import importlib.abc
import importlib.machinery
import io
import json
import os
import signal
import sys
import types
import warnings

from alembic import __version__, command, util
from alembic.config import Config
from alembic.script import ScriptDirectory

RATION = 0.5  # seconds of processor time; what ends takes a few milliseconds


class Hang(BaseException):
    """No ``Exception``: nothing in Alembic may catch it."""


def ration_used_up(signum, frame):
    raise Hang


@contextlib.contextmanager
def rationed(seconds):
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


class Anything:
    """A class, function or value that agrees to everything."""

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        # As a decorator it leaves alone what it decorates.
        return args[0] if len(args) == 1 and callable(args[0]) else Anything()

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return Anything()

    def __mro_entries__(self, bases):
        # A class that derives from it derives from nothing, so that no two metaclasses meet.
        return ()

    def __iter__(self):
        return iter(())

    def __getitem__(self, key):
        return Anything()

    def __or__(self, other):
        return Anything()

    __ror__ = __or__

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def __bool__(self):
        return False


class StandIn(types.ModuleType):
    """A module that has every name."""

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        if name == "declarative_base":
            # `type(name, (Base,), {})` takes classes only.
            return lambda *args, **kwargs: type("Base", (), {"metadata": Anything(), "__table__": Anything()})
        return Anything()


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Everything but the standard library is a stand-in, so that what is real and what is not never meet."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.stdlib_module_names:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return StandIn(spec.name)

    def exec_module(self, module):
        module.__path__ = []


@contextlib.contextmanager
def stand_ins(wanted):
    """While scripts are imported, hides what is installed, Alembic and SQLAlchemy too."""
    if not wanted:
        yield
        return
    before, path = dict(sys.modules), list(sys.path)
    for name in before:
        if name.partition(".")[0] not in sys.stdlib_module_names and name != "__main__":
            del sys.modules[name]
    finder = StandInFinder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        sys.path[:] = path
        sys.modules.clear()
        sys.modules.update(before)


def failure(error):
    return {
        "class": type(error).__name__,
        "message": str(error),
        "command_error": isinstance(error, util.CommandError),
    }


def facts(revision_map):
    # Labels are keys of the same map, which lead to the revision that has them.
    unique = [revision for key, revision in revision_map._revision_map.items()
              if revision is not None and key == revision.revision]
    return {
        "heads": list(revision_map.heads),
        "upgrade_heads": list(revision_map._real_heads),
        "bases": list(revision_map.bases),
        "branch_points": [revision.revision for revision in unique if revision.is_branch_point],
        "merge_points": [revision.revision for revision in unique if revision.is_merge_point],
        "nodes": {
            revision.revision: {"normalized_dependencies": len(revision._normalized_resolved_dependencies)}
            for revision in unique
        },
    }


def run(config, words):
    name, rest = words[0], words[1:]
    verbose = "-v" in rest
    if name == "heads":
        command.heads(config, verbose=verbose, resolve_dependencies="--resolve-dependencies" in rest)
    elif name == "branches":
        command.branches(config, verbose=verbose)
    elif name == "history":
        rev_range = rest[rest.index("-r") + 1] if "-r" in rest else None
        command.history(config, rev_range=rev_range, verbose=verbose)
    elif name == "show":
        command.show(config, rest[0])
    else:
        raise ValueError(f"no such command: {name}")


def guarded(action):
    try:
        with rationed(RATION):
            return {"stdout": action()}
    except Hang:
        return {"hang": True}
    except RecursionError as error:
        return failure(error)
    except (Exception, SystemExit) as error:
        return failure(error)


def answer(request):
    os.chdir(request["directory"])
    config = Config(request["config"], ini_section=request["section"])
    for option, value in request["options"].items():
        config.set_main_option(option, value)

    loaded = {}

    def load():
        directory = loaded["directory"] = ScriptDirectory.from_config(config)
        # Files are imported once for all commands: each command would make a directory of its own.
        with stand_ins(request["stub"]):
            directory.revision_map._revision_map
        return ""

    outcome = guarded(load)
    directory = loaded.get("directory")
    known = facts(directory.revision_map) if "stdout" in outcome else None

    def one(words):
        def action():
            # Alembic asks the stream for its encoding, and a StringIO has none: it would write ASCII.
            config.stdout = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")
            run(config, words)
            config.stdout.flush()
            return config.stdout.buffer.getvalue().decode("utf-8")

        return guarded(action)

    original = ScriptDirectory.from_config
    if directory is not None:
        ScriptDirectory.from_config = classmethod(lambda cls, config: directory)
    try:
        results = [one(words) for words in request["commands"]] if known is not None else []
    finally:
        ScriptDirectory.from_config = original
    return {"load": None if known is not None else outcome, "facts": known, "commands": results}


def main():
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGPROF, ration_used_up)
    # What scripts print must not get into the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    print(json.dumps({"alembic": __version__}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(answer(request)), file=answers, flush=True)


if __name__ == "__main__":
    main()
