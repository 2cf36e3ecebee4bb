"""From text to tokens.

FEEL cannot be cut into tokens without knowing where one stands: names hold blanks and
operators, `[` opens a list, a filter or a range or closes a range, and `<` follows a type as
well as a number. The lexer keeps the open brackets and the token before, and decides here, so
that the grammar stays LALR(1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lark import Token
from lark.lexer import Lexer

from engine.feel import names as naming
from engine.feel.errors import FeelError
from engine.feel.limits import MAX_BRACKETS

BLANK = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
NUMBER = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
QUOTED_NAME = re.compile(r"`([^`\n]+)`")
SYMBOL = re.compile(r"\*\*|\.\.|->|[<>!]=|[-+*/=<>.,:(){}\[\]]")
ESCAPE = re.compile(r"\\(?:([nrt\"'\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6}))")

# Possessive (`*+`), so that a long run of blanks is read once and not once per blank.
NEW_NAME = re.compile(rf"[{naming.START}][{naming.PART}{naming.SYMBOLS}\s]*+")
IN = re.compile(rf"(?<!\s)\s++in(?![{naming.PART}])")
COLON = re.compile(r"\s*+:")
NEGATION = re.compile(r"not\s*+\(")
OF = re.compile(rf"\s+of(?![{naming.PART}])")
GENERIC = re.compile(r"(list|context|range|function)\s*<")
AFTER_RANGE = re.compile(
    rf"(?=[)\],}}=<>!+*/]|$|(?:and|or|then|else|return|satisfies|in|between|instance)(?![{naming.PART}]))"
)

PLAIN = {
    "+": "PLUS",
    "-": "MINUS",
    "*": "TIMES",
    "/": "DIVIDE",
    "**": "POWER",
    "=": "COMPARE",
    "!=": "COMPARE",
    "<": "COMPARE",
    "<=": "COMPARE",
    ">": "COMPARE",
    ">=": "COMPARE",
    ".": "_DOT",
    "..": "_DOTS",
    ",": "_COMMA",
    ":": "_COLON",
    "->": "_ARROW",
    "(": "LPAR",
    ")": "RPAR",
    "[": "LSQB",
    "]": "RSQB",
    "{": "_LBRACE",
    "}": "_RBRACE",
}
HINTS = {
    "&": "»Og« skrives and",
    "|": "»Eller« skrives or",
    "!": "»Ikke« skrives not(…)",
    "'": 'En tekst står i "citationstegn"',
}
# After these a value has ended, so that `[` is a filter and `]` closes.
ENDS = frozenset("NUMBER STRING AT NAME TRUE FALSE NULL RPAR RSQB _RBRACE CLOSE_EXCLUSIVE".split())
TYPE_BEFORE = frozenset({"_INSTANCE", "_ARROW", "GENERIC"})


class _Bracket:
    """An open bracket: `( [ {`, or `function(`, `list<`, or a `for` waiting for its `return`."""

    __slots__ = ("dots", "kind")

    def __init__(self, kind: str):
        self.kind = kind
        self.dots = False


class Scanner:
    """Reads one text. `tokens()` gives (type, value, position)."""

    def __init__(self, text: str, known: frozenset[str], unary: bool = False):
        self.text = text
        self.place = 0
        self.known: dict[str, list[str]] = {}
        self.brackets: list[_Bracket] = []
        self.before = ""  # the type of the token before
        self.unary = unary
        for name in sorted(known | naming.ODD_BUILTINS, key=len):
            self.know(name)

    def know(self, name: str) -> None:
        """From here on this name is read as one, longest first."""
        if naming.is_odd(name):
            there = self.known.setdefault(name[0], [])
            if name not in there:
                there.append(name)
                there.sort(key=len, reverse=True)

    def tokens(self) -> Iterator[Token]:
        while True:
            self._skip_blank()
            if self.place >= len(self.text):
                return
            yield self._negation() or self._next()

    def fail(self, reason: str, place: int | None = None) -> FeelError:
        return FeelError(reason, self.text, self.place if place is None else place)

    def _token(self, sort: str, value: str, length: int) -> Token:
        token = Token(sort, value, start_pos=self.place)
        self.place += length
        self.before = sort
        return token

    def _skip_blank(self) -> None:
        found = BLANK.match(self.text, self.place)
        if found:
            self.place = found.end()
        if self.text.startswith("/*", self.place):
            raise self.fail("Kommentaren slutter ikke")

    def _negation(self) -> Token | None:
        """The `not` of a whole test in an input cell; elsewhere it is a function."""
        if not self.unary or self.brackets or self.before not in ("", "_COMMA"):
            return None
        found = NEGATION.match(self.text, self.place)
        if not found or not _closes_test(self.text, found.end()):
            return None
        return self._token("_NEGATION", "not", 3)

    # --- one token -------------------------------------------------------------------------

    def _next(self) -> Token:
        for read in (self._definition, self._name, self._number, self._string):
            token = read()
            if token is not None:  # a token of the empty string is false
                return token
        return self._symbol()

    @property
    def top(self) -> str:
        return self.brackets[-1].kind if self.brackets else ""

    def _definition(self) -> Token | None:
        """A name at a place where names are made: keys, parameters, iterators."""
        if self.top == "for" and self.before in ("_FOR", "_COMMA"):
            return self._iterator()
        if self.before not in ("LPAR", "_LBRACE", "_COMMA", "GENERIC"):
            return None
        if self.top == "{":
            quoted = self._quoted_key()
            return self._key() if quoted is None else quoted
        if self.top == "function":
            return self._key() or self._parameter()
        return self._key() if self.top in ("(", "<") else None

    def _define(self, sort: str, name: str, end: int) -> Token:
        name = " ".join(name.split())
        self.know(name)
        return self._token(sort, name, end - self.place)

    def _key(self) -> Token | None:
        """A name and its colon."""
        found = NEW_NAME.match(self.text, self.place)
        if found and self.text.startswith(":", found.end()):
            return self._define("KEY", found[0], found.end() + 1)
        return None

    def _quoted_key(self) -> Token | None:
        string = STRING.match(self.text, self.place)
        found = string or QUOTED_NAME.match(self.text, self.place)
        colon = found and COLON.match(self.text, found.end())
        if not colon:
            return None
        name = unescape(found[1]) if string else found[1]
        if name.strip():
            self.know(name)
        return self._token("KEY", name, colon.end() - self.place)

    def _parameter(self) -> Token | None:
        found = NEW_NAME.match(self.text, self.place)
        return self._define("NAME", found[0], found.end()) if found else None

    def _iterator(self) -> Token | None:
        run = NEW_NAME.match(self.text, self.place)
        found = run and IN.search(self.text, self.place, run.end())
        if not found:
            return None
        return self._define("NAME", self.text[self.place : found.start()], found.start())

    def _name(self) -> Token | None:
        quoted = QUOTED_NAME.match(self.text, self.place)
        if quoted:
            return self._token("NAME", quoted[1], quoted.end() - self.place)
        if self._expects_type():
            generic = GENERIC.match(self.text, self.place)
            if generic:
                self._open("<")
                return self._token("GENERIC", generic[1], generic.end() - self.place)
        known = self._known()
        if known is not None:
            return known
        word = naming.WORD.match(self.text, self.place)
        if not word:
            return None
        if self.before != "_DOT" and not self._expects_type():
            keyword = self._keyword(word[0], word.end())
            if keyword is not None:
                return keyword
        return self._words(word)

    def _known(self) -> Token | None:
        for name in self.known.get(self.text[self.place], ()):
            if self.before == "_DOT" and name in naming.ODD_BUILTINS:
                continue  # `case.date and time("10:00:00") > ...`
            found = naming.pattern(name).match(self.text, self.place)
            if found:
                return self._token("NAME", name, found.end() - self.place)
        return None

    def _words(self, word: re.Match) -> Token:
        """As many words as follow each other, unless one is a key word."""
        words, end = [word[0]], word.end()
        while more := naming.MORE.match(self.text, end):
            if more[1] in naming.KEYWORDS or self._is_instance_of(more[1], more.end()):
                break
            words.append(more[1])
            end = more.end()
        return self._token("NAME", " ".join(words), end - self.place)

    def _is_instance_of(self, word: str, end: int) -> bool:
        return word == "instance" and OF.match(self.text, end) is not None

    def _keyword(self, word: str, end: int) -> Token | None:
        length = end - self.place
        if word in naming.LITERALS:
            return self._token(naming.LITERALS[word], word, length)
        if self._is_instance_of(word, end):
            of = OF.match(self.text, end)
            return self._token("_INSTANCE", word, of.end() - self.place)
        if word == "external" and self.before == "RPAR":
            return self._token("_EXTERNAL", word, length)
        if word not in naming.KEYWORDS:
            return None
        if word in ("for", "some", "every"):
            return self._iteration(word, length)
        if word in ("return", "satisfies") and self.top == "for":
            self.brackets.pop()
        return self._token(f"_{word.upper()}", word, length)

    def _iteration(self, word: str, length: int) -> Token:
        token = self._token(f"_{word.upper()}", word, length)
        self._open("for")
        self.before = "_FOR"
        return token

    def _number(self) -> Token | None:
        found = NUMBER.match(self.text, self.place)
        return self._token("NUMBER", found[0], found.end() - self.place) if found else None

    def _string(self) -> Token | None:
        start = self.place
        if self.text.startswith("@", start):
            found = STRING.match(self.text, start + 1)
            if not found:
                raise self.fail('Efter @ følger en tekst i "citationstegn"')
            return self._token("AT", unescape(found[1]), found.end() - start)
        found = STRING.match(self.text, start)
        if found:
            return self._token("STRING", unescape(found[1]), found.end() - start)
        if self.text.startswith('"', start):
            raise self.fail("Teksten mangler sit afsluttende citationstegn")
        return None

    def _symbol(self) -> Token:
        found = SYMBOL.match(self.text, self.place)
        if not found:
            char = self.text[self.place]
            raise self.fail(HINTS.get(char, f"Tegnet »{char}« kan ikke bruges her"))
        if self.text.startswith("==", self.place):
            raise self.fail("Lighed skrives med ét lighedstegn: =")
        symbol = found[0]
        if symbol in "([{" or symbol in ")]}":
            return self._bracket(symbol)
        if symbol.startswith(">") and self.top == "<":
            self.brackets.pop()
            return self._token("_CLOSE_GENERIC", ">", 1)
        if symbol == ".." and self.brackets:
            self.brackets[-1].dots = True
        return self._token(PLAIN[symbol], symbol, len(symbol))

    def _bracket(self, symbol: str) -> Token:
        ended = self.before in ENDS
        if symbol == "[" and ended and self._closes_range():
            self.brackets.pop()
            return self._token("CLOSE_EXCLUSIVE", "[", 1)
        if symbol == "]" and not ended and self.before != "LSQB":
            self._open("[")
            return self._token("OPEN_EXCLUSIVE", "]", 1)
        if symbol in "([{":
            self._open("function" if symbol == "(" and self.before == "_FUNCTION" else symbol)
        elif self.brackets:
            self.brackets.pop()
        return self._token(PLAIN[symbol], symbol, 1)

    def _closes_range(self) -> bool:
        if self.top not in ("(", "[") or not self.brackets[-1].dots:
            return False
        blank = BLANK.match(self.text, self.place + 1)
        after = blank.end() if blank else self.place + 1
        return AFTER_RANGE.match(self.text, after) is not None

    def _open(self, sort: str) -> None:
        if len(self.brackets) >= MAX_BRACKETS:
            raise self.fail("Udtrykket er for dybt")
        self.brackets.append(_Bracket(sort))

    def _expects_type(self) -> bool:
        if self.before in TYPE_BEFORE:
            return True
        if self.before == "KEY":
            return self.top in ("function", "<")
        return self.before == "_COMMA" and self.top == "<"


def unescape(text: str) -> str:
    r"""The string that was meant; an escape that FEEL does not know stays (`\d` in a pattern)."""
    if "\\" not in text:
        return text
    text = ESCAPE.sub(_unescaped, text)
    # Two halves make a character; a half alone is none, and no database would take it.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unescaped(found: re.Match) -> str:
    if found[1]:
        return {"n": "\n", "r": "\r", "t": "\t"}.get(found[1], found[1])
    code = int(found[2] or found[3], 16)
    return chr(code) if code <= 0x10FFFF else found[0]


def _closes_test(text: str, place: int) -> bool:
    """Whether the bracket opened just before `place` closes at the end or before a comma."""
    depth = 1
    while place < len(text):
        skipped = STRING.match(text, place) or BLANK.match(text, place)
        if skipped:
            place = skipped.end()
            continue
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        place += 1
        if depth == 0:
            blank = BLANK.match(text, place)
            return text[blank.end() if blank else place :][:1] in ("", ",")
    return False


class Tokens(Lexer):
    """The scanner as lark wants it."""

    def __init__(self, conf):
        pass

    def lex(self, scanner: Scanner) -> Iterator[Token]:
        return scanner.tokens()
