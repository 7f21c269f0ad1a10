"""The narrow subset of SQL that the compiler writes, as SQLGlot trees; nothing here knows of measures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from sqlglot import exp

Tree = exp.Expr


def column(name: str, table: str) -> exp.Column:
    """A quoted, qualified column."""
    return exp.Column(this=identifier(name), table=identifier(table))


def identifier(name: str) -> exp.Identifier:
    """A quoted name. (SQLGlot's own `to_identifier` and `column` copy what they are given.)"""
    return exp.Identifier(this=name, quoted=True)


def constant(value: object) -> Tree:
    """A literal of the right type."""
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, date):
        return exp.Cast(
            this=exp.Literal.string(value.isoformat()), to=exp.DataType.build(exp.DataType.Type.DATE)
        )
    if isinstance(value, int | Decimal):
        digits = f"{abs(Decimal(value)):f}"
        return exp.Literal.number(digits) if value >= 0 else exp.Neg(this=exp.Literal.number(digits))
    return exp.Literal.string(str(value))


def both(*conditions: Tree) -> Tree:
    """All conditions together; true when there is none."""
    return exp.and_(*conditions, copy=False) if conditions else exp.true()


def either(*conditions: Tree) -> Tree:
    """At least one condition; false when there is none."""
    return exp.or_(*conditions, copy=False) if conditions else exp.false()


def negated(condition: Tree) -> Tree:
    """The opposite of a two-valued condition."""
    return exp.Not(this=exp.Paren(this=condition))


def sure(condition: Tree) -> Tree:
    """A condition made two-valued: unknown becomes false."""
    return exp.Coalesce(this=condition, expressions=[exp.false()])


def loose(condition: Tree) -> Tree:
    """The same condition where unknown counts as false anyway (WHERE, CASE WHEN): engines see plain comparisons."""
    if isinstance(condition, exp.And | exp.Or):
        left, right = loose(condition.this), loose(condition.expression)
        return type(condition)(this=left, expression=right)
    if isinstance(condition, exp.Paren):
        return exp.Paren(this=loose(condition.this))
    if isinstance(condition, exp.Coalesce) and condition.expressions == [exp.false()]:
        inner = condition.this.copy()
        return exp.Paren(this=inner) if isinstance(inner, exp.And | exp.Or) else inner
    return condition.copy()


def or_zero(value: Tree) -> Tree:
    """A number with 0 for an empty one."""
    return exp.Coalesce(this=value, expressions=[constant(0)])


def case(condition: Tree, then: Tree, otherwise: Tree | None = None) -> Tree:
    """CASE WHEN … THEN … ELSE … END."""
    return exp.Case(ifs=[exp.If(this=loose(condition), true=then)], default=otherwise)


def total(value: Tree) -> Tree:
    """SUM with 0 for no rows."""
    return or_zero(exp.Sum(this=value))


def count_if(condition: Tree) -> Tree:
    """How many rows meet a condition, 0 for none."""
    if isinstance(condition, exp.Boolean) and condition.this:
        return exp.Count(this=exp.Star())
    return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=loose(condition)))


def prefix(value: Tree, digits: int) -> Tree:
    """The first digits of a code; '0' (the nation) for none. Shorter codes are kept as they are."""
    if digits == 0:
        return constant("0")
    return exp.Substring(this=value, start=constant(1), length=constant(digits))


def long_enough(value: Tree, digits: int) -> Tree:
    """Whether a code has at least so many digits."""
    return exp.GTE(this=exp.Length(this=value), expression=constant(digits))


def among(value: Tree, choices: Iterable[object]) -> Tree:
    """Whether a value is one of some constants; false when there are none."""
    items = [constant(choice) for choice in choices]
    return exp.In(this=value, expressions=items) if items else exp.false()


def named(tree: Tree, name: str) -> Tree:
    """An expression with its column name."""
    return exp.alias_(tree, identifier(name), copy=False)


def source(name: str, alias: str) -> exp.Table:
    """A table under an alias."""
    return exp.Table(
        this=identifier(name),
        alias=exp.TableAlias(this=identifier(alias)),
    )


def left_join(select: exp.Select, table: Tree, on: Tree) -> exp.Select:
    """The same select with one more LEFT JOIN. (SQLGlot's own `join` parses the word "left" each time.)"""
    select.append("joins", exp.Join(this=table, side="LEFT", on=on))
    return select


def stacked(selects: Sequence[exp.Select]) -> exp.Query:
    """UNION ALL of one or more selects."""
    tree: exp.Query = selects[0]
    for select in selects[1:]:
        tree = exp.union(tree, select, distinct=False, copy=False)
    return tree
