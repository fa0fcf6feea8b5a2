#!/usr/bin/env python3
"""The bench's own arithmetic: nothing here is timed."""
import os
import sys
import unittest
import xml.dom.minidom

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
sys.path.insert(1, os.path.join(sys.path[0], os.pardir, "e2e"))
import daemon_bench
import figures
import plot
import speculate_bench
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
        self.assertEqual(line, "| M, depth 98 | 3 | 6.00 | 2.00 | 3.00 (3.00–3.00) | **2** | 1 | 60 % | 60 % | ✔ |")
        self.assertEqual(head.count("|"), line.count("|"))
        self.assertEqual(rule.count("|"), line.count("|"))


    def test_table_of_the_other_kind_and_unmet(self):
        # 0.9 x the peer: the AMD kind asks for 1, and the share, 0.9 tok/s of 9.99, is none of the 60 %.
        r = figures.summary(self.row, [run(30, 0.9)], [run(10, 1)], {**MACHINE, "vendor": "AuthenticAMD"})
        line = figures.table([r], "decode").splitlines()[-1]
        self.assertEqual(line, "| M, depth 98 | 3 | 0.90 | 1.00 | 0.90 (0.90–0.90) | 2 | **1** | 9 % | 60 % | ✘ |")
        self.assertEqual(figures.unmet({"rows": [r]}),
                         ["M, depth 98, prefill: 4 % of the limit, not 50 %", "M, depth 98, decode: 0.90 × the peer, not 1",
                          "M, depth 98, decode: 9 % of the limit, not 60 %"])

    def test_the_vendor_is_asked_before_the_name(self):
        self.assertEqual(figures.kind({"cpu": "QEMU Virtual CPU", "vendor": "AuthenticAMD"}), "amd")
        self.assertEqual(figures.kind({"cpu": "AMD EPYC", "vendor": ""}), "amd")
        self.assertEqual(figures.kind({"cpu": "whatever", "vendor": "GenuineIntel"}), "intel")


class Memory(unittest.TestCase):
    ours = {"page_bytes": 1 << 20, "weight_bytes": 1000 << 20, "resident_bytes": 1300 << 20}

    def test_bound(self):
        # 33 tokens are 3 pages, of 2 sequences 6 MiB: 1.1 x 1006 + 100 = 1206.6 MiB.
        r = figures.memory("M", 33, 2, self.ours)
        self.assertAlmostEqual(r["bound_bytes"] / (1 << 20), 1206.6)
        self.assertIs(r["met"], False)
        self.assertEqual(figures.unmet({"rows": [], "memory": [r]}), ["M, memory: 1300 MiB, not 1207"])
        self.assertTrue(figures.memory("M", 33, 2, {**self.ours, "resident_bytes": 1206 << 20})["met"])

    def test_table(self):
        line = figures.memory_table([figures.memory("M", 33, 2, self.ours)]).splitlines()[-1]
        self.assertEqual(line, "| M | 33 | 2 | 1000 | 6 | 1300 | 1207 | ✘ |")


class Merge(unittest.TestCase):
    def doc(self, rows, read=1e10):
        machine = {**MACHINE, "read_bytes_s": read}
        out = [{**figures.summary(row, [run(30, dec)], [], machine), "machine": "2 threads"} for row, dec in rows]
        return {"date": "2000-01-01", "quick": False, "load": 0.0, "peer": None, "machines": {"2 threads": machine}, "rows": out}

    def test_last_row_and_limits_of_its_own_run(self):
        a, b = Row("A", 0, 3, depth=98, floor=Floor(None, 60)), Row("B", 0, 3, depth=98)
        merged = figures.merge([self.doc([(a, 1), (b, 2)], 2e10), self.doc([(a, 6)])])
        self.assertEqual([(r["row"], r["decode"]["ours"]["median"]) for r in merged["rows"]], [("B, depth 98", 2), ("A, depth 98", 6)])
        self.assertAlmostEqual(merged["rows"][0]["decode"]["share"], 10.01)      # 2 of 19.98 tok/s
        self.assertAlmostEqual(merged["rows"][1]["decode"]["share"], 60.06)      # 6 of 9.99
        self.assertIn("read 10.0–20.0 GB/s, int8 1000 G and", figures.markdown(merged))


class Daemon(unittest.TestCase):
    def test_rate(self):
        # Two answers of 10 tokens after the first ones, between 1 s and 3 s.
        self.assertAlmostEqual(daemon_bench.rate([[1.0, 2.0, 2.5], [1.5, 3.0]], 10), 10)

    def test_share_is_of_pairs(self):
        r = daemon_bench.summary("M", [97, 96, 50], [100, 100, 50], 97)
        self.assertEqual((r["share"]["median"], r["met"]), (97, True))
        r = daemon_bench.summary("M", [97, 96, 48], [100, 100, 50], 97)
        self.assertEqual((r["share"]["median"], r["met"]), (96, False))
        self.assertIn("| 96.0 % (96.0–97.0) | 97 % | ✘ |", daemon_bench.markdown([r]))
        self.assertEqual(figures.unmet({"rows": [], "daemon": [r]}), ["M: 96.0 % of qwen-run bench, not 97 %"])


class Start(unittest.TestCase):
    def test_unmet(self):
        r = {"file": "M", "first_s": [2.0, 3.0, 2.4], "cached_s": [1.6], "peak": 11 << 20, "bound": 10 << 20}
        r["unmet"] = figures.start_unmet(r, 2.5, 1.5)
        self.assertEqual(figures.unmet({"rows": [], "start": [r]}), ["M, start with the cache: 1.60 s, not 1.5", "M, memory: 11 MiB, not 10"])
        self.assertEqual(figures.start_unmet({**r, "peak": 0}, None, None), [])


class Guessing(unittest.TestCase):
    def test_speedup(self):
        r = speculate_bench.summary([("a", 300, 4.0, 2.0, 100, 50), ("a", 300, 6.0, 2.0, 100, 50), ("b", 10, 1.0, 1.0, 0, 0)])
        self.assertEqual(r["rows"][0]["off_s"], 5)
        self.assertAlmostEqual(r["speedup"], 6 / 3)
        self.assertEqual(speculate_bench.markdown(r).splitlines()[-1], "| all | 310 | 6.00 | 3.00 | 2.00 | 100 | 50 |")


class Whole(unittest.TestCase):
    def test_document(self):
        row = Row("M", 1, 3, depth=98, floor=Floor(50, 60, (5, 2), (1, 1)))
        doc = {"date": "2000-01-01", "quick": False, "load": 0.5, "peer": None, "machines": {"2 threads": MACHINE},
               "rows": [figures.summary(row, [run(600, 6)], [run(100, 2)], MACHINE)], "memory": []}
        text = figures.markdown(doc, ["| more |"])
        self.assertIn("Every target that was measured is met.", text)
        self.assertTrue(text.endswith("| more |"))
        doc["rows"] = [figures.summary(row, [run(600, 6)], [run(200, 2)], MACHINE)]
        self.assertIn("Not met:\n\n- M, depth 98, prefill: 3.00 × the peer, not 5\n\n", figures.markdown(doc))


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
