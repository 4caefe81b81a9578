#!/usr/bin/env python3
"""Writes docs/errors.md and docs/limits.md from proto/*.proto and src/wire/limits.h. --stale: only names what differs."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MADE = "Made by `./do docs`; do not edit.\n\n"


def errors() -> str:
    text = (ROOT / "proto/errors.proto").read_text()
    out = ["# Errors\n\n" + MADE + "Clients match the code, never the text. *Again* says whether the same request can succeed later.\n\n"
           "| code | number | HTTP | again | meaning |\n|---|---|---|---|---|\n"]
    for name, number, facts in re.findall(r"^  (\w+) = (\d+) \[\(error\) = \{(.*)\}\];", text, re.M):
        http = re.search(r"http: (\d+)", facts)[1]
        words = re.search(r'text: "(.*)"', facts)[1]
        out.append(f"| `{name}` | {number} | {http} | {'yes' if 'retry: true' in facts else 'no'} | {words} |\n")
    return "".join(out)


def limits() -> str:
    out = ["# Limits\n\n" + MADE + "## Fields\nSizes are bytes of the encoded value.\n\n"
           "| message | field | bytes at least | bytes at most | items at most |\n|---|---|---|---|---|\n"]
    for path in sorted((ROOT / "proto").glob("*.proto")):
        message = ""
        for line in path.read_text().splitlines():
            begun = re.match(r"\s*message (\w+)", line)
            message = begun[1] if begun else message
            found = re.match(r"\s*(?:repeated |optional )?\w+ (\w+) = \d+ \[\(limit\) = \{([^}]*)\}", line)
            if found:
                value = dict(re.findall(r"(\w+): (\d+)", found[2]))
                out.append(f"| {message} | `{found[1]}` | {value.get('min_bytes', '')} | {value.get('max_bytes', '')} | {value.get('max_items', '')} |\n")
    out.append("\n## Everything else\n\n| limit | value | of what |\n|---|---|---|\n")
    for name, value, words in re.findall(r"std::size_t (k\w+) =\s+([^;]+);[ \t]*(?://\s*(.*))?", (ROOT / "src/wire/limits.h").read_text()):
        number = 1
        for factor in value.split("*"):
            number *= int(factor)
        out.append(f"| `{name}` | {number:,} | {words} |\n")
    for unit, name, value, words in re.findall(r"std::chrono::(\w+) (k\w+)\{(\d+)\};\s*(?://\s*(.*))?", (ROOT / "src/wire/limits.h").read_text()):
        out.append(f"| `{name}` | {value} {unit} | {words} |\n")
    return "".join(out)


def main() -> int:
    stale = []
    for name, text in {"docs/errors.md": errors(), "docs/limits.md": limits()}.items():
        path = ROOT / name
        if not path.is_file() or path.read_text() != text:
            stale.append(name)
            if "--stale" not in sys.argv:
                path.write_text(text)
    if stale:
        print("\n".join(stale))
    return 1 if stale and "--stale" in sys.argv else 0


sys.exit(main())
