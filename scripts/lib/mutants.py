"""Small wrongs that a person could do to a model's SQL, one at a time."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

import sqlglot
from sqlglot import exp

DIALECT = "duckdb"
# columns that the macro repeats_of makes itself
OF_REPEATS = {
    "is_newest", "is_contradicted", "standing", "changed_at", "said", "load_id", "source_line",
    "repeat_reason",
}  # fmt: skip

BOUNDS = ("above", "at_least", "below", "up_to")

# A node → what could stand there by mistake.
Slip = Callable[[exp.Expr], list[exp.Expr]]


@dataclass(frozen=True)
class Mutant:
    """A model's SQL with one thing wrong: which kind, and the place before and after."""

    kind: str
    before: str
    after: str
    sql: str


class Place(NamedTuple):
    """Where something can be wrong: the node's number in the walk, the kind, which wrong of it."""

    node: int
    kind: str
    choice: int


def places(sql: str) -> list[Place]:
    """Every place of a statement at which something can be wrong, in the order of its text."""
    tree = _parsed(sql)
    return [
        Place(number, kind, choice)
        for number, node in enumerate(tree.walk())
        for kind, slip in SLIPS.items()
        for choice in range(len(slip(node)))
    ]


def slip(model: str, sql: str, place: Place) -> tuple[str, ...]:
    """What a person would have done: the same for every place that one macro's text was put in.

    Nobody can get a macro wrong in one model only, so its places are one slip, and what notices
    it in one model notices it. Columns are what the macro is given, so they do not count; nor
    does it count how often the macro writes down what it was given.
    """
    tree = _parsed(sql)
    node = next(node for number, node in enumerate(tree.walk()) if number == place.node)
    if value := _given_to_falls_in(node):
        number = next(number for number, one in enumerate(value.walk()) if one is node)
        return (
            model,
            f"in {value.sql(dialect=DIALECT)}",
            f"{number}",
            place.kind,
            f"{place.choice}",
        )
    macro = _macro(node)
    if macro is None:
        return (model, str(place.node), place.kind, str(place.choice))
    wrong = SLIPS[place.kind](node)[place.choice]
    if macro == "mean_of":
        given = _nameless(_given_to_mean_of(node))
        around = node.parent or node
        texts = (_nameless(one).replace(given, "_") for one in (node, wrong, around))
        return (macro, place.kind, *texts)
    if macro == "round_to_9_digits":
        return (macro, place.kind, type(node.parent).__name__, type(node).__name__)
    if isinstance(node, exp.Literal) and node.parent is not None:
        return (macro, place.kind, _nameless(node.parent), node.sql(dialect=DIALECT))
    if macro == "falls_in":
        return (macro, place.kind, _bound_of(node), type(node).__name__)
    return (macro, place.kind, _nameless(node), _nameless(wrong))


def _macro(node: exp.Expr) -> str | None:
    """The macro that wrote a node, of those that many models are given."""
    if _bound_of(node):
        return "falls_in"
    ancestor: exp.Expr | None = node
    while ancestor is not None:
        if isinstance(ancestor, exp.Case):
            first = ancestor.args["ifs"][0]
            if "TYPEOF(" in first.this.sql(DIALECT):
                return "utc_timestamp"
            if first.args["true"].sql(DIALECT) == "'date_in_future'":
                return "implausible_date"
        if isinstance(ancestor, exp.Coalesce) and "'%E+%'" in ancestor.this.sql(DIALECT):
            return "mangled_id"
        if isinstance(ancestor, exp.CTE) and ancestor.alias == "repeats":
            return "repeats_of"
        if isinstance(ancestor, exp.Div) and ancestor.expression.sql(DIALECT) == "1e9":
            if ancestor.find(exp.Rank):
                return "mid_rank_percentile"
            if _is_mean(ancestor):
                return "mean_of" if _given_to_mean_of(node) not in _ancestors(node) else None
            rounded = ancestor.find(exp.Cast)
            return None if rounded in _ancestors(node) else "round_to_9_digits"
        if isinstance(ancestor, exp.Add) and isinstance(ancestor.this, exp.DateFromParts):
            return "birthday"
        ancestor = ancestor.parent
    return None


def _is_mean(node: exp.Expr) -> bool:
    """Whether mean_of wrote a division: of a rounded sum of whole billionths."""
    summed = node.this.find(exp.Sum) if isinstance(node.this, exp.Floor) else None
    return bool(summed and isinstance(summed.this, exp.Cast) and summed.find(exp.Floor))


def _given_to_mean_of(node: exp.Expr) -> exp.Expr:
    """The number whose mean it is that a node belongs to: `n` in floor(n * 1e9 + 0.5)."""
    mean = next(one for one in _ancestors(node) if isinstance(one, exp.Div) and _is_mean(one))
    (whole,) = (one.this for one in mean.this.find_all(exp.Cast) if isinstance(one.this, exp.Floor))
    (times,) = (one for one in whole.find_all(exp.Mul) if one.expression.sql(DIALECT) == "1e9")
    given: exp.Expr = times.this
    return given


def _ancestors(node: exp.Expr) -> list[exp.Expr]:
    return [node, *(_ancestors(node.parent) if node.parent else [])]


def _bound_of(node: exp.Expr) -> str:
    """The column of a band that a node of falls_in compares with; empty elsewhere.

    `bands.above is null or value > bands.above`: the or, either side, nothing within the value.
    """
    if isinstance(node, exp.Or):
        left, right = _bound_of(node.left), _bound_of(node.right)
        return left if left == right else ""
    told = node.this if isinstance(node, exp.Is) else node.args.get("expression")
    is_compared = isinstance(node, exp.Is | exp.GT | exp.GTE | exp.LT | exp.LTE)
    if is_compared and isinstance(told, exp.Column) and told.name in BOUNDS:
        return str(told.name)
    return ""


def _given_to_falls_in(node: exp.Expr) -> exp.Expr | None:
    """The value in which a node is, if it is one that falls_in compares with the bounds.

    A case that is asked whether it is null is given to measure_falls_in.
    """
    while node.parent is not None:
        is_compared = bool(_bound_of(node.parent)) and not isinstance(node.parent, exp.Is | exp.Or)
        is_asked = isinstance(node, exp.Case) and node.this and isinstance(node.parent, exp.Is)
        if node.arg_key == "this" and (is_compared or is_asked):
            return node
        node = node.parent
    return None


def _nameless(node: exp.Expr) -> str:
    """The text without the names of columns and tables, and a key of several as one of one."""

    def blank(one: exp.Expr) -> exp.Expr:
        is_given = isinstance(one, exp.Column) and one.name not in OF_REPEATS
        if is_given or isinstance(one, exp.Neg):
            return exp.column("_")
        if isinstance(one, exp.Table):
            return exp.to_table("_")
        return one

    text = str(node.copy().transform(blank).sql(dialect=DIALECT))
    return re.sub(r"_(, _)+", "_", re.sub(r"repeated_key_\d", "repeated_key", text))


@cache
def _parsed(sql: str) -> exp.Expr:
    return sqlglot.parse_one(sql, read=DIALECT)


@cache
def _words(sql: str) -> list[str]:
    return [node.sql(dialect=DIALECT) for node in _parsed(sql).walk()]


def words_at(sql: str, place: Place) -> tuple[str, str, int]:
    """What stands at a place, and what would be wrong with it."""
    return (_words(sql)[place.node], place.kind, place.choice)


@lru_cache(maxsize=32)  # of the unit tests of a model most run the same SQL
def mutant(sql: str, *wrong: Place) -> Mutant:
    """The statement with what is wrong at a place, or at each place of a macro's text."""
    tree = _parsed(sql).copy()
    nodes = list(tree.walk())
    for place in sorted(wrong, reverse=True):  # from the inside out
        node = nodes[place.node]
        before, becomes = node.sql(dialect=DIALECT), SLIPS[place.kind](node)[place.choice]
        after = becomes.sql(dialect=DIALECT)
        if place.node:
            node.replace(becomes)
        else:
            tree = becomes
    return Mutant(place.kind, before, after, tree.sql(dialect=DIALECT))


def mutants(sql: str) -> Iterator[Mutant]:
    """Every mutant of a statement."""
    return (mutant(sql, place) for place in places(sql))


def unchanged(sql: str) -> str:
    """The statement as sqlglot writes it: what mutants are compared with."""
    return sqlglot.parse_one(sql, read=DIALECT).sql(dialect=DIALECT)


def _swap(pairs: dict[type[exp.Expr], type[exp.Expr]]) -> Slip:
    def slip(node: exp.Expr) -> list[exp.Expr]:
        other = pairs.get(type(node))
        if other is None:
            return []
        return [other(**{name: _copied(value) for name, value in node.args.items()})]

    return slip


def _copied(value: object) -> object:
    if isinstance(value, list):
        return [_copied(one) for one in value]
    return value.copy() if isinstance(value, exp.Expr) else value


def _constants(node: exp.Expr) -> list[exp.Expr]:
    """A number one off; a text of a comparison that is no longer the same."""
    if not isinstance(node, exp.Literal) or isinstance(node.parent, exp.DataTypeParam):
        return []
    counted = node.find_ancestor(exp.Count)
    if counted and isinstance(counted.this, exp.Case) and node.arg_key == "true":
        return []  # whatever is counted, it is counted once
    if not node.is_string:
        if "e" in node.this:
            mantissa, exponent = node.this.split("e")
            return [exp.Literal.number(f"{Decimal(mantissa) + 1}e{exponent}")]
        number = int(node.this) if node.this.isdigit() else float(node.this)
        return [exp.Literal.number(number + 1)]
    if isinstance(node.parent, exp.EQ | exp.NEQ | exp.In | exp.If):
        return [exp.Literal.string(node.this + "~")]
    return []


def _negations(node: exp.Expr) -> list[exp.Expr]:
    """A condition without its `not`, or with one."""
    if isinstance(node, exp.Not):
        return [node.this.copy()]
    if isinstance(node, exp.Is):
        return [exp.Not(this=node.copy())] if not isinstance(node.parent, exp.Not) else []
    return []


def _joins(node: exp.Expr) -> list[exp.Expr]:
    if not isinstance(node, exp.Join) or node.args.get("method") or not node.args.get("on"):
        return []
    side = "" if node.side else "LEFT"
    if side and _is_needed_later(node):
        return []
    wrong = node.copy()
    wrong.set("side", side)
    wrong.set("kind", "" if side else "INNER")
    return [wrong]


def _is_needed_later(join: exp.Join) -> bool:
    """Whether a row without partner is dropped anyway: a later condition needs its columns."""
    query = join.find_ancestor(exp.Select)
    joins = query.args.get("joins", []) if query else []
    later = [
        one.args["on"]
        for one in joins[joins.index(join) + 1 :]
        if not one.side and one.args.get("on")
    ]
    where = query.args.get("where") if query else None
    return any(
        isinstance(column, exp.Column) and column.table == join.this.alias_or_name
        for condition in [*later, *([where.this] if where else [])]
        for part in (condition.flatten() if isinstance(condition, exp.And) else [condition])
        if isinstance(part, exp.EQ | exp.NEQ | exp.LT | exp.LTE | exp.GT | exp.GTE)
        for column in (part.left, part.right)
    )


def _aggregates(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Count) and isinstance(node.this, exp.Distinct):
        return [exp.Count(this=node.this.expressions[0].copy())]
    return []


def _fallbacks(node: exp.Expr) -> list[exp.Expr]:
    """The first value without its fallback."""
    return [node.this.copy()] if isinstance(node, exp.Coalesce) else []


def _branches(node: exp.Expr) -> list[exp.Expr]:
    """A `case` without its first branch."""
    if not isinstance(node, exp.Case) or len(node.args["ifs"]) < 2:
        return []
    wrong = node.copy()
    wrong.set("ifs", wrong.args["ifs"][1:])
    return [wrong]


def _frames(node: exp.Expr) -> list[exp.Expr]:
    """A frame that begins or ends a row off; an order the other way round."""
    if isinstance(node, exp.WindowSpec):
        wrong: list[exp.Expr] = []
        for end, side in (("start", "start_side"), ("end", "end_side")):
            if node.args.get(end) == "UNBOUNDED":
                other = node.copy()
                other.set(end, exp.Literal.number(1))
                other.set(side, node.args.get(side))
                wrong.append(other)
            elif node.args.get(end) == "CURRENT ROW":
                other = node.copy()
                other.set(end, exp.Literal.number(1))
                other.set(side, "PRECEDING")
                wrong.append(other)
        return wrong
    if isinstance(node, exp.Ordered) and node.find_ancestor(exp.Window):
        wrong_way = node.copy()
        wrong_way.set("desc", not node.args.get("desc"))
        return [wrong_way]
    return []


def _sets(node: exp.Expr) -> list[exp.Expr]:
    """Rows counted once where they should all count, and the other way round."""
    if isinstance(node, exp.Union):
        left, right = _marks(node.this), _marks(node.expression)
        if any(left[name].isdisjoint(right[name]) for name in left.keys() & right.keys()):
            return []  # each side says in words which it is: no row of one is the other's
        if isinstance(node.parent, exp.Union) and node.parent.args.get("distinct"):
            return []  # the union around it leaves each row once
        wrong = node.copy()
        wrong.set("distinct", not node.args.get("distinct"))
        return [wrong]
    if isinstance(node, exp.Select) and node.args.get("distinct"):
        everything = node.copy()
        everything.set("distinct", None)
        return [everything]
    return []


def _marks(query: exp.Expr) -> dict[str, set[str]]:
    """The columns that are one constant in all rows of a select, or of each of a union."""
    if isinstance(query, exp.Union):
        left, right = _marks(query.this), _marks(query.expression)
        return {name: left[name] | right[name] for name in left.keys() & right.keys()}
    return {
        one.alias: {one.this.this}
        for one in query.expressions
        if isinstance(one, exp.Alias) and isinstance(one.this, exp.Literal)
    }


SLIPS: dict[str, Slip] = {
    "bound": _swap({exp.LT: exp.LTE, exp.LTE: exp.LT, exp.GT: exp.GTE, exp.GTE: exp.GT}),
    "comparison": _swap({exp.EQ: exp.NEQ, exp.NEQ: exp.EQ}),
    "and/or": _swap({exp.And: exp.Or, exp.Or: exp.And}),
    "not": _negations,
    "arithmetic": _swap({exp.Add: exp.Sub, exp.Sub: exp.Add, exp.Mul: exp.Add}),
    "aggregate": _swap({exp.Sum: exp.Max, exp.Min: exp.Max, exp.Max: exp.Min, exp.Avg: exp.Max}),
    "distinct": _aggregates,
    "function": _swap(
        {
            exp.Least: exp.Greatest,
            exp.Greatest: exp.Least,
            exp.Lag: exp.Lead,
            exp.Lead: exp.Lag,
            exp.FirstValue: exp.LastValue,
            exp.LastValue: exp.FirstValue,
        }
    ),
    "join": _joins,
    "constant": _constants,
    "fallback": _fallbacks,
    "branch": _branches,
    "frame": _frames,
    "set": _sets,
}
