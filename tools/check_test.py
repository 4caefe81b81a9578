#!/usr/bin/env python3
"""Each rule of tools/check refuses a bad sample and lets a good one pass."""
import importlib.machinery
import importlib.util
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("check", str(pathlib.Path(__file__).with_name("check")))
check = importlib.util.module_from_spec(importlib.util.spec_from_loader("check", loader))
loader.exec_module(check)

LAYERS = "row 0: base\nrow 1: store\nrow 2: store/rocks chat\nbase:\nstore: base\nchat: base store\nstore/rocks: store\n"


def awaits(code: str) -> list[str]:
    return check.check_awaits({"a.cc": code})


class Layers(unittest.TestCase):
    def test_an_arrow_down_passes(self):
        self.assertEqual([], check.check_includes(check.Layers(LAYERS), {"chat/a.cc": '#include "store/log.h"\n#include "chat/b.h"\n'}))

    def test_an_arrow_up_is_refused(self):
        self.assertIn("may not include chat", check.check_includes(check.Layers(LAYERS), {"base/a.h": '#include "chat/b.h"\n'})[0])

    def test_an_arrow_sideways_is_refused(self):
        self.assertEqual(1, len(check.check_includes(check.Layers(LAYERS), {"chat/a.cc": '#include "store/rocks/log.h"\n'})))

    def test_an_arrow_that_is_down_but_not_written_is_refused(self):
        self.assertEqual(1, len(check.check_includes(check.Layers(LAYERS), {"store/rocks/a.cc": '#include "base/id.h"\n'})))

    def test_a_unit_test_may_use_every_lower_row_but_none_above(self):
        layers = check.Layers(LAYERS)
        self.assertEqual([], check.check_includes(layers, {"store/rocks/a_test.cc": '#include "base/id.h"\n'}))
        self.assertEqual(1, len(check.check_includes(layers, {"base/a_test.cc": '#include "store/id.h"\n'})))

    def test_a_text_with_an_arrow_up_is_refused(self):
        self.assertEqual(1, len(check.check_includes(check.Layers(LAYERS + "base: chat\n"), {})))

    def test_an_unknown_folder_and_a_relative_path_are_refused(self):
        faults = check.check_includes(check.Layers(LAYERS), {"util/a.h": "", "chat/a.cc": '#include "../store/log.h"\n'})
        self.assertEqual(2, len(faults))

    def test_made_headers_pass(self):
        self.assertEqual([], check.check_includes(check.Layers(LAYERS), {"base/a.cc": '#include "frames.pb.h"\n'}))


class Words(unittest.TestCase):
    def test_each_banned_word_is_refused(self):
        for bad in ("// TODO(now): x", "// FIXME", "this is fine for now.", "http://registry." "npmjs.org/x", "see /wo" "rk/main", "cd /ro" "ot/x"):
            self.assertEqual(1, len(check.check_words({"a.h": bad})), bad)

    def test_their_innocent_neighbours_pass(self):
        for good in ("// TODO(perf): x", "before nowhere", "framework/main", "https://example.org/wo" "rk/x", "docs/ro" "ot/"):
            self.assertEqual([], check.check_words({"a.h": good}), good)


class Lengths(unittest.TestCase):
    def test_long_is_noted_and_too_long_refused(self):
        faults, notes = check.check_lengths({"a.cc": "\n" * 500, "b.cc": "\n" * 501, "c.cc": "\n" * 801})
        self.assertEqual((1, 1), (len(faults), len(notes)))


class Awaits(unittest.TestCase):
    def test_a_braced_aggregate_inside_co_await_is_refused(self):
        for bad in ("co_await log.append(Draft{id, text});", "auto x = co_await f({.a = 1, .b = g()});",
                    "co_return co_await f(a, std::vector<int>{1, 2});"):
            self.assertEqual(1, len(awaits(bad)), bad)

    def test_named_values_ids_lambdas_and_blocks_pass(self):
        for good in ("Draft draft{a, b}; co_await log.append(std::move(draft));", "co_await log.head(Seq{7});",
                     "if (auto x = co_await f(a); !x) { return g{1}; }", 'co_await f("{a}"); // {b}',
                     "if (co_await f(a)) { h(B{1}); }", "co_await f(T{});"):
            self.assertEqual([], awaits(good), good)


class Rooms(unittest.TestCase):
    def test_a_room_without_a_readme_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            room = pathlib.Path(folder, "src", "base")
            room.mkdir(parents=True)
            (room / "a.cc").write_text("")
            self.assertEqual(1, len(check.check_readmes(pathlib.Path(folder), check.Layers(LAYERS))))
            (room / "README.md").write_text("# base\n")
            self.assertEqual([], check.check_readmes(pathlib.Path(folder), check.Layers(LAYERS)))

    def test_a_dependency_without_a_reason_is_refused(self):
        self.assertEqual(1, len(check.check_dependencies("# x\nbuild g++\nbuild cmake\n", "| `cmake` | builds |\n")))


if __name__ == "__main__":
    program = unittest.main(exit=False)
    bad = len(program.result.failures) + len(program.result.errors)
    print(f"{program.result.testsRun - bad} passed, {bad} failed")
    sys.exit(1 if bad else 0)
