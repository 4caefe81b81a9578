#!/usr/bin/env python3
"""Turns a folder into OUT.cc and OUT.S: the table homing::edge::embedded_files() and the bytes themselves.

NAME.br and NAME.gz are not files of their own but the compressed forms of NAME. Each file is included as it is
(.incbin), so a rebuild takes no time whatever the app's size.
"""
import mimetypes
import pathlib
import sys

TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8",
         ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json", ".json": "application/json",
         ".woff2": "font/woff2", ".png": "image/png", ".ico": "image/x-icon", ".txt": "text/plain; charset=utf-8"}

PACKED = (".br", ".gz")  # as EmbeddedFile has them


def main() -> None:
    root, out = pathlib.Path(sys.argv[1]), sys.argv[2]
    everything = sorted(p for p in root.rglob("*") if p.is_file()) if root.is_dir() else []
    files = [p for p in everything if p.suffix not in PACKED]
    numbers = {path: number for number, path in enumerate(everything)}
    rows, externs, asm = [], [], ['.section .note.GNU-stack,"",@progbits', ".section .rodata"]
    for path, number in numbers.items():
        asm += [f".global homing_asset_{number}", f"homing_asset_{number}:", f'.incbin "{path.resolve()}"', ".byte 0"]
        externs.append(f"extern const char homing_asset_{number}[];")

    def view(path: pathlib.Path) -> str:
        return f"std::string_view(homing_asset_{numbers[path]}, {path.stat().st_size})" if path in numbers else "{}"

    for path in files:
        kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        name = "/" + path.relative_to(root).as_posix()
        views = ", ".join(view(p) for p in (path, *(path.with_name(path.name + ending) for ending in PACKED)))
        rows.append(f'    {{"{name}", "{kind}", {views}}},')
    pathlib.Path(out + ".S").write_text("\n".join(asm) + "\n")
    pathlib.Path(out + ".cc").write_text(
        '#include "edge/embedded.h"\n\n#include <array>\n\nextern "C" {\n' + "\n".join(externs) + "\n}\n\n"
        "namespace homing::edge {\n\nstd::span<const EmbeddedFile> embedded_files() {\n"
        f"  static const std::array<EmbeddedFile, {len(rows)}> files{{{{\n" + "\n".join(rows) + "\n  }};\n"
        "  return files;\n}\n\n}  // namespace homing::edge\n")


main()
