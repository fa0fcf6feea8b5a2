# engine/forward: the forward pass, what computes it, the pages that it runs over
libqwengine_la_SOURCES += \
	engine/forward/attention.c engine/forward/attention.h \
	engine/forward/backend.c engine/forward/backend.h engine/forward/batch.h \
	engine/forward/forward.c engine/forward/forward.h engine/forward/logit_head.h \
	engine/forward/kv.c engine/forward/kv.h
EXTRA_DIST += engine/forward/README.md tests/unit/head_ref.h

# What a backend module must have in common with this library: structs, layouts, the rules of the bits.
build_id_files = engine/forward/backend.h engine/forward/batch.h engine/forward/logit_head.h \
	engine/model/weights.h engine/model/model.h \
	engine/cpu/kern.h engine/cpu/levels.h engine/cpu/rope_math.h engine/cpu/vmath.h engine/layout/half.h \
	engine/layout/wmat.h engine/layout/wmat_layout.h engine/layout/kv_layout.h engine/gguf/gguf.h base/error.h
engine/forward/build_id.h: $(build_id_files)
	$(AM_V_GEN)mkdir -p engine/forward && id=`for f in $(build_id_files); do cat $(srcdir)/$$f; done | sha256sum | cut -c1-16` && \
	  echo "#define BACKEND_BUILD_ID \"$$id\"" >$@
BUILT_SOURCES += engine/forward/build_id.h
# For who builds one program only, without `make all`.
$(libqwengine_la_OBJECTS): engine/forward/build_id.h
CLEANFILES += engine/forward/build_id.h

if HAVE_CMOCKA
forward_tests = tests/unit/test_backend tests/unit/test_kv tests/golden/test_golden tests/golden/test_bits
check_PROGRAMS += $(forward_tests)
TESTS += $(forward_tests)
tests_unit_test_backend_SOURCES = tests/unit/test_backend.c
tests_unit_test_backend_LDADD = libqwengine.la $(CMOCKA_LIBS)
tests_unit_test_kv_SOURCES = tests/unit/test_kv.c
tests_unit_test_kv_LDADD = libqwengine.la $(CMOCKA_LIBS)
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
