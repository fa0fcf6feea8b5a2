# plugins/calculator: exact mathematics.  The module exports only qwen_plugin_v1; the
# tests link the same objects directly.
noinst_LTLIBRARIES += libqwcalc.la
libqwcalc_la_SOURCES = \
	plugins/calculator/calc.c plugins/calculator/calc.h plugins/calculator/calc_mem.c \
	plugins/calculator/plugin.c \
	plugins/calculator/text/around.c plugins/calculator/text/around.h plugins/calculator/text/around_asked.c plugins/calculator/text/around_int.h \
	plugins/calculator/text/around_names.c plugins/calculator/text/around_text.c plugins/calculator/text/around_words.c plugins/calculator/text/around_words.h \
	plugins/calculator/text/conclude.c plugins/calculator/text/conclude.h \
	plugins/calculator/text/expr.c plugins/calculator/text/expr.h plugins/calculator/text/extract.c \
	plugins/calculator/text/extract.h plugins/calculator/text/norm.c plugins/calculator/text/norm.h \
	plugins/calculator/text/parse.c plugins/calculator/text/parse.h plugins/calculator/text/parse_atom.c \
	plugins/calculator/text/parse_calls.c plugins/calculator/text/parse_int.h \
	plugins/calculator/text/parse_scaled.c plugins/calculator/text/parse_text.c plugins/calculator/text/terms.c plugins/calculator/text/terms.h plugins/calculator/text/units.c \
	plugins/calculator/values/calculus.c plugins/calculator/values/calculus.h plugins/calculator/values/equal.c \
	plugins/calculator/values/equal.h plugins/calculator/values/equal_forms.c plugins/calculator/values/equal_int.h \
	plugins/calculator/values/equal_left.c plugins/calculator/values/equal_left.h plugins/calculator/values/equal_sets.c \
	plugins/calculator/values/equal_text.c plugins/calculator/values/form.c \
	plugins/calculator/values/form.h plugins/calculator/values/object.c plugins/calculator/values/solve.c plugins/calculator/values/solve.h \
	plugins/calculator/values/sym.c plugins/calculator/values/sym.h plugins/calculator/values/sym_tree.c plugins/calculator/values/value.c \
	plugins/calculator/values/value.h plugins/calculator/values/waves.c plugins/calculator/values/waves.h \
	plugins/calculator/questions/conventions.c plugins/calculator/questions/conventions.h \
	plugins/calculator/questions/methods.c plugins/calculator/questions/methods.h \
	plugins/calculator/questions/pattern.c plugins/calculator/questions/pattern.h \
	plugins/calculator/questions/pattern_text.c plugins/calculator/questions/read.c \
	plugins/calculator/questions/read.h plugins/calculator/questions/read_algebra.c \
	plugins/calculator/questions/read_arithmetic.c plugins/calculator/questions/read_parameters.c \
	plugins/calculator/questions/read_convert.c plugins/calculator/questions/read_counts.c plugins/calculator/questions/read_daily.c \
	plugins/calculator/questions/read_conics.c \
	plugins/calculator/questions/read_functions.c plugins/calculator/questions/read_letters.c \
	plugins/calculator/questions/read_motion.c plugins/calculator/questions/read_numbers.c \
	plugins/calculator/questions/read_plane.c plugins/calculator/questions/read_polynomials.c \
	plugins/calculator/questions/read_sums.c plugins/calculator/questions/read_tables.c \
	plugins/calculator/questions/read_trade.c plugins/calculator/questions/read_words.c \
	plugins/calculator/questions/slots.c plugins/calculator/questions/slots.h \
	plugins/calculator/questions/words.c \
	plugins/calculator/stories/clause.c plugins/calculator/stories/clause.h plugins/calculator/stories/read_ages.c \
	plugins/calculator/stories/read_binomial.c \
	plugins/calculator/stories/read_cards.c plugins/calculator/stories/read_chances.c plugins/calculator/stories/read_changes.c \
	plugins/calculator/stories/read_draws.c plugins/calculator/stories/read_events.c plugins/calculator/stories/read_figures.c \
	plugins/calculator/stories/read_games.c plugins/calculator/stories/read_inscribed.c \
	plugins/calculator/stories/read_interest.c plugins/calculator/stories/read_means.c plugins/calculator/stories/read_meetings.c \
	plugins/calculator/stories/read_mixtures.c plugins/calculator/stories/read_orders.c plugins/calculator/stories/read_pairs.c \
	plugins/calculator/stories/read_prices.c plugins/calculator/stories/read_ranges.c plugins/calculator/stories/read_ratios.c \
	plugins/calculator/stories/read_return.c plugins/calculator/stories/read_steps.c \
	plugins/calculator/stories/read_story.c plugins/calculator/stories/read_swaps.c plugins/calculator/stories/read_trains.c \
	plugins/calculator/stories/read_trials.c plugins/calculator/stories/read_triangles.c \
	plugins/calculator/stories/read_works.c \
	plugins/calculator/worlds/ask_identities.c plugins/calculator/worlds/inverse.c \
	plugins/calculator/worlds/ask_calculus.c plugins/calculator/worlds/ask_functions.c \
	plugins/calculator/worlds/ask_lines.c plugins/calculator/worlds/ask_sequences.c \
	plugins/calculator/worlds/ask_terms.c plugins/calculator/worlds/ask_values.c plugins/calculator/worlds/asked.h plugins/calculator/worlds/cond.c \
	plugins/calculator/worlds/progression.h plugins/calculator/worlds/read_sequences.c plugins/calculator/worlds/read_world.c \
	plugins/calculator/worlds/shape.c plugins/calculator/worlds/world.h \
	plugins/calculator/verdicts/canon.c plugins/calculator/verdicts/canon.h plugins/calculator/verdicts/check.c \
	plugins/calculator/verdicts/check.h plugins/calculator/verdicts/check_exprs.c \
	plugins/calculator/verdicts/check_int.h plugins/calculator/verdicts/check_values.c \
	plugins/calculator/verdicts/data.c plugins/calculator/verdicts/data.h \
	plugins/calculator/verdicts/explain.c plugins/calculator/verdicts/explain.h \
	plugins/calculator/verdicts/working.c plugins/calculator/verdicts/working.h
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
	tests/unit/test_calc_equal tests/unit/test_calc_extract tests/unit/test_calc_read tests/unit/test_calc_form tests/unit/test_calc_canon tests/unit/test_calc_world tests/unit/test_calc_stories \
	tests/unit/test_calc_conventions tests/unit/test_calc_data
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
tests_unit_test_calc_conventions_SOURCES = tests/unit/test_calc_conventions.c
tests_unit_test_calc_conventions_LDADD = libqwcalc.la $(FLINT_LIBS) $(CMOCKA_LIBS)
tests_unit_test_calc_data_SOURCES = tests/unit/test_calc_data.c
tests_unit_test_calc_data_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_calc_data_LDADD = libqwcalc.la $(FLINT_LIBS) $(CMOCKA_LIBS) $(JANSSON_LIBS)
tests_unit_test_calc_world_SOURCES = tests/unit/test_calc_world.c
tests_unit_test_calc_world_LDADD = libqwcalc.la $(FLINT_LIBS) $(CMOCKA_LIBS)
endif

EXTRA_DIST += plugins/calculator/README.md plugins/calculator/text/README.md plugins/calculator/values/README.md \
	plugins/calculator/questions/README.md plugins/calculator/stories/README.md plugins/calculator/worlds/README.md \
	plugins/calculator/verdicts/README.md tests/plugin/test_calculator.sh tests/plugin/test_adversary.sh \
	tests/data/verify/adversary.jsonl tests/data/verify/adversary_equiv.jsonl \
	tests/data/verify/structure.jsonl tests/data/verify/structure_equiv.jsonl \
	tests/data/verify/equiv_cases_dev.jsonl tests/data/verify/noref_cases_dev.jsonl tests/data/verify/flipped.jsonl \
	tests/data/verify/families_a.jsonl tests/data/verify/families_b.jsonl tests/data/verify/answers.jsonl tests/data/verify/answers_equiv.jsonl
