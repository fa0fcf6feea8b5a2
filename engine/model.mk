# Loading, architectures as data, the forward pass and its worker team.
libqwengine_la_SOURCES += \
	engine/arch.c engine/arch.h \
	engine/attention.c engine/attention.h \
	engine/backend.c engine/backend.h engine/batch.h \
	engine/forward.c engine/forward.h engine/logit_head.h \
	engine/model.c engine/model.h engine/model_cached.c engine/model_int.h engine/model_plan.c engine/model_read.c engine/weights.h \
	engine/need.c engine/need.h \
	engine/repack_cache.c engine/repack_cache.h engine/repack_int.h engine/repack_write.c \
	engine/workers.c engine/workers.h
EXTRA_DIST += engine/README.md tests/bench/peer.py


# What a backend module must have in common with this library: structs, layouts, the rules of the bits.
build_id_files = engine/backend.h engine/batch.h engine/logit_head.h engine/weights.h engine/wmat.h engine/model.h \
	engine/kern.h engine/kv_layout.h engine/gguf.h engine/cpu/layout.h engine/cpu/vmath.h base/error.h
engine/build_id.h: $(build_id_files)
	$(AM_V_GEN)mkdir -p engine && id=`for f in $(build_id_files); do cat $(srcdir)/$$f; done | sha256sum | cut -c1-16` && \
	  echo "#define BACKEND_BUILD_ID \"$$id\"" >$@
BUILT_SOURCES += engine/build_id.h
# For who builds one program only, without `make all`.
$(libqwengine_la_OBJECTS): engine/build_id.h
CLEANFILES += engine/build_id.h

if HAVE_CMOCKA
model_tests = tests/unit/test_backend tests/unit/test_workers tests/unit/test_model tests/unit/test_need tests/unit/test_repack tests/golden/test_golden tests/golden/test_bits
check_PROGRAMS += $(model_tests)
TESTS += $(model_tests)
tests_unit_test_backend_SOURCES = tests/unit/test_backend.c
tests_unit_test_backend_LDADD = libqwengine.la $(CMOCKA_LIBS)
tests_unit_test_workers_SOURCES = tests/unit/test_workers.c
tests_unit_test_workers_LDADD = libqwengine.la $(CMOCKA_LIBS)
tests_unit_test_model_SOURCES = tests/unit/test_model.c tests/golden/rig.c tests/golden/rig.h
tests_unit_test_model_LDADD = libqwengine.la $(CMOCKA_LIBS) $(JANSSON_LIBS) $(XXHASH_LIBS) -lm
tests_unit_test_need_SOURCES = tests/unit/test_need.c
tests_unit_test_need_LDADD = libqwengine.la $(CMOCKA_LIBS)
tests_unit_test_repack_SOURCES = tests/unit/test_repack.c tests/golden/rig.c tests/golden/rig.h
tests_unit_test_repack_LDADD = libqwengine.la $(CMOCKA_LIBS) $(JANSSON_LIBS) -lm
tests_golden_test_golden_SOURCES = tests/golden/test_golden.c tests/golden/rig.c tests/golden/rig.h
tests_golden_test_golden_LDADD = libqwengine.la $(CMOCKA_LIBS) $(JANSSON_LIBS) -lm
tests_golden_test_bits_SOURCES = tests/golden/test_bits.c tests/golden/rig.c tests/golden/rig.h
tests_golden_test_bits_LDADD = libqwengine.la $(CMOCKA_LIBS) $(JANSSON_LIBS) $(XXHASH_LIBS) -lm
endif

# Modules that must be refused, one that is a backend, and one that computes (tests/e2e/test_backend.py).
check_LTLIBRARIES += tests/unit/backend_other.la tests/unit/backend_none.la tests/unit/backend_fake.la tests/unit/backend_host.la
backend_module = -module -avoid-version -rpath /nowhere
tests_unit_backend_other_la_SOURCES = tests/unit/backend_fake.c
tests_unit_backend_other_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAKE_BUILD_ID='"other"'
tests_unit_backend_other_la_LDFLAGS = $(backend_module)
tests_unit_backend_none_la_SOURCES = tests/unit/backend_fake.c
tests_unit_backend_none_la_CPPFLAGS = $(AM_CPPFLAGS) -DFAKE_NAME=something_else
tests_unit_backend_none_la_LDFLAGS = $(backend_module)
tests_unit_backend_fake_la_SOURCES = tests/unit/backend_fake.c
tests_unit_backend_fake_la_LDFLAGS = $(backend_module)
tests_unit_backend_host_la_SOURCES = tests/unit/backend_host.c
tests_unit_backend_host_la_LIBADD = libqwengine.la
tests_unit_backend_host_la_LDFLAGS = $(backend_module)

check_PROGRAMS += tests/golden/logits
tests_golden_logits_SOURCES = tests/golden/logits.c tests/golden/rig.c tests/golden/rig.h
tests_golden_logits_LDADD = libqwengine.la $(JANSSON_LIBS) -lm

check_PROGRAMS += tests/fuzz/fuzz_model
tests_fuzz_fuzz_model_SOURCES = tests/fuzz/fuzz_model.c
tests_fuzz_fuzz_model_LDADD   = libqwengine.la libqwbase.la
tests_fuzz_fuzz_model_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
if !FUZZING
tests_fuzz_fuzz_model_SOURCES += tests/fuzz/replay.c
TESTS += tests/fuzz/model.sh
endif
EXTRA_DIST += tests/fuzz/model.sh
