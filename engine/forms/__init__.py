"""Forms: what a user task may be answered with, and whether an answer holds.

A form is a form-js schema (1.23, schemaVersion 19) in a `.form` file. `read` says what is wrong
with the schema, `check` what is wrong with an answer; both speak Danish. `from_post` turns what a
browser sends into answers, and `fields` gives what a page shows (docs/howto/forms.md).
"""

from engine.forms.answers import Checked, FormErrors, Option, check, hidden, options
from engine.forms.form import ALLOWED, Component, Fault, Form, FormUnreadable, of, read
from engine.forms.posted import from_post
from engine.forms.shown import Shown, fields
from engine.forms.texts import Span

__all__ = [
    "ALLOWED",
    "Checked",
    "Component",
    "Fault",
    "Form",
    "FormErrors",
    "FormUnreadable",
    "Option",
    "Shown",
    "Span",
    "check",
    "fields",
    "from_post",
    "hidden",
    "of",
    "options",
    "read",
]
