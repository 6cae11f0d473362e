"""CSV and its relatives."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence

from services.nlu.adapters.exports.columns import Columns, find_columns
from services.nlu.adapters.exports.records import Asked, Export, Place, Record, no_text, record

DELIMITERS = ",;\t|"
SAMPLE = 30
LONGEST_CELL = 1024 * 1024


def looks_like_table(text: str) -> str | None:
    """The delimiter, if the first lines fall into the same number of two or more cells by one."""
    lines = [line for line in text.splitlines()[:SAMPLE] if line.strip()]
    counted = {sign: Counter(_width(line, sign) for line in lines).most_common(1) for sign in DELIMITERS}
    fits = {sign: width[0] for sign, width in counted.items() if width and width[0][0] > 1}
    return max(fits, key=lambda sign: (fits[sign][1], fits[sign][0]), default=None)


def _width(line: str, delimiter: str) -> int:
    return len(next(csv.reader([line], delimiter=delimiter), []))


def read_table(text: str, source: str, asked: Asked, delimiter: str) -> Export:
    """The records of a table whose first row says what its columns are. Raises ConfigError with the line."""
    rows = _rows(text, Place(source), delimiter)
    line, heading = next(rows, (1, []))
    names = [name.strip() for name in heading]
    columns = find_columns(names, asked.text, asked.intent)
    if len(names) == 1:
        # One column and no quotes needed: what looks like more cells is a text with commas.
        texts = [Record(at, delimiter.join(row)) for at, row in rows]
        first = [] if columns else [Record(line, heading[0])]
        return Export("csv" if columns else "lines", [*first, *texts], columns.told() if columns else {})
    if columns is None:
        raise no_text(source, names)
    return Export("csv", list(_records(rows, names, columns, Place(source))), columns.told())


def _rows(text: str, place: Place, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as exc:
            remedy = "put cells that hold quotes or line ends in quotes, and double the quotes inside of them"
            raise place.error(line, f"this row is no CSV ({exc})", remedy) from exc
        if any(cell.strip() for cell in row):
            yield line, row


def _records(
    rows: Iterator[tuple[int, list[str]]], names: Sequence[str], columns: Columns, place: Place
) -> Iterator[Record]:
    text_at = names.index(columns.text)
    for line, row in rows:
        if not text_at < len(row) <= len(names):
            message = f"this row has {len(row)} cells and the heading has {len(names)}"
            raise place.error(line, message, "put cells that hold the delimiter in quotes")
        yield record(dict(zip(names, row, strict=False)), columns, line)
