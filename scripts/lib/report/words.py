"""The words of the page, in both languages."""

import csv
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "zh")
Text = dict[str, str]


@cache
def words() -> dict[str, Text]:
    """Every text of words.csv by its key, as {'en': …, 'zh': …}."""
    with Path(__file__).with_name("words.csv").open(encoding="utf-8", newline="") as file:
        return {row.pop("key"): row for row in csv.DictReader(file)}


def phrase(key: str, **values: Any) -> Text:
    """The text in both languages with its {names} filled; a value may itself be a Text."""
    return {
        language: words()[key][language].format(
            **{
                name: value[language] if isinstance(value, dict) else value
                for name, value in values.items()
            }
        )
        for language in LANGUAGES
    }


def label(row: dict[str, Any], prefix: str = "label") -> Text:
    """The columns `<prefix>_en` and `<prefix>_zh` of a row."""
    return {language: row[f"{prefix}_{language}"] or "" for language in LANGUAGES}
