# plugins/calculator: exact mathematics.  The module exports only qwen_plugin_v1; the
# tests link the same objects directly.
noinst_LTLIBRARIES += libqwcalc.la
libqwcalc_la_SOURCES = \
	plugins/calculator/calc.c plugins/calculator/calc_mem.c plugins/calculator/calc.h \
	plugins/calculator/norm.c plugins/calculator/norm.h \
	plugins/calculator/expr.c plugins/calculator/expr.h \
	plugins/calculator/units.c \
	plugins/calculator/parse.c plugins/calculator/parse_atom.c plugins/calculator/parse_calls.c \
	plugins/calculator/parse_int.h plugins/calculator/parse_text.c plugins/calculator/parse.h \
	plugins/calculator/extract.c plugins/calculator/extract.h \
	plugins/calculator/value.c plugins/calculator/value.h \
	plugins/calculator/calculus.c plugins/calculator/calculus.h \
	plugins/calculator/sym.c plugins/calculator/sym.h \
	plugins/calculator/solve.c plugins/calculator/solve.h \
	plugins/calculator/equal.c plugins/calculator/equal_text.c plugins/calculator/equal.h \
	plugins/calculator/pattern.c plugins/calculator/pattern_text.c plugins/calculator/pattern.h \
	plugins/calculator/read.c plugins/calculator/read.h \
	plugins/calculator/clause.c plugins/calculator/clause.h plugins/calculator/read_figures.c plugins/calculator/read_draws.c \
	plugins/calculator/read_trials.c plugins/calculator/read_orders.c plugins/calculator/read_story.c plugins/calculator/read_pairs.c \
	plugins/calculator/read_prices.c plugins/calculator/read_meetings.c plugins/calculator/read_works.c plugins/calculator/read_return.c plugins/calculator/read_steps.c plugins/calculator/read_letters.c plugins/calculator/read_interest.c \
	plugins/calculator/read_changes.c plugins/calculator/read_chances.c plugins/calculator/read_games.c plugins/calculator/read_inscribed.c \
	plugins/calculator/read_ranges.c plugins/calculator/read_convert.c \
	plugins/calculator/read_motion.c plugins/calculator/read_trade.c plugins/calculator/read_words.c \
	plugins/calculator/read_counts.c plugins/calculator/read_plane.c \
	plugins/calculator/read_algebra.c plugins/calculator/read_functions.c \
	plugins/calculator/read_sequences.c plugins/calculator/read_tables.c \
	plugins/calculator/world.h plugins/calculator/read_world.c plugins/calculator/cond.c plugins/calculator/shape.c \
	plugins/calculator/ask_values.c plugins/calculator/asked.h plugins/calculator/ask_functions.c plugins/calculator/ask_calculus.c plugins/calculator/ask_lines.c plugins/calculator/ask_sequences.c \
	plugins/calculator/read_numbers.c plugins/calculator/read_polynomials.c plugins/calculator/read_sums.c plugins/calculator/words.c \
	plugins/calculator/form.c plugins/calculator/form.h \
	plugins/calculator/working.c plugins/calculator/working.h \
	plugins/calculator/check.c plugins/calculator/check_values.c plugins/calculator/check_exprs.c plugins/calculator/check_int.h plugins/calculator/check.h \
	plugins/calculator/explain.c plugins/calculator/explain.h \
	plugins/calculator/canon.c plugins/calculator/canon.h \
	plugins/calculator/plugin.c
libqwcalc_la_LIBADD = $(FLINT_LIBS)

plugins_LTLIBRARIES += plugins/calculator/calculator.la
plugins_calculator_calculator_la_SOURCES = plugins/calculator/module.c
plugins_calculator_calculator_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -export-symbols-regex '^qwen_plugin_v1$$'
plugins_calculator_calculator_la_LIBADD = libqwcalc.la $(FLINT_LIBS)

check_PROGRAMS += tests/plugin/calc_driver
tests_plugin_calc_driver_SOURCES = tests/plugin/calc_driver.c
tests_plugin_calc_driver_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_plugin_calc_driver_LDADD = libqwcalc.la $(FLINT_LIBS) $(JANSSON_LIBS)
TESTS += tests/plugin/test_calculator.sh tests/plugin/test_adversary.sh

check_PROGRAMS += tests/fuzz/fuzz_calc
tests_fuzz_fuzz_calc_SOURCES = tests/fuzz/fuzz_calc.c
tests_fuzz_fuzz_calc_LDADD   = libqwcalc.la $(FLINT_LIBS)
tests_fuzz_fuzz_calc_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
if !FUZZING
tests_fuzz_fuzz_calc_SOURCES += tests/fuzz/replay.c
TESTS += tests/fuzz/calc.sh
endif
EXTRA_DIST += tests/fuzz/calc.sh tests/fuzz/small_calc.py tests/data/verify/wordings.jsonl

if HAVE_CMOCKA
calc_tests = tests/unit/test_calc_parse tests/unit/test_calc_value tests/unit/test_calc_solve \
	tests/unit/test_calc_equal tests/unit/test_calc_extract tests/unit/test_calc_read tests/unit/test_calc_form tests/unit/test_calc_canon tests/unit/test_calc_world tests/unit/test_calc_stories
check_PROGRAMS += $(calc_tests)
TESTS += $(calc_tests)
tests_unit_test_calc_parse_SOURCES = tests/unit/test_calc_parse.c tests/unit/calc_test.h
tests_unit_test_calc_parse_LDADD = libqwcalc.la $(FLINT_LIBS) $(CMOCKA_LIBS)
tests_unit_test_calc_value_SOURCES = tests/unit/test_calc_value.c
tests_unit_test_calc_value_LDADD = libqwcalc.la $(FLINT_LIBS) $(CMOCKA_LIBS)
tests_unit_test_calc_solve_SOURCES = tests/unit/test_calc_solve.c
tests_unit_test_calc_solve_LDADD = libqwcalc.la $(FLINT_LIBS) $(CMOCKA_LIBS)
tests_unit_test_calc_equal_SOURCES = tests/unit/test_calc_equal.c
tests_unit_test_calc_equal_LDADD = libqwcalc.la $(FLINT_LIBS) $(CMOCKA_LIBS)
tests_unit_test_calc_extract_SOURCES = tests/unit/test_calc_extract.c
tests_unit_test_calc_extract_LDADD = libqwcalc.la $(FLINT_LIBS) $(CMOCKA_LIBS)
tests_unit_test_calc_read_SOURCES = tests/unit/test_calc_read.c
tests_unit_test_calc_read_LDADD = libqwcalc.la $(FLINT_LIBS) $(CMOCKA_LIBS)
tests_unit_test_calc_form_SOURCES = tests/unit/test_calc_form.c
tests_unit_test_calc_form_LDADD = libqwcalc.la $(FLINT_LIBS) $(CMOCKA_LIBS)
tests_unit_test_calc_canon_SOURCES = tests/unit/test_calc_canon.c
tests_unit_test_calc_canon_LDADD = libqwcalc.la $(FLINT_LIBS) $(CMOCKA_LIBS)
tests_unit_test_calc_stories_SOURCES = tests/unit/test_calc_stories.c tests/unit/calc_test.h
tests_unit_test_calc_stories_LDADD = libqwcalc.la $(FLINT_LIBS) $(CMOCKA_LIBS)
tests_unit_test_calc_world_SOURCES = tests/unit/test_calc_world.c
tests_unit_test_calc_world_LDADD = libqwcalc.la $(FLINT_LIBS) $(CMOCKA_LIBS)
endif

EXTRA_DIST += plugins/calculator/README.md tests/plugin/test_calculator.sh tests/plugin/test_adversary.sh \
	tests/data/verify/adversary.jsonl tests/data/verify/adversary_equiv.jsonl \
	tests/data/verify/equiv_cases_dev.jsonl tests/data/verify/noref_cases_dev.jsonl tests/data/verify/flipped.jsonl \
	tests/data/verify/families_a.jsonl tests/data/verify/families_b.jsonl
