#!/usr/bin/env python3
"""Prints one table of what onehead costs, beside the real Alembic and beside bare reading of the same files.

  tools/measure.py                     everything: 100, 1,000 and 10,000 revisions, both sizes of file
  tools/measure.py --counts 100 1000   fewer
  tools/measure.py --runs 20           more runs per figure (the quickest is shown)

Builds the program with `--profile dist` and takes Alembic from where `./test` puts it. Whole processes are measured,
starting included, with a warm page cache: wall time and processor time of the quickest run, since whatever else the
machine does can only add to it, and the peak of resident memory (on Linux).
"Bare reading" is `examples/bare_reading.rs`: list the folder, open and read every file, one thread, one buffer.
The second table has other files than those of the working tree, beside what git alone takes to list and to give them, and
whole repairs, from reading to what was written read again, beside `check` of the same project; what
`rebase` asks of git is the difference to the rows without git.
"Default" files are the generator's (8 KB on average), "real" ones as large as real projects' (2.4 KB).
"""
import argparse
import itertools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".cache/alembic-1.20.1/bin/python"
SIZES = {"default": [], "real": ["--min-lines", "3", "--max-lines", "30"]}


def build():
    """The program and the bare reader, as they are shipped."""
    command = ["cargo", "build", "--quiet", "--locked", "--profile", "dist", "--bin", "onehead", "--example", "bare_reading"]
    subprocess.run(command, cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "dist"
    return target / "onehead", target / "examples/bare_reading"


def start(command, folder, environment):
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=nowhere, stderr=nowhere)


def once(command, folder, environment):
    """(wall seconds, processor seconds) of one process."""
    started = time.perf_counter()
    process = start(command, folder, environment)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    # 1 is an answer too: `check` may find something.
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(map(str, command))}: exit status {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime


def peak(command, folder, environment):
    """The peak of resident memory in bytes, from a run of its own that is watched until it ends.

    What the operating system says afterwards (`ru_maxrss`) would be at least what this script itself takes, since
    Linux hands that figure on from the process that started another.
    """
    highest = 0
    # A quick process may be over before it is looked at.
    for _ in range(20):
        process = start(command, folder, environment)
        while process.poll() is None:
            try:
                with open(f"/proc/{process.pid}/status") as status:
                    for line in status:
                        if line.startswith("VmHWM:"):
                            highest = max(highest, int(line.split()[1]) * 1024)
            except OSError:
                process.wait()
        if highest:
            break
    return highest


def mib(count):
    """Linux counts the first pages of a process late, so that figures of very small ones mean nothing."""
    return f"{count / 2**20:.1f}" if count >= 2 << 20 else "< 2"


def quickest(command, folder, runs, before=lambda: None, **variables):
    """Wall and processor time of the run that was over first, and the peak; the first run only warms up."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", **variables}
    results = []
    for _ in range(runs + 1):
        before()
        results.append(once(command, folder, environment))
    wall, processor = min(results[1:])
    return wall, processor, peak(command, folder, environment)


def forget_compiled(folder):
    for compiled in folder.rglob("__pycache__"):
        shutil.rmtree(compiled)


def figures(program, reader, folder, count, runs):
    """Yields (what, measurement); slow things are run less often."""
    few = min(runs, 5 if count <= 1000 else 1)
    versions = folder / "alembic/versions"
    alembic = [PYTHON, "-m", "alembic", "heads"]
    yield "bare reading", quickest([reader, versions], folder, runs)
    yield "onehead heads", quickest([program, "heads"], folder, runs)
    yield "onehead history", quickest([program, "history"], folder, runs)
    yield "onehead check", quickest([program, "check"], folder, runs)
    if PYTHON.exists():
        yield "alembic heads, fresh clone", quickest(
            alembic, folder, few, lambda: forget_compiled(folder), PYTHONDONTWRITEBYTECODE="1")
        yield "alembic heads, .pyc warm", quickest(alembic, folder, few)
        forget_compiled(folder)


def forked(folder, count, size):
    """A project of which all but one revision is on `main`, and that one is a head of its own; the two heads."""
    generator = [sys.executable, ROOT / "tools/gen_project.py", "--count", str(count), "--out", folder]
    told = subprocess.run([*generator, *SIZES[size]], check=True, stdout=subprocess.PIPE)
    (published,) = json.loads(told.stdout)["heads"]
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "published")
    git(folder, "checkout", "-q", "-b", "feature")
    (newest,) = (folder / "alembic/versions").glob(f"{published}_*.py")
    text = newest.read_text()
    # The fork is at the parent of the published head, or at the first of them.
    (parent,) = re.findall(r"^down_revision[^=\n]*= \(?['\"](\w+)", text, re.MULTILINE)
    own = "0123456789ab"
    script = f"revision = '{own}'\ndown_revision = '{parent}'\n\n\ndef upgrade():\n    op.x()\n"
    (newest.parent / f"{own}_own.py").write_text(script)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "own")
    return published, own


def git(folder, *arguments):
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True)


def snapshots(program, folder, runs):
    """Yields (what, measurement): other files than those of the working tree, and what git alone takes for them."""
    listed = subprocess.run(["git", "ls-files", "-s"], cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    objects = folder / ".git/measured-objects"
    objects.write_text("".join(line.split()[1] + "\n" for line in listed.stdout.splitlines()))
    yield "git ls-files -s", quickest(["git", "ls-files", "-s"], folder, runs)
    yield "git cat-file --batch", quickest(["sh", "-c", "exec git cat-file --batch <.git/measured-objects"], folder, runs)
    yield "onehead check --staged", quickest([program, "check", "--staged"], folder, runs)
    yield "onehead check --ref HEAD", quickest([program, "check", "--ref", "HEAD"], folder, runs)
    yield "onehead check --merge-with main", quickest([program, "check", "--merge-with", "main"], folder, runs)


def repairs(program, folder, heads, runs):
    """Yields (what, measurement): whole repairs, written, read again and verified, with git and without."""
    def restore():
        git(folder, "checkout", "-q", ".")
        git(folder, "clean", "-f", "-d", "-q")

    yield "onehead check", quickest([program, "check"], folder, runs)
    yield from snapshots(program, folder, runs)
    yield "onehead merge", quickest([program, "merge"], folder, runs, restore)
    yield "onehead rebase", quickest([program, "rebase"], folder, runs, restore)
    restore()
    bare = folder.with_name(f"{folder.name}-bare")
    copied = shutil.copytree(folder, bare, ignore=shutil.ignore_patterns(".git"))
    versions, kept = copied / "alembic/versions", copied / "kept"
    shutil.copytree(versions, kept)

    def put_back():
        shutil.rmtree(versions)
        shutil.copytree(kept, versions)

    published, own = heads
    yield "onehead merge, without git", quickest([program, "merge"], copied, runs, put_back)
    rebase = [program, "rebase", own, "--onto", published]
    yield "onehead rebase, without git", quickest(rebase, copied, runs, put_back)
    shutil.rmtree(bare)


def measure_forecast(program, folder, heads, runs, branches=50):
    """Yields (what, measurement): so many branches that each add a migration after the published head."""
    published, _ = heads
    git(folder, "checkout", "-q", "main")
    for number in range(branches):
        own = f"fedcba{number:06}"
        git(folder, "checkout", "-q", "-b", f"open/{number}", "main")
        script = f"revision = '{own}'\ndown_revision = '{published}'\n\n\ndef upgrade():\n    op.x()\n"
        (folder / f"alembic/versions/{own}_own.py").write_text(script)
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", own)
    git(folder, "checkout", "-q", "main")
    # Each of them is merged for real, and not only moved forward.
    git(folder, "commit", "-q", "--allow-empty", "-m", "goes on")
    forecast = [program, "forecast", "--baseline", "main", "open/*"]
    yield f"onehead forecast, {branches} branches", quickest(forecast, folder, runs)


def measure_repairs(program, scratch, options):
    print("\n| revisions | files | command | wall ms | processor ms | peak MiB | times check |")
    print("|---:|---|---|---:|---:|---:|---:|")
    for count in options.counts:
        for size in options.sizes:
            folder = pathlib.Path(scratch, f"forked-{count}-{size}")
            heads = forked(folder, count, size)
            check = None
            runs = min(options.runs, 5)
            measured = itertools.chain(
                repairs(program, folder, heads, runs), measure_forecast(program, folder, heads, runs))
            for what, (wall, processor, memory) in measured:
                check = check or wall
                print(f"| {count:,} | {size} | {what} | {wall * 1e3:.1f} | {processor * 1e3:.1f} "
                      f"| {mib(memory)} | {wall / check:.1f} |", flush=True)
            shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--counts", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--sizes", nargs="+", default=list(SIZES), choices=SIZES)
    parser.add_argument("--runs", type=int, default=11)
    options = parser.parse_args()
    if not PYTHON.exists():
        print("note: Alembic is left out; ./test installs it", file=sys.stderr)
    program, reader = build()
    print("| revisions | files | command | wall ms | processor ms | peak MiB | times bare reading |")
    print("|---:|---|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory(prefix="onehead-measure-") as scratch:
        empty = pathlib.Path(scratch, "empty")
        (empty / "versions").mkdir(parents=True)
        (empty / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s\n")
        wall, processor, memory = quickest([program, "heads"], empty, options.runs)
        print(f"| 0 | | onehead heads | {wall * 1e3:.1f} | {processor * 1e3:.1f} | {mib(memory)} | |", flush=True)
        for count in options.counts:
            for size in options.sizes:
                folder = pathlib.Path(scratch, f"{count}-{size}")
                generator = [sys.executable, ROOT / "tools/gen_project.py", "--count", str(count), "--out", folder]
                subprocess.run([*generator, *SIZES[size]], check=True, stdout=subprocess.DEVNULL)
                bare = None
                for what, (wall, processor, memory) in figures(program, reader, folder, count, options.runs):
                    bare = bare or wall
                    print(f"| {count:,} | {size} | {what} | {wall * 1e3:.1f} | {processor * 1e3:.1f} "
                          f"| {mib(memory)} | {wall / bare:.1f} |", flush=True)
                shutil.rmtree(folder)
        measure_repairs(program, scratch, options)


if __name__ == "__main__":
    main()
