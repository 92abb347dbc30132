"""``python -m onehead``: runs the command that is installed beside this package, wherever it was installed."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Iterator


def candidates() -> Iterator[Path]:
    """The folders into which an installer may have put the command, the likeliest first."""
    yield Path(sysconfig.get_path("scripts"))
    # pip install --user
    user = sysconfig.get_preferred_scheme("user") if sys.version_info >= (3, 10) else os.name + "_user"
    yield Path(sysconfig.get_path("scripts", scheme=user))
    # pip install --target DIR puts the command into DIR/bin, beside the package.
    yield Path(__file__).resolve().parent.parent / "bin"
    # An environment of `pip install` in isolation keeps its commands beside lib/pythonX.Y/site-packages.
    above = Path(__file__).resolve().parents
    if len(above) > 4:
        yield above[4] / ("Scripts" if os.name == "nt" else "bin")


def find() -> Path:
    """The command, or ``FileNotFoundError`` that names the folders looked in."""
    name = "onehead" + (sysconfig.get_config_var("EXE") or "")
    tried = []
    for folder in candidates():
        if (folder / name).is_file():
            return folder / name
        tried.append(str(folder))
    raise FileNotFoundError(f"{name} is in none of: {', '.join(tried)}")


def main() -> int:
    try:
        command = find()
    except FileNotFoundError as error:
        print(f"error: {error}", file=sys.stderr)
        print("hint: install it again with `pip install --force-reinstall onehead`", file=sys.stderr)
        return 2
    arguments = [str(command), *sys.argv[1:]]
    if os.name == "nt":
        # Windows has no exec that keeps the console's process; passing the status on does the same.
        return subprocess.run(arguments, check=False).returncode
    os.execv(command, arguments)


if __name__ == "__main__":
    sys.exit(main())
