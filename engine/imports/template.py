"""The template that one fills: the headings, and an example case on two rows."""

from __future__ import annotations

from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from engine.imports.columns import COLUMNS, SECOND
from engine.imports.reading import EXAMPLE


def template() -> bytes:
    """The XLSX file. The example's rows are passed over when the file is read."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Sager"
    sheet.append([heading for _, heading, _ in COLUMNS])
    example = {key: value for key, _, value in COLUMNS} | {"old_number": EXAMPLE}
    for row in (example, SECOND | {"old_number": EXAMPLE}):
        sheet.append([row.get(key, "") for key, _, _ in COLUMNS])
    for number, (_, heading, example_value) in enumerate(COLUMNS, start=1):
        letter = get_column_letter(number)
        sheet[f"{letter}1"].font = Font(bold=True)
        sheet.column_dimensions[letter].width = max(len(heading), len(example_value)) + 3
        # Text, so that a CPR number keeps its leading zero.
        for row in range(2, 1001):
            sheet[f"{letter}{row}"].number_format = "@"
    sheet.freeze_panes = "C2"
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()
