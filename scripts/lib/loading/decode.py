"""From bytes to plain UTF-8 text with one kind of line end, or one sentence on why not.

Nothing is guessed that could be wrong in silence: text is UTF-8 if every byte of it is; else,
without a byte order mark, it is GB18030 (GBK) only if every byte is and the characters are ones
people write; anything else must be named by the mapping.
"""

import codecs
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lib.errors import UserError

CHUNK = 1 << 20
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
COMPRESSED = {b"\x1f\x8b": "gzip", b"PK\x03\x04": "ZIP", b"\x28\xb5\x2f\xfd": "Zstandard"}
# Common hanzi are in GB 2312; Western text misread as GBK is mostly outside it.
COMMON_HANZI_SHARE = 0.8


@dataclass(frozen=True)
class Fingerprint:
    """What a file was when it was read: size in bytes, modification time in ns, SHA-256."""

    size: int
    modified: int
    sha256: str


@dataclass(frozen=True)
class Text:
    """A text file DuckDB can read: `path` is UTF-8, each of its `lines` ends in the same way."""

    path: Path
    lines: int


def fingerprint(path: Path) -> Fingerprint:
    """Hash a file. Errors: a folder, an absent or unreadable file."""
    if path.is_dir():
        raise UserError(f"{path} is a folder; name a file in it, or a pattern such as *.csv")
    if path.exists() and not path.is_file():
        raise UserError(f"{path} is no regular file; write its rows to one first")
    try:
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(
            f"{path} cannot be read ({error.strerror}); check its name and your rights to it"
        ) from None
    return Fingerprint(state.st_size, state.st_mtime_ns, digest)


def refuse_if_changed(path: Path, before: Fingerprint) -> None:
    """A file that grows or changes while it is read gives rows nobody can account for."""
    if fingerprint(path) != before:
        raise UserError(f"{path.name} changed while it was read; load it again when it is complete")


def decode(path: Path, workdir: Path, encoding: str | None = None, *, split: bool = False) -> Text:
    """Plain UTF-8 for `path`: the file itself where it is that already, else a copy in `workdir`.

    `encoding` is the mapping's, a Python codec; `split` puts tabs where whitespace separates
    columns. Errors: an empty or compressed file, a NUL byte, an invalid byte, an unknown encoding.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise UserError(f"{path.name} is empty; export it again")
    for magic, kind in COMPRESSED.items():
        if start.startswith(magic):
            raise UserError(f"{path.name} is {kind}-compressed; unpack it and load what is inside")
    for mark, name in BYTE_ORDER_MARKS.items():
        if start.startswith(mark):
            encoding = encoding or name
    if encoding in (None, "utf-8-sig"):
        ends = _LineEnds()
        invalid_line = _scan_utf8(path, ends)
        if invalid_line is None and ends.uniform and not split:
            return Text(path, ends.lines)
        if invalid_line is not None and encoding is None:
            _refuse_unless_chinese(path, invalid_line)
            encoding = "gb18030"
    return _transcode(path, scratch_path(workdir, ".txt"), encoding or "utf-8", split)


def scratch_path(workdir: Path, suffix: str) -> Path:
    """A path in `workdir` that nothing has yet."""
    return workdir / f"{len(list(workdir.iterdir()))}{suffix}"


def path_for_duckdb(path: Path, workdir: Path) -> Path:
    """`path`, or a link to it: DuckDB takes *, ? and [ in a name for a pattern of names."""
    if not any(char in str(path) for char in "*?["):
        return path
    link = scratch_path(workdir, path.suffix)
    link.symlink_to(path.resolve())
    return link


class _LineEnds:
    """Counts the line ends of bytes fed in chunks."""

    def __init__(self) -> None:
        self.feeds = self.pairs = 0
        self.last = b""

    def feed(self, chunk: bytes) -> None:
        self.feeds += chunk.count(b"\n")
        self.pairs += chunk.count(b"\r\n") + (self.last == b"\r" and chunk[:1] == b"\n")
        self.last = chunk[-1:] or self.last

    @property
    def uniform(self) -> bool:
        """All lines end in a feed, or all in a return and a feed."""
        return self.feeds > 0 and self.pairs in (0, self.feeds)

    @property
    def lines(self) -> int:
        return self.feeds + (self.last != b"\n")


def _chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, then an empty piece that says it is over."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk
    yield b""


def _scan_utf8(path: Path, ends: _LineEnds) -> int | None:
    """None when every byte is UTF-8, else the line that is not; a NUL byte is refused at once."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for chunk in _chunks(path):
        nul = chunk.find(b"\0")
        if nul >= 0:
            raise _nul_byte(path, ends.feeds + chunk.count(b"\n", 0, nul) + 1)
        try:
            decoder.decode(chunk, not chunk)
        except UnicodeDecodeError as error:
            return ends.feeds + chunk.count(b"\n", 0, error.start) + 1
        ends.feed(chunk)
    return None


def _nul_byte(path: Path, line: int) -> UserError:
    return UserError(
        f"{path.name} holds a NUL byte in line {line}; it is damaged, or UTF-16 without a byte"
        " order mark (then set options: {encoding: utf-16-le} in the mapping)"
    )


def _refuse_unless_chinese(path: Path, line: int) -> None:
    """Pass only a file that really reads as GB18030; `line` is where it stops being UTF-8.

    A damaged byte in UTF-8 text also decodes as GBK now and then; such text is otherwise valid
    UTF-8, while real GBK is invalid in nearly every character. Western text decodes into rare
    hanzi.
    """
    as_utf8 = codecs.getincrementaldecoder("utf-8")("replace")
    as_gbk = codecs.getincrementaldecoder("gb18030")()
    valid = invalid = hanzi = common = 0
    refusal = UserError(
        f"{path.name} is neither UTF-8 nor GBK: line {line} has a byte that is damaged or of"
        " another encoding; mend it, or name the encoding: options: {encoding: cp1252}"
    )
    for chunk in _chunks(path):
        text = as_utf8.decode(chunk, not chunk)
        bad = text.count("\ufffd")
        invalid += bad
        valid += len(text) - len(text.encode("ascii", "ignore")) - bad
        try:
            text = as_gbk.decode(chunk, not chunk)
        except UnicodeDecodeError:
            raise refusal from None
        latin = len(text.encode("ascii", "ignore"))
        hanzi += len(text) - latin
        common += (len(text.encode("gb2312", "ignore")) - latin) // 2
    if valid > invalid or common < COMMON_HANZI_SHARE * hanzi:
        raise refusal


def _transcode(path: Path, target: Path, encoding: str, split: bool) -> Text:
    """Write `path` as UTF-8 with line feeds to `target`."""
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise UserError(f"the mapping names an encoding Python does not know: {encoding}") from None
    lines, rest = 0, ""
    with target.open("w", encoding="utf-8", newline="") as out:
        for chunk in _chunks(path):
            try:
                text = rest + decoder.decode(chunk, not chunk)
            except UnicodeDecodeError:
                raise UserError(
                    f"{path.name} is not {encoding} text after line {lines + 1}; mend the damaged"
                    " byte, or name the real encoding in the mapping's options"
                ) from None
            # Whole lines only, so that neither "\r\n" nor a row to be split is cut in two.
            complete = text.rfind("\n") + 1 if chunk else len(text)
            text, rest = text[:complete].replace("\r\n", "\n"), text[complete:]
            if "\0" in text:
                raise _nul_byte(path, lines + text.count("\n", 0, text.index("\0")) + 1)
            if not chunk and lines == 0 and "\n" not in text:
                text = text.replace("\r", "\n")
            if split:
                text = "\n".join("\t".join(line.split()) for line in text.split("\n"))
            lines += text.count("\n") + (not chunk and text[-1:] not in ("", "\n"))
            out.write(text)
    return Text(target, lines)
