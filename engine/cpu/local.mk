# engine/cpu: kernels, one convenience library for each instruction set; the workers that run them
libqwengine_la_SOURCES += engine/cpu/kern.c engine/cpu/kern.h engine/cpu/levels.h engine/cpu/ref.c engine/cpu/ref_attn.c \
	engine/cpu/rope_math.h engine/cpu/vmath.h engine/cpu/workers.c engine/cpu/workers.h
EXTRA_DIST += engine/cpu/README.md
# Fuzzers look for paths that hostile bytes open; kernels have none, and instrumenting their unrolled
# tiles takes clang many minutes.
if FUZZING
simd_cflags = $(QW_CFLAGS) -pthread
else
simd_cflags = $(AM_CFLAGS)
endif
if X86_64
noinst_LTLIBRARIES += libqwavx2.la libqwavx512.la
libqwavx2_la_SOURCES   = engine/cpu/avx2.c engine/cpu/avx2_gemm.c engine/cpu/avx2_attn.c
libqwavx2_la_CFLAGS    = $(simd_cflags) -mavx2 -mfma -mf16c
libqwavx512_la_SOURCES = engine/cpu/avx512.c engine/cpu/avx512_gemm.c engine/cpu/avx512_attn.c
libqwavx512_la_CFLAGS  = $(simd_cflags) -mavx2 -mfma -mf16c -mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx512vnni
libqwengine_la_LIBADD += libqwavx2.la libqwavx512.la
endif

EXTRA_DIST += tests/unit/kern_util.h
noinst_PROGRAMS += tests/bench/kern_bench
tests_bench_kern_bench_SOURCES = tests/bench/kern_bench.c
tests_bench_kern_bench_LDADD   = libqwengine.la
if HAVE_CMOCKA
kern_tests = tests/unit/test_kern_gemm tests/unit/test_kern_attn tests/unit/test_kern_vec tests/unit/test_workers
check_PROGRAMS += $(kern_tests)
TESTS += $(kern_tests)
tests_unit_test_kern_gemm_SOURCES = tests/unit/test_kern_gemm.c
tests_unit_test_kern_gemm_LDADD   = libqwengine.la $(CMOCKA_LIBS)
tests_unit_test_kern_attn_SOURCES = tests/unit/test_kern_attn.c
tests_unit_test_kern_attn_LDADD   = libqwengine.la $(CMOCKA_LIBS)
tests_unit_test_kern_vec_SOURCES  = tests/unit/test_kern_vec.c
tests_unit_test_kern_vec_LDADD    = libqwengine.la $(CMOCKA_LIBS)
tests_unit_test_workers_SOURCES   = tests/unit/test_workers.c
tests_unit_test_workers_LDADD     = libqwengine.la $(CMOCKA_LIBS)
endif
