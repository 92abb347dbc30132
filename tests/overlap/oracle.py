"""The real Alembic as the judge of two sides: one JSON request per line on stdin, one JSON answer per line on stdout.

Usage:    oracle.py sqlite | postgresql BINARIES    BINARIES is the folder of initdb and postgres
Request:  {"base": str,          a migration script; what it makes is there before either side
           "ours": str,          a migration script; only its upgrade() runs
           "theirs": str}        the same for the other side
Answer:   {"base": null | str,          why the base failed
           "ours": null | str,          why ours failed alone
           "theirs": null | str,        why theirs failed alone
           "ours_first": null | str,    why theirs failed after ours
           "theirs_first": null | str,  why ours failed after theirs
           "differs": [str]}            what is not the same after the two orders, where both work

On PostgreSQL every order runs in a transaction of its own that is rolled back, in a cluster of its own in a temporary
directory, which listens on a socket there alone and ends with this process, however that ends.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

PR_SET_PDEATHSIG = 1


def run(connection, text):
    """Runs upgrade() of a script; answers why it failed."""
    try:
        context = MigrationContext.configure(connection)
        with Operations.context(context):
            module = {"__name__": "migration"}
            exec(compile(text, "migration.py", "exec"), module)
            module["upgrade"]()
    except Exception as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    return None


def facts(connection):
    """Everything that two databases are compared by, as a set of lines: no order of columns or of rows."""
    look = sa.inspect(connection)
    found = set()
    for table in look.get_table_names():
        found.add(f"table {table}")
        for column in map(dict, look.get_columns(table)):
            name, kind = column.pop("name"), column.pop("type")
            shown = kind.compile(connection.dialect)
            rest = {key: str(value) for key, value in sorted(column.items()) if value is not None}
            found.add(f"column {table}.{name}: {shown} {rest}")
        key = look.get_pk_constraint(table)
        found.add(f"primary key {table}: {key.get('name')} {key.get('constrained_columns')}")
        for what in ("indexes", "unique_constraints", "foreign_keys", "check_constraints"):
            for one in getattr(look, f"get_{what}")(table):
                found.add(f"{what} {table}: {json.dumps(one, sort_keys=True, default=str)}")
        with contextlib.suppress(NotImplementedError):
            found.add(f"comment {table}: {look.get_table_comment(table)['text']}")
        quoted = connection.dialect.identifier_preparer.quote(table)
        rows = connection.exec_driver_sql(f"SELECT * FROM {quoted}").mappings()
        shown = sorted(json.dumps(dict(row), sort_keys=True, default=str) for row in rows)
        found.update(f"row {table} {shown.count(row)} times: {row}" for row in shown)
    for view in look.get_view_names():
        found.add(f"view {view}: {look.get_view_definition(view)}")
    if connection.dialect.name == "postgresql":
        found.update(f"enum {one['name']}: {one['labels']}" for one in look.get_enums())
        found.update(f"sequence {name}" for name in look.get_sequence_names())
    return found


def one_order(state, base, first, second):
    """Why each of the two failed, and the facts where neither did."""
    with state(base) as connection:
        failed = run(connection, first)
        if failed:
            return failed, None, None
        failed = run(connection, second)
        return None, failed, None if failed else facts(connection)


def answer(state, request):
    result = {"base": None, "ours": None, "theirs": None, "ours_first": None, "theirs_first": None, "differs": []}
    base, ours, theirs = request["base"], request["ours"], request["theirs"]
    try:
        result["ours"], result["ours_first"], one = one_order(state, base, ours, theirs)
        result["theirs"], result["theirs_first"], other = one_order(state, base, theirs, ours)
    except BaseFailed as error:
        result["base"] = str(error)
        return result
    if one is not None and other is not None:
        result["differs"] = [f"ours first: {fact}" for fact in sorted(one - other)]
        result["differs"] += [f"theirs first: {fact}" for fact in sorted(other - one)]
    return result


class BaseFailed(Exception):
    pass


@contextlib.contextmanager
def in_memory(base):
    engine = sa.create_engine("sqlite://", poolclass=sa.pool.StaticPool)
    with engine.connect() as connection:
        if failed := run(connection, base):
            raise BaseFailed(failed)
        yield connection
    engine.dispose()


def in_transaction(engine):
    """A state maker that makes the base once, and again only where it is another one."""
    made = [None]

    @contextlib.contextmanager
    def state(base):
        with engine.connect() as connection:
            if made[0] != base:
                connection.exec_driver_sql("DROP SCHEMA public CASCADE")
                connection.exec_driver_sql("CREATE SCHEMA public")
                if failed := run(connection, base):
                    raise BaseFailed(failed)
                connection.commit()
                made[0] = base
            # Outside of a transaction Alembic begins one for a batch block, and commits it.
            connection.begin()
            yield connection
            connection.rollback()

    return state


@contextlib.contextmanager
def cluster(binaries):
    """The address of a server of its own, which is gone afterwards."""
    # The server refuses to run as root.
    user = pwd.getpwnam("nobody") if os.getuid() == 0 else None
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    place = pathlib.Path(tempfile.mkdtemp(prefix="overlap-"))
    server = None
    try:
        if user:
            os.chown(place, user.pw_uid, user.pw_gid)
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "cwd": place, **who}
        initdb = ["initdb", "-D", place / "data", "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run([pathlib.Path(binaries, initdb[0]), *initdb[1:]], check=True, **quiet)
        options = {"listen_addresses": "", "unix_socket_directories": place, "fsync": "off", "autovacuum": "off"}
        command = [pathlib.Path(binaries, "postgres"), "-D", place / "data"]
        command += [word for key, value in options.items() for word in ("-c", f"{key}={value}")]
        libc = ctypes.CDLL(None)
        server = subprocess.Popen(
            command,
            stderr=subprocess.DEVNULL,
            # The server ends when this process does, even if that is killed.
            preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT),
            **quiet,
        )
        yield f"postgresql+psycopg://tester@/postgres?host={place}"
    finally:
        if server:
            server.send_signal(signal.SIGINT)
            server.wait()
        shutil.rmtree(place, ignore_errors=True)


def connected(engine):
    for _ in range(600):
        with contextlib.suppress(sa.exc.OperationalError), engine.connect():
            return engine
        time.sleep(0.05)
    raise SystemExit("the server does not answer")


def serve(state):
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        print(json.dumps(answer(state, json.loads(line))), file=answers, flush=True)


def main():
    warnings.simplefilter("ignore")
    # An ending that is asked for stops the server as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    if sys.argv[1] == "sqlite":
        serve(in_memory)
    else:
        with cluster(sys.argv[2]) as address:
            engine = connected(sa.create_engine(address))
            serve(in_transaction(engine))
            engine.dispose()


if __name__ == "__main__":
    main()
