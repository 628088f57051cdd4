"""Random numbers as SQL: a draw depends on seed, stream and key, never on the order of rows.

`hash(key xor salt)` is DuckDB's 64-bit hash of one integer (a finaliser of the murmur family); the
salt comes from seed and stream, so that each stream is an independent function of the key. One
`hash()` is never given two arguments: DuckDB joins their hashes by xor, and the streams of a key
would be mirror images of each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

UNIT = 2.0**-53


@dataclass(frozen=True)
class Chance:
    """The draws of one seed. `key` is any SQL expression of an integer; results are SQL too."""

    seed: int

    def uniform(self, stream: str, key: str) -> str:
        """A double in (0, 1)."""
        digest = sha256(f"{self.seed}/{stream}".encode()).digest()
        salt = int.from_bytes(digest[:8], signed=True)
        bits = f"hash(xor(({key})::bigint, ({salt})::bigint)) >> 11"
        return f"((({bits})::double + 0.5) * {UNIT!r})"

    def normal(self, stream: str, key: str) -> str:
        """A standard normal double, by Box and Muller (1958)."""
        radius = f"sqrt(-2 * ln({self.uniform(stream + '/radius', key)}))"
        return f"({radius} * cos(2 * pi() * {self.uniform(stream + '/angle', key)}))"

    def whole(self, stream: str, key: str, low: int, high: int) -> str:
        """A bigint from low to high, both included."""
        return f"({low} + floor({high - low + 1} * {self.uniform(stream, key)})::bigint)"

    def happens(self, stream: str, key: str, probability: float | str) -> str:
        """True with that probability (a number or an SQL expression)."""
        return f"({self.uniform(stream, key)} < {probability})"

    def pick(self, stream: str, key: str, choices: Sequence[object] | Mapping[str, int]) -> str:
        """One of the choices: all alike, or by whole-number weights."""
        if isinstance(choices, Mapping):
            choices = [choice for choice, weight in choices.items() for _ in range(weight)]
        return f"({literal(choices)})[{self.whole(stream, key, 1, len(choices))}]"


def literal(values: Sequence[object]) -> str:
    """A Python list of strings or numbers as an SQL list."""
    return "[" + ", ".join(quote(v) if isinstance(v, str) else repr(v) for v in values) + "]"


def quote(text: str) -> str:
    """An SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def by_value(expression: str, numbers: Mapping[str, float]) -> str:
    """The number that belongs to a text, as an SQL expression; null for any other text."""
    cases = " ".join(f"when {quote(text)} then {float(n)!r}" for text, n in numbers.items())
    return f"(case {expression} {cases} end)"
