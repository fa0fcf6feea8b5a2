# tests: what belongs to no room alone; each room lists its own tests in its fragment.
dist_noinst_SCRIPTS = tests/check_tree.py tests/check_man.py tests/all.sh tests/fuzz.sh tests/e2e/test_real.py tests/e2e/soak_memory.py tests/e2e/soak_sessions.py
TESTS += tests/check_tree.py tests/check_man.py tests/e2e/soak_verdicts.py
EXTRA_DIST += tests/e2e/soak_verdicts.py tests/README.md tests/data tests/tsan.supp

# `qwenctl ask --example` takes its questions from here.
dist_pkgdata_DATA = tests/data/eval/seed20.jsonl

# Longer runs, outside `make check`: a short form of each is in tests/all.sh.
.PHONY: check-e2e soak-memory soak-sessions soak-verdicts fuzz
fuzz_targets = tests/fuzz/fuzz_frame tests/fuzz/fuzz_table tests/fuzz/fuzz_gguf tests/fuzz/fuzz_model tests/fuzz/fuzz_talk tests/fuzz/fuzz_calc
if FUZZING
is_fuzzing = yes
else
is_fuzzing = no
endif
check-e2e: all
	$(AM_TESTS_ENVIRONMENT) $(PYTHON3) $(srcdir)/tests/e2e/test_real.py
soak-memory: all
	$(AM_TESTS_ENVIRONMENT) $(PYTHON3) $(srcdir)/tests/e2e/soak_memory.py
# make soak-sessions N=300: how many kills
soak-sessions: all
	$(AM_TESTS_ENVIRONMENT) SOAK_KILLS=$(N) $(PYTHON3) $(srcdir)/tests/e2e/soak_sessions.py
# make soak-verdicts N=1000: how many; `make check` has a short form.
soak-verdicts: all tests/plugin/bad.la
	$(AM_TESTS_ENVIRONMENT) n='$(N)'; SOAK_VERDICTS=$${n:-1000} $(PYTHON3) $(srcdir)/tests/e2e/soak_verdicts.py
fuzz: $(fuzz_targets)
	$(AM_TESTS_ENVIRONMENT) FUZZING=$(is_fuzzing) bash $(srcdir)/tests/fuzz.sh
include tests/bench/local.mk
include tests/verify/local.mk
