"""Forms: what a user task may be answered with, and whether an answer holds.

A form is a form-js schema (1.23, schemaVersion 19) in a `.form` file. `read` says what is wrong
with the schema, `check` what is wrong with an answer; both speak Danish. `from_post` turns what a
browser sends into answers, and `options` and `hidden` serve the page that draws the form.
"""

from engine.forms.answers import Checked, FormErrors, check, hidden, options
from engine.forms.form import Component, Fault, Form, FormUnreadable, of, read
from engine.forms.posted import from_post

__all__ = [
    "Checked",
    "Component",
    "Fault",
    "Form",
    "FormErrors",
    "FormUnreadable",
    "check",
    "from_post",
    "hidden",
    "of",
    "options",
    "read",
]
