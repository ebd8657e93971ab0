"""Write the counts in data/README.md again: `just datasheet`. A test compares them."""

import csv
import re
from collections import Counter
from pathlib import Path

from socialcls.dataset.reader import find_data_files
from socialcls.taxonomy.taxonomy import list_kinds, load_taxonomy

DATA_DIR = Path(__file__).parent.parent / "data"
DATASHEET = DATA_DIR / "README.md"
LABELS = load_taxonomy().labels

_BLOCK = re.compile(r"(<!-- counts -->\n).*?(<!-- end of counts -->)", re.DOTALL)


def refresh(datasheet: str) -> str:
    """Count the rows as they are now and write the counts into the datasheet."""
    rows = []
    for path in find_data_files([str(DATA_DIR)]):
        with Path(path).open(encoding="utf-8", newline="") as stream:
            rows += list(csv.DictReader(stream))
    described = [row for row in rows if row["description"]]
    notes = sum(bool(row["note"]) for row in described)
    total = (
        f"{len(rows):,} rows, {len(described):,} of them described; {sum(bool(row['url']) for row in rows):,} have a "
        f"URL, {notes:,} described rows are border cases with a note.\n\n"
    )
    kinds = [
        f"{label}: " + ", ".join(f"{kind} {_count(rows, label, kind)}" for kind in list_kinds()[label])
        for label in LABELS
    ]
    tables = [_tabulate(rows, "language"), _tabulate(rows, "style")]
    block = total + "\n".join(tables) + "\nKinds. " + "; ".join(kinds) + ".\n\n"
    return _BLOCK.sub(lambda found: found[1] + "\n" + block + found[2], datasheet)


def _tabulate(rows: list[dict[str, str]], column: str) -> str:
    counts = Counter((row[column], row["category"]) for row in rows)
    totals = Counter(row[column] for row in rows)
    values = sorted(totals, key=lambda value: (-totals[value], value))
    lines = [f"| {column} | rows | {' | '.join(LABELS)} |", "|---|" + "---:|" * (len(LABELS) + 1)]
    for value in values:
        of_value = [counts[value, label] for label in LABELS]
        lines.append(f"| {value or '(none)'} | {sum(of_value):,} | {' | '.join(f'{n:,}' for n in of_value)} |")
    return "\n".join(lines) + "\n"


def _count(rows: list[dict[str, str]], label: str, kind: str) -> int:
    return sum(row["category"] == label and row["kind"] == kind for row in rows)


def main() -> None:
    """Refresh the datasheet in place."""
    DATASHEET.write_text(refresh(DATASHEET.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
