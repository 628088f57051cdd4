"""Random numbers as SQL: a draw is a function of the seed, a stream and a key, never of the order of rows.

`hash(key xor salt)` is DuckDB's 64-bit integer hash (a finaliser of the murmur family). The salt comes from
seed and stream, so that each stream is an independent function of the key. Two arguments are never given to
one `hash()`: DuckDB joins their hashes by xor, which makes the streams of a key mirror images of each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

UNIT = 2.0**-53


@dataclass(frozen=True)
class Chance:
    """The draws of one seed. `key` is any SQL expression of type bigint; results are SQL expressions."""

    seed: int

    def uniform(self, stream: str, key: str) -> str:
        """A double in (0, 1)."""
        digest = sha256(f"{self.seed}/{stream}".encode()).digest()
        salt = int.from_bytes(digest[:8], signed=True)
        return f"(((hash(xor(({key})::bigint, ({salt})::bigint)) >> 11)::double + 0.5) * {UNIT!r})"

    def normal(self, stream: str, key: str) -> str:
        """A standard normal double, by Box and Muller (1958)."""
        radius = f"sqrt(-2 * ln({self.uniform(stream + '/radius', key)}))"
        return f"({radius} * cos(2 * pi() * {self.uniform(stream + '/angle', key)}))"

    def whole(self, stream: str, key: str, low: int, high: int) -> str:
        """An integer from low to high, both included."""
        width = high - low + 1
        return f"({low} + floor({width} * {self.uniform(stream, key)}))::bigint"

    def happens(self, stream: str, key: str, probability: float | str) -> str:
        """True with that probability (a number or an SQL expression)."""
        return f"({self.uniform(stream, key)} < {probability})"

    def pick(self, stream: str, key: str, choices: Sequence[object] | Mapping[str, int]) -> str:
        """One of the choices: all alike, or by whole-number weights."""
        if isinstance(choices, Mapping):
            choices = [choice for choice, weight in choices.items() for _ in range(weight)]
        place = f"1 + floor({len(choices)} * {self.uniform(stream, key)})::int"
        return f"({literal(choices)})[{place}]"


def literal(values: Sequence[object]) -> str:
    """A Python list of strings or numbers as an SQL list."""
    return "[" + ", ".join(quote(v) if isinstance(v, str) else repr(v) for v in values) + "]"


def quote(text: str) -> str:
    """An SQL string literal."""
    return "'" + text.replace("'", "''") + "'"
