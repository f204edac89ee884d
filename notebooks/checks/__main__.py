"""Grade a class: run in notebooks/.

    python -m checks report FOLDER [--seconds 300] [--megabytes 4000]

Every .ipynb in FOLDER and below is a hand-in. The table is printed, and with every
verdict's words it is FOLDER/report.json.
"""

import argparse
import json
import sys
from pathlib import Path

from .report import report, table


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m checks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=["report"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=int, default=300, help="of each hand-in")
    parser.add_argument("--megabytes", type=int, default=4000, help="of its memory")
    given = parser.parse_args(arguments)
    if not given.folder.is_dir():
        sys.exit(f"no folder {given.folder}: give the one with the hand-ins")
    found = report(given.folder, given.seconds, given.megabytes)
    print(table(found))
    text = json.dumps(found, indent=2, ensure_ascii=False)
    (given.folder / "report.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
