#!/usr/bin/env python3
"""The bench's own arithmetic: nothing here is timed."""
import os
import sys
import unittest
import xml.dom.minidom

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import figures
import plot
from rows import DEFAULT, ROWS, Floor, Row

# A round machine and a round model: every limit can be had by hand.
MACHINE = {"cpu": "Some Xeon", "cores": 2, "threads": 2, "read_bytes_s": 1e10, "int8_macs_s": 1e12, "f32_macs_s": 1e11}
COST = {"int8_macs": 1e9, "f32_macs": 0, "output_macs": 1e8, "attn_macs": 1e5, "kv_bytes_per_token": 1e4,
        "step_weight_bytes": 1e9, "backend": "cpu-avx512"}


class Limits(unittest.TestCase):
    def test_prefill(self):
        # 1 token at 0: 1.1e9 int8 (1.1 ms) and one position of attention (1 us).
        self.assertAlmostEqual(figures.prefill_limit(COST, MACHINE, 1, 0), 1 / (1.1e-3 + 1e-6))
        # 100 tokens after 1000: 1e11 + 1e8 int8 = 100.1 ms; 100 x 1000 + 5050 positions = 105.05 ms.
        self.assertAlmostEqual(figures.prefill_limit(COST, MACHINE, 100, 1000), 100 / (0.1001 + 0.10505))

    def test_prefill_of_floats(self):
        cost = {**COST, "int8_macs": 0, "f32_macs": 1e9, "attn_macs": 0}
        self.assertAlmostEqual(figures.prefill_limit(cost, MACHINE, 1, 0), 1 / 0.011)

    def test_decode(self):
        # 3 steps after 98 see 100 on average: 1e9 + 1e6 bytes a step.
        self.assertAlmostEqual(figures.decode_limit(COST, MACHINE, 3, 98, 1), 1e10 / 1.001e9)
        # Four sequences read the weights once, the KV four times, and give four tokens.
        self.assertAlmostEqual(figures.decode_limit(COST, MACHINE, 3, 98, 4), 4e10 / 1.004e9)

    def test_the_highest_probe_counts(self):
        m = figures.best(MACHINE, {**MACHINE, "read_bytes_s": 2e10, "int8_macs_s": 5e11})
        self.assertEqual((m["read_bytes_s"], m["int8_macs_s"], m["f32_macs_s"]), (2e10, 1e12, 1e11))
        self.assertEqual(figures.best({}, MACHINE), MACHINE)


def run(pre, dec):
    return {**COST, "prefill_tok_s": pre, "decode_tok_s": dec}


class Summary(unittest.TestCase):
    row = Row("M", 1, 3, depth=98, floor=Floor(50, 60, (5, 2), (1, 1)))

    def test_ratio_is_of_pairs(self):
        # The medians' ratio would be 3; the pairs' are 3, 10, 2.
        r = figures.summary(self.row, [run(30, 6), run(40, 6), run(20, 6)], [run(10, 2), run(4, 2), run(10, 2)], MACHINE)
        self.assertEqual(r["prefill"]["ratio"], {"median": 3, "min": 2, "max": 10})
        self.assertEqual(r["prefill"]["ours"]["median"], 30)
        self.assertAlmostEqual(r["decode"]["share"], 100 * 6 / (1e10 / 1.001e9))
        self.assertIs(r["prefill"]["met"], False)      # 3 < 5
        self.assertIs(r["decode"]["met"], True)        # 3 >= 2, 60.06 % >= 60 %

    def test_kind_of_machine(self):
        r = figures.summary(self.row, [run(600, 6)], [run(400, 6)], {**MACHINE, "cpu": "AMD EPYC"})
        self.assertEqual((r["prefill"]["ratio_floor"], r["prefill"]["met"]), (1, True))

    def test_without_peer_or_floor(self):
        r = figures.summary(Row("M", 0, 3), [run(0, 6)], [], MACHINE)
        self.assertNotIn("prefill", r)
        self.assertNotIn("ratio", r["decode"])
        self.assertIsNone(r["decode"]["met"])

    def test_table(self):
        r = figures.summary(self.row, [run(30, 6)], [run(10, 2)], MACHINE)
        head, rule, line = figures.table([r], "decode").splitlines()
        self.assertEqual(line, "| M, depth 98 | 3 | 6.00 | 2.00 | 3.00 (3.00–3.00) | 2 | 60 % | 60 % | ✔ |")
        self.assertEqual(head.count("|"), line.count("|"))
        self.assertEqual(rule.count("|"), line.count("|"))


class Rows(unittest.TestCase):
    def test_names_differ(self):
        names = [r.name for r in ROWS]
        self.assertEqual(len(names), len(set(names)))

    def test_each_target_has_its_row(self):
        self.assertEqual(sum(r.floor != Floor() for r in ROWS), 8)

    def test_reference_rows_are_alone(self):
        self.assertTrue(all(not r.peer for r in ROWS if r.level))


class Plot(unittest.TestCase):
    def test_is_xml_with_every_line(self):
        def result(depth, batch, peer):
            t = {"ours": figures.spread([100.0 / (1 + depth)])}
            if peer:
                t["peer"] = figures.spread([10.0])
            return {"model": DEFAULT, "threads": 2, "full": True, "depth": depth, "batch": batch, "prefill": t, "decode": t}
        text = plot.svg([result(0, 1, True), result(0, 8, True), result(512, 1, True), result(4096, 1, False)], DEFAULT)
        doc = xml.dom.minidom.parseString(text)
        self.assertEqual(len(doc.getElementsByTagName("polyline")), 4 + 2)
        self.assertNotIn("nan", text)

    def test_nothing_to_draw(self):
        self.assertIsNone(plot.svg([], DEFAULT))


if __name__ == "__main__":
    unittest.main()
