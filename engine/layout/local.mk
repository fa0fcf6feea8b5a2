# engine/layout: weights and pages in memory
libqwengine_la_SOURCES += engine/layout/half.h engine/layout/kv_layout.c engine/layout/kv_layout.h \
	engine/layout/wmat.c engine/layout/wmat.h engine/layout/wmat_layout.h
EXTRA_DIST += engine/layout/README.md

EXTRA_DIST += tests/data/kern/wmat.bin tests/data/kern/make_wmat.py tests/unit/wmat_data.h
if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_wmat
TESTS += tests/unit/test_wmat
tests_unit_test_wmat_SOURCES = tests/unit/test_wmat.c
tests_unit_test_wmat_LDADD   = libqwengine.la $(CMOCKA_LIBS)
endif
