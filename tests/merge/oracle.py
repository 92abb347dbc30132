"""The real Alembic and the real Mako as a service: one JSON question a line, one JSON answer a line.

`merge` runs alembic.command.merge with the clock fixed; the other questions ask Mako or Python alone.
"""

import ast
import base64
import contextlib
import datetime
import io
import json
import pathlib
import re
import sys
import tempfile
import types
import zoneinfo

import alembic
from alembic import command
from alembic.config import Config
from alembic.script import base
from alembic.util import format_as_comma
from mako.template import Template

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def fixed(microseconds):
    """A stand-in for the module datetime as Alembic's base.py uses it."""

    class Clock:
        @staticmethod
        def now(tz=None):
            now = EPOCH + datetime.timedelta(microseconds=microseconds)
            return now.astimezone(tz) if tz else now.astimezone().replace(tzinfo=None)

    return types.SimpleNamespace(datetime=Clock, timezone=datetime.timezone)


def merge(question):
    directory = pathlib.Path(question["directory"])
    before = set(directory.rglob("*.py"))
    base.datetime = fixed(question["microseconds"])
    try:
        command.merge(
            Config(str(directory / "alembic.ini")),
            question["heads"],
            message=question["message"],
            branch_label=question["label"],
            rev_id=question["rev_id"],
        )
    finally:
        base.datetime = datetime
        written = set(directory.rglob("*.py")) - before
        files = {str(path.relative_to(directory)): path.read_bytes() for path in written}
        for path in written:
            path.unlink()
    (path, content), = files.items()
    return {"path": path, "content": base64.b64encode(content).decode()}


class Options:
    """What a template may ask of Alembic's Config."""

    def __init__(self, options):
        self.options = options

    def get_main_option(self, name, default=None):
        return self.options.get(name, default)


def moment(text):
    """A date as str() prints it."""
    return datetime.datetime.fromisoformat(text)


def render(question):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "script.py.mako")
        path.write_bytes(base64.b64decode(question["template"]))
        down = question["down_revision"]
        labels = question["branch_labels"]
        text = Template(filename=str(path)).render_unicode(
            message=question["message"],
            up_revision=question["up_revision"],
            down_revision=None if not down else down[0] if len(down) == 1 else tuple(down),
            branch_labels=tuple(labels) if labels else None,
            depends_on=None,
            create_date=moment(question["create_date"]),
            comma=format_as_comma,
            config=Options(question["options"]),
            refresh=True,
        )
        return {"text": text}


def module(question):
    """What a revision file says of itself, by its syntax alone."""
    tree = ast.parse(base64.b64decode(question["content"]))
    values = {}
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            target, = node.targets if isinstance(node, ast.Assign) else [node.target]
            values[target.id] = ast.literal_eval(node.value)
    return {"docstring": ast.get_docstring(tree, clean=False), **values}


def assigned():
    """Every character that this Python's Unicode knows."""
    import unicodedata

    characters = (chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    return [c for c in characters if unicodedata.category(c) != "Cn"]


def words(question):
    return {"words": [ord(c) for c in assigned() if re.match(r"\w", c)]}


def known(question):
    return {"words": [ord(c) for c in assigned()]}


def slugs(question):
    slug = lambda message: "_".join(re.findall(r"\w+", message)).lower()
    return {"texts": [slug(message) for message in question["messages"]]}


def formats(question):
    results = []
    for template in question["templates"]:
        try:
            results.append(template % question["values"])
        except Exception:
            results.append(None)
    return {"texts": results}


def strftime(question):
    date = moment(question["date"])
    return {"texts": [date.strftime(form) for form in question["formats"]]}


def dates(question):
    """str, isoformat and int(timestamp()) of moments in zones."""
    results = []
    for microseconds, zone in question["moments"]:
        date = EPOCH + datetime.timedelta(microseconds=microseconds)
        date = date.astimezone(zoneinfo.ZoneInfo(zone)) if zone else date.astimezone().replace(tzinfo=None)
        results.append(f"{date} {date.isoformat()} {int(date.timestamp())}")
    return {"texts": results}


QUESTIONS = {
    "merge": merge,
    "render": render,
    "module": module,
    "words": words,
    "known": known,
    "slugs": slugs,
    "formats": formats,
    "strftime": strftime,
    "dates": dates,
}


def main():
    out = sys.stdout
    print(json.dumps({"alembic": alembic.__version__}), file=out, flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                answer = QUESTIONS[question["ask"]](question)
        except (Exception, SystemExit) as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=out, flush=True)


main()
