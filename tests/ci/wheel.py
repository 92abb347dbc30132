"""Writes a wheel called onehead with a command that says its version: wheel.py FOLDER."""
import pathlib
import sys
import zipfile

name = "onehead-9.9.9"
with zipfile.ZipFile(pathlib.Path(sys.argv[1], f"{name}-py3-none-any.whl"), "w") as wheel:
    wheel.writestr("standin.py", "def main():\n    print('onehead 9.9.9')\n")
    wheel.writestr(f"{name}.dist-info/METADATA", "Metadata-Version: 2.1\nName: onehead\nVersion: 9.9.9\n")
    wheel.writestr(f"{name}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
    wheel.writestr(f"{name}.dist-info/entry_points.txt", "[console_scripts]\nonehead = standin:main\n")
    wheel.writestr(f"{name}.dist-info/RECORD", "")
