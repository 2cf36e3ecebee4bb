"""What is put on paper: the plan, the letters and the handover pack, in plain Danish, as accessible PDFs.

This room knows the domain and the queries; it knows no web.
"""

from engine.documents.cover_note import cover_note_pdf
from engine.documents.handover import handover_pdf
from engine.documents.letter import Sheet, compose, letter_pdf, sheet_of
from engine.documents.minutes import minutes_pdf
from engine.documents.plan import CitizensPage, citizens_page, citizens_words, plan_pdf
from engine.documents.typeset import FontsMissing

__all__ = [
    "CitizensPage",
    "FontsMissing",
    "Sheet",
    "citizens_page",
    "citizens_words",
    "compose",
    "cover_note_pdf",
    "handover_pdf",
    "letter_pdf",
    "minutes_pdf",
    "plan_pdf",
    "sheet_of",
]
