# tests/bench: speed beside llama.cpp; never part of make check, but for the bench's own arithmetic.
bench_files = tests/bench/bench.py tests/bench/rows.py tests/bench/figures.py tests/bench/plot.py \
	tests/bench/peer.py tests/bench/side.py tests/bench/daemon_bench.py tests/bench/speculate_bench.py \
	tests/bench/make_4b_shape.py tests/bench/start_bench.py tests/bench/session_bench.py
EXTRA_DIST += $(bench_files) tests/bench/README.md
dist_noinst_SCRIPTS += tests/bench/test_bench.py
TESTS += tests/bench/test_bench.py

# BENCH_ARGS: options of bench.py.  What it makes stays in tests/bench/work of the build folder.
.PHONY: bench bench-quick
bench: all
	$(AM_TESTS_ENVIRONMENT) $(PYTHON3) -B $(srcdir)/tests/bench/bench.py $(BENCH_ARGS)
bench-quick: all
	$(AM_TESTS_ENVIRONMENT) $(PYTHON3) -B $(srcdir)/tests/bench/bench.py --quick $(BENCH_ARGS)
