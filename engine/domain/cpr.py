"""The CPR number: checked, sealed, and never shown by accident.

The number is stored encrypted, beside a keyed hash that exact search uses. Sources: cpr.dk on
numbers without modulus 11 (issued since 2007, so the checksum is not demanded) and on fictitious
numbers, whose day is raised by 60. A replacement number is no CPR number and is kept apart from it:
cpr.dk recommends the same raised day; the national and the regional eCPR of the health authorities
have two letters and a digit after the seventh place (Sundhedsdatastyrelsen; DK Core `x-ecpr`,
`d-ecpr`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import date
from functools import cache

from cryptography.fernet import Fernet
from stdnum.dk import cpr as stdnum_cpr
from stdnum.exceptions import ValidationError

from engine.errors import Refused
from engine.settings import settings

FICTITIOUS = 60  # cpr.dk: fictitious and replacement numbers have 60 added to the day


class InvalidCpr(Refused):
    """CPR-nummeret kan ikke passe: datoen findes ikke, eller der mangler cifre. Ret det, og prøv igen."""


class FictitiousCpr(Refused):
    """Nummeret er et fiktivt CPR-nummer og kan kun bruges i demonstrationen. Er det et erstatningsnummer, så skriv det i feltet til erstatningsnummer."""


class InvalidReplacement(Refused):
    """Erstatningsnummeret kan ikke passe. Det skal være en fødselsdato, hvor dagens første ciffer er forhøjet med 6, og fire cifre, eller en fødselsdato fulgt af et ciffer, to bogstaver og et ciffer. Ret det, eller lad feltet stå tomt."""


#: The forms of a replacement number, and what each is called.
RAISED_DAY, NATIONAL, REGIONAL = "forhoejet_dag", "x_ecpr", "d_ecpr"
REPLACEMENTS = {
    RAISED_DAY: re.compile(r"[6-9][0-9]{9}"),
    NATIONAL: re.compile(r"[0-9]{6}[17][A-Z]{2}[0-9]"),
    REGIONAL: re.compile(r"[0-9]{6}[056][A-Z]{2}[0-9]"),
}


def clean(number: str) -> str:
    """Ten digits. Raises InvalidCpr, or FictitiousCpr for a fictitious number outside demo."""
    digits = "".join(number.split()).replace("-", "")
    if len(digits) != 10 or not digits.isascii() or not digits.isdigit():
        raise InvalidCpr
    if int(digits[:2]) > FICTITIOUS and not settings().demo:
        raise FictitiousCpr
    birth_date(digits)
    return digits


def birth_date(digits: str) -> date:
    """The date of birth that the number tells. Raises InvalidCpr."""
    day = int(digits[:2])
    real = f"{day - FICTITIOUS:02}{digits[2:]}" if day > FICTITIOUS else digits
    try:
        return stdnum_cpr.get_birth_date(real)
    except ValidationError as error:
        raise InvalidCpr from error


def clean_replacement(number: str) -> tuple[str, str]:
    """Ten characters and which of the forms they have. Raises InvalidReplacement, also for a CPR number."""
    text = "".join(number.split()).replace("-", "").upper()
    kind = next((kind for kind, form in REPLACEMENTS.items() if form.fullmatch(text)), None)
    if kind is None or not text.isascii():
        raise InvalidReplacement
    try:
        birth_date(text)
    except InvalidCpr:
        raise InvalidReplacement from None
    return text, kind


def index(digits: str) -> str:
    """The keyed hash under which the number is found again."""
    return hmac.new(_key(b"cpr-index"), digits.encode(), hashlib.sha256).hexdigest()


def seal(digits: str) -> bytes:
    return _box(settings().secret_key).encrypt(digits.encode())


def reveal(sealed: bytes) -> str:
    """The number in clear; whoever calls this leaves a row in the trail."""
    return _box(settings().secret_key).decrypt(sealed).decode()


def masked(digits: str) -> str:
    return f"{digits[:6]}-****"


def _key(purpose: bytes) -> bytes:
    return hashlib.sha256(purpose + settings().secret_key.encode()).digest()


@cache
def _box(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"cpr-seal" + secret.encode()).digest()))
