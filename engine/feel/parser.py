"""From tokens to the tree."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path as File
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, v_args
from lark.exceptions import VisitError

from engine.feel import functions, membership, moments, names, nodes, structures, types
from engine.feel.errors import FeelError
from engine.feel.lexer import Scanner, Tokens
from engine.feel.limits import MAX_DEPTH, MAX_ITERATIONS, MAX_TEXT
from engine.feel.registry import BUILTINS
from engine.feel.values import NUMBERS

GRAMMAR = File(__file__).with_name("grammar.lark")


class Builder(Transformer):
    """Makes a node of every rule as soon as the parser has read it."""

    def _node(self, node: nodes.Node, position: int) -> nodes.Node:
        children = list(node.children())
        node.position = position
        node.size = 1 + sum(child.size for child in children)
        node.depth = 1 + max((child.depth for child in children), default=0)
        if node.depth > MAX_DEPTH:
            raise FeelError("Udtrykket er for dybt", "", position)
        return node

    # --- values ------------------------------------------------------------------------------

    def number(self, token: Token):
        return self._node(nodes.Literal(_number(token)), token.start_pos)

    def string(self, token: Token):
        return self._node(nodes.Literal(str(token)), token.start_pos)

    def at(self, token: Token):
        try:
            value = moments.read_any(str(token))
        except (ValueError, OverflowError):
            value = None
        return self._node(nodes.Literal(value), token.start_pos)

    def name(self, token: Token):
        return self._node(nodes.Name(str(token), BUILTINS.get(str(token)), ""), token.start_pos)

    def true(self, token: Token):
        return self._node(nodes.Literal(True), token.start_pos)

    def false(self, token: Token):
        return self._node(nodes.Literal(False), token.start_pos)

    def null(self, token: Token):
        return self._node(nodes.Literal(None), token.start_pos)

    def parenthesis(self, opening: Token, inner: nodes.Node, closing: Token):
        return inner

    def comparison_range(self, opening: Token, operator: Token, value, closing: Token):
        return self._node(membership.ComparisonTest(str(operator), value), opening.start_pos)

    def list(self, opening: Token, *rest):
        items = [item for item in rest[:-1] if item is not None]
        return self._node(structures.ListNode(items), opening.start_pos)

    def entry(self, key: Token, value: nodes.Node):
        return key, value

    def context(self, *entries):
        pairs = [entry for entry in entries if entry is not None]
        node = structures.ContextNode([str(key) for key, _ in pairs], [v for _, v in pairs])
        return self._node(node, pairs[0][0].start_pos if pairs else 0)

    def interval(self, opening: Token, start, end, closing: Token):
        node = structures.Interval(str(opening), start, end, str(closing))
        return self._node(node, opening.start_pos)

    # --- operators -----------------------------------------------------------------------------

    def arithmetic(self, left, operator: Token, right):
        return self._node(nodes.Arithmetic(left, str(operator), right), operator.start_pos)

    def compare(self, left, operator: Token, right):
        return self._node(nodes.Comparison(left, str(operator), right), operator.start_pos)

    def negation(self, minus: Token, value):
        return self._node(nodes.Negation(value), minus.start_pos)

    def and_(self, left, right):
        return self._node(nodes.And(left, right), left.position)

    def or_(self, left, right):
        return self._node(nodes.Or(left, right), left.position)

    def between(self, value, low, high):
        return self._node(nodes.Between(value, low, high), value.position)

    def in_one(self, value, test):
        return self._node(membership.In(value, [test]), value.position)

    def in_comparison(self, value, operator: Token, end):
        return self.in_one(value, self.comparison_test(operator, end))

    def in_several(self, value, tests):
        return self._node(membership.In(value, tests), value.position)

    def several(self, opening: Token, *rest):
        return [*rest[:-1]]

    def comparison_test(self, operator: Token, end):
        return self._node(membership.ComparisonTest(str(operator), end), operator.start_pos)

    def instance_of(self, value, type_):
        return self._node(nodes.InstanceOf(value, type_), value.position)

    # --- access and calls ------------------------------------------------------------------------

    def path(self, value, name: Token):
        return self._node(nodes.Path(value, str(name)), name.start_pos)

    def filter(self, value, opening: Token, condition, closing: Token):
        return self._node(structures.Filter(value, condition), opening.start_pos)

    def call(self, callee, opening: Token, *rest):
        args = rest[0] if len(rest) > 1 else []
        return self._node(functions.Call(callee, args), callee.position)

    def named_call(self, callee, opening: Token, args, closing: Token):
        node = functions.NamedCall(callee, [str(key) for key, _ in args], [v for _, v in args])
        return self._node(node, callee.position)

    def arguments(self, *args):
        return [*args]

    def named_arguments(self, *args):
        return [*args]

    def named_argument(self, key: Token, value):
        return key, value

    # --- wide expressions ------------------------------------------------------------------------

    def if_(self, condition, then, otherwise):
        return self._node(nodes.If(condition, then, otherwise), condition.position)

    def iteration(self, name: Token, domain, end=None):
        return structures.Iteration(str(name), domain, end)

    def iterations(self, *iterations):
        if len(iterations) > MAX_ITERATIONS:
            raise FeelError("For mange variable i samme løkke", "", iterations[0].domain.position)
        return [*iterations]

    def for_(self, iterations, body):
        return self._node(structures.For(iterations, body), body.position)

    def some(self, iterations, body):
        return self._node(structures.Quantified(iterations, body, True), body.position)

    def every(self, iterations, body):
        return self._node(structures.Quantified(iterations, body, False), body.position)

    def parameter(self, name: Token, type_=None):
        return str(name), type_

    def parameters(self, *parameters):
        return [*parameters]

    def function(self, opening: Token, parameters, closing: Token, body):
        node = functions.FunctionDefinition(parameters or [], body)
        return self._node(node, opening.start_pos)

    def external(self, opening: Token, parameters, closing: Token, body):
        # Functions of Java or PMML: there are none here, so calling one gives null.
        return self._node(nodes.Literal(None), opening.start_pos)

    # --- types -----------------------------------------------------------------------------------

    def named_type(self, name: Token):
        return _type(name)

    def generic_type(self, generic: Token, item):
        if generic not in ("list", "range"):
            raise FeelError(f"»{generic}« har ikke én type i sig", "", generic.start_pos)
        return (types.ListType if generic == "list" else types.RangeType)(item)

    def context_type(self, generic: Token, fields):
        return types.ContextType(fields)

    def fields(self, *parts):
        return {str(key): type_ for key, type_ in zip(parts[::2], parts[1::2], strict=True)}

    def function_type(self, generic: Token, *rest):
        return types.FunctionType([type_ for type_ in rest[:-1] if type_ is not None], rest[-1])

    # --- unary tests -----------------------------------------------------------------------------

    def unary_tests(self, *tests):
        return [*tests]

    def negated_test(self, opening: Token, *rest):
        return self._node(membership.NegatedTest([*rest[:-1]]), opening.start_pos)


def _number(token: Token) -> Decimal:
    try:
        return NUMBERS.create_decimal(str(token))
    except ArithmeticError:
        raise FeelError("Tallet er for stort", "", token.start_pos) from None


def _type(name: Token) -> types.Type:
    try:
        return types.named(str(name))
    except FeelError as error:
        raise FeelError(error.reason, "", name.start_pos) from None


@cache
def _lark() -> Lark:
    return Lark(
        GRAMMAR.read_text(encoding="utf-8"),
        parser="lalr",
        lexer=Tokens,
        start=["expression", "unary_tests"],
        transformer=v_args(inline=True)(Builder)(),
        maybe_placeholders=True,
    )


def read(text: str, known: frozenset[str], start: str) -> Any:
    """The tree of `expression` or `unary_tests`; FeelError with the place when it has none."""
    if not isinstance(text, str):
        raise FeelError("Et udtryk er en tekst")
    if len(text) > MAX_TEXT:
        raise FeelError("Udtrykket er for langt")
    scanner = Scanner(text, known, unary=start == "unary_tests")
    try:
        return _lark().parse(scanner, start=start)
    except UnexpectedInput as error:
        raise _unexpected(error, text) from None
    except VisitError as error:
        raise _placed(error.orig_exc, text) from None
    except FeelError as error:
        raise _placed(error, text) from None


def _placed(error: Exception, text: str) -> Exception:
    if isinstance(error, FeelError) and not error.text:
        return FeelError(error.reason, text, error.position)
    return error


def _unexpected(error: UnexpectedInput, text: str) -> FeelError:
    token = getattr(error, "token", None)
    if token is None or token.type == "$END":
        reason = "Udtrykket er tomt" if not text.strip() else "Udtrykket slutter for tidligt"
        return FeelError(reason, text, len(text))
    if names.WORD.fullmatch(str(token)):
        return FeelError(f"»{token}« kan ikke stå her", text, token.start_pos)
    return FeelError(f"Tegnet »{token}« kan ikke stå her", text, token.start_pos)
