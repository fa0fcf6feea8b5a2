# Generated questions through qwenctl verify; what a family is made of stands in families/core.py.
dist_noinst_SCRIPTS += tests/verify/generate.py tests/verify/run.py tests/verify/no_leak.py tests/verify/variants.py \
	tests/verify/written.py tests/verify/inserted.py
EXTRA_DIST += tests/verify/README.md tests/verify/qwenctl.py tests/verify/floors.json tests/verify/families/__init__.py \
	tests/verify/families/about.py \
	tests/verify/families/algebra.py tests/verify/families/calculus.py tests/verify/families/core.py \
	tests/verify/families/counting.py tests/verify/families/equations.py tests/verify/families/geometry.py \
	tests/verify/families/numbers.py tests/verify/families/sequences.py tests/verify/families/statistics.py \
	tests/verify/families/words.py
TESTS += tests/verify/run.py tests/verify/no_leak.py tests/verify/variants.py tests/verify/written.py tests/verify/inserted.py

# make check-verify-families N=2000: cases of each family; the table is what docs/verification.md shows.
.PHONY: check-verify-families
check-verify-families: all
	$(AM_TESTS_ENVIRONMENT) $(PYTHON3) $(srcdir)/tests/verify/run.py --count $${N:-2000} --seed $${SEED:-2} --seconds $${LIMIT:-0} \
		--table verify-families.md --hard verify-hard.jsonl
