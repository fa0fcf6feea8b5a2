# tests/cuda_host: engine/cuda/*.cu by the host's compiler, over the emulation.  Each source is compiled twice:
# .cuhost plain and fast, .cuwatch with every access of a kernel watched (README.md).
#
# A kernel test is a name in cuda_host_kernel_tests (watched) or cuda_host_plain_tests, and its five lines below.
cuda_host_headers = tests/cuda_host/cuda_host.h tests/cuda_host/cuda_host_ptx.h tests/cuda_host/cuda_runtime.h \
	tests/cuda_host/emu.h tests/cuda_host/emu_int.h tests/cuda_host/watch.h
cuda_host_test_headers = tests/cuda_host/cu_test.h tests/cuda_host/gemm_data.h
EXTRA_DIST += $(cuda_host_test_headers) tests/cuda_host/mutants.txt tests/cuda_host/gpu.sh tests/cuda_host/bench_attn.cu \
	tests/cuda_host/bench_cu.cu tests/cuda_host/README.md tests/cuda_host/cute_maps.cpp tests/cuda_host/cute_maps.h tests/cuda_host/test_cute.cpp
dist_noinst_SCRIPTS += tests/cuda_host/cute.sh tests/cuda_host/mutants.py tests/cuda_host/sass.py
TESTS += tests/cuda_host/cute.sh
check_LIBRARIES =

if CUDA_HOST
cuda_host_include = -I$(top_srcdir)/tests/cuda_host -I$(top_srcdir) -I$(top_builddir) -D_GNU_SOURCE
cuda_host_flags = -std=c++17 -Wall -Wextra -Wno-unknown-pragmas -ffp-contract=off -fno-strict-aliasing -fPIC -fvisibility=hidden -pthread
# Loops stay loops: a call of memset in their place would not be watched, vectors would hide lines.
cuda_watch_flags = -g -O2 -fno-tree-vectorize -fsanitize=thread,alignment $(CUDA_WATCH_CXXFLAGS)
cuda_host_libs = tests/cuda_host/libemu.a -ldl

check_LIBRARIES += tests/cuda_host/libemu.a
tests_cuda_host_libemu_a_SOURCES = tests/cuda_host/async_copy.cpp tests/cuda_host/block.cpp tests/cuda_host/cublas.cpp tests/cuda_host/memory.cpp \
	tests/cuda_host/mma.cpp tests/cuda_host/report.cpp tests/cuda_host/stream.cpp tests/cuda_host/watch.cpp $(cuda_host_headers)
tests_cuda_host_libemu_a_CPPFLAGS = $(cuda_host_include)
tests_cuda_host_libemu_a_CXXFLAGS = $(cuda_host_flags)

cuda_host_objects  = $(cuda_sources:.cu=.cuhost)
cuda_watch_objects = $(cuda_sources:.cu=.cuwatch)
cuda_host_cxx = $(CXX) $(CPPFLAGS) $(cuda_host_include) $(cuda_host_flags) $(CXXFLAGS)
cuda_host_compile = $(AM_V_CXX)$(MKDIR_P) $(@D) && $(cuda_host_cxx)
.cu.cuhost:
	$(cuda_host_compile) -x c++ -c -o $@ $<
.cu.cuwatch:
	$(cuda_host_compile) $(cuda_watch_flags) -x c++ -c -o $@ $<
$(cuda_host_objects) $(cuda_watch_objects): $(cuda_headers) $(cuda_host_headers) $(build_id_files) engine/forward/build_id.h
CLEANFILES += $(cuda_host_objects) $(cuda_watch_objects)

# The emulation's own tests: one source, with watched accesses and without.
cuda_host_tests = tests/cuda_host/test_emulation tests/cuda_host/test_emulation_plain
check_PROGRAMS += $(cuda_host_tests)
TESTS += $(cuda_host_tests)
tests_cuda_host_test_emulation_SOURCES = tests/cuda_host/test_emulation.cpp
tests_cuda_host_test_emulation_CPPFLAGS = $(cuda_host_include)
tests_cuda_host_test_emulation_CXXFLAGS = $(cuda_host_flags) $(cuda_watch_flags)
# The link must not see the flag that compiles: it would add the sanitizer's library.
tests_cuda_host_test_emulation_LDFLAGS = $(AM_LDFLAGS) -fno-sanitize=all
tests_cuda_host_test_emulation_LDADD = $(cuda_host_libs)
tests_cuda_host_test_emulation_plain_SOURCES = tests/cuda_host/test_emulation.cpp
tests_cuda_host_test_emulation_plain_CPPFLAGS = $(cuda_host_include)
tests_cuda_host_test_emulation_plain_CXXFLAGS = $(cuda_host_flags)
tests_cuda_host_test_emulation_plain_LDADD = $(cuda_host_libs)

# Kernels against the reference, with every access watched; attention, where that leaves time for few cases, plain too.
cuda_host_kernel_tests = tests/cuda_host/test_cu_rows tests/cuda_host/test_cu_heads tests/cuda_host/test_cu_head tests/cuda_host/test_cu_attention \
	tests/cuda_host/test_cu_attention_plain tests/cuda_host/test_cu_gemm tests/cuda_host/test_cu_fast
check_PROGRAMS += $(cuda_host_kernel_tests)
TESTS += $(cuda_host_kernel_tests)
# Not module.cu, which brings what a module must have of base.
cuda_host_kernel_libs = engine/cuda/gemm_quant.cuwatch engine/cuda/gemm_float.cuwatch engine/cuda/attention.cuwatch \
	engine/cuda/head.cuwatch engine/cuda/heads.cuwatch engine/cuda/rows.cuwatch $(cuda_host_libs) libqwengine.la
tests_cuda_host_test_cu_rows_SOURCES = tests/cuda_host/test_cu_rows.cpp $(cuda_host_test_headers)
tests_cuda_host_test_cu_rows_CPPFLAGS = $(cuda_host_include)
tests_cuda_host_test_cu_rows_CXXFLAGS = $(cuda_host_flags)
tests_cuda_host_test_cu_rows_LDADD = $(cuda_host_kernel_libs)
tests_cuda_host_test_cu_heads_SOURCES = tests/cuda_host/test_cu_heads.cpp $(cuda_host_test_headers)
tests_cuda_host_test_cu_heads_CPPFLAGS = $(cuda_host_include)
tests_cuda_host_test_cu_heads_CXXFLAGS = $(cuda_host_flags)
tests_cuda_host_test_cu_heads_LDADD = $(cuda_host_kernel_libs)
tests_cuda_host_test_cu_head_SOURCES = tests/cuda_host/test_cu_head.cpp $(cuda_host_test_headers)
tests_cuda_host_test_cu_head_CPPFLAGS = $(cuda_host_include)
tests_cuda_host_test_cu_head_CXXFLAGS = $(cuda_host_flags)
tests_cuda_host_test_cu_head_LDADD = $(cuda_host_kernel_libs)
tests_cuda_host_test_cu_attention_SOURCES = tests/cuda_host/test_cu_attention.cpp $(cuda_host_test_headers)
tests_cuda_host_test_cu_attention_CPPFLAGS = $(cuda_host_include)
tests_cuda_host_test_cu_attention_CXXFLAGS = $(cuda_host_flags)
tests_cuda_host_test_cu_attention_LDADD = $(cuda_host_kernel_libs)
tests_cuda_host_test_cu_attention_plain_SOURCES = tests/cuda_host/test_cu_attention.cpp $(cuda_host_test_headers)
tests_cuda_host_test_cu_attention_plain_CPPFLAGS = $(cuda_host_include)
tests_cuda_host_test_cu_attention_plain_CXXFLAGS = $(cuda_host_flags)
tests_cuda_host_test_cu_attention_plain_LDADD = engine/cuda/attention.cuhost $(cuda_host_libs) libqwengine.la
tests_cuda_host_test_cu_gemm_SOURCES = tests/cuda_host/test_cu_gemm.cpp $(cuda_host_test_headers)
tests_cuda_host_test_cu_gemm_CPPFLAGS = $(cuda_host_include)
tests_cuda_host_test_cu_gemm_CXXFLAGS = $(cuda_host_flags)
tests_cuda_host_test_cu_gemm_LDADD = $(cuda_host_kernel_libs)
tests_cuda_host_test_cu_fast_SOURCES = tests/cuda_host/test_cu_fast.cpp $(cuda_host_test_headers)
tests_cuda_host_test_cu_fast_CPPFLAGS = $(cuda_host_include)
tests_cuda_host_test_cu_fast_CXXFLAGS = $(cuda_host_flags)
tests_cuda_host_test_cu_fast_LDADD = engine/cuda/fast.cuwatch engine/cuda/cublas.cuwatch $(cuda_host_kernel_libs)

# The whole module over the emulation: --backend cuda-host; and watched: --backend cuda-watch.  It handles
# faults until the process ends, so dlclose must leave it where it is (nodelete).
check_DATA = tests/cuda_host/qwend-cuda-host.so tests/cuda_host/qwend-cuda-watch.so
cuda_host_shared = $(CXX) -shared -pthread -Wl,-Bsymbolic,-z,nodelete
cuda_host_link = $(AM_V_CXXLD)$(cuda_host_shared) -o $@
tests/cuda_host/qwend-cuda-host.so: $(cuda_host_objects) tests/cuda_host/libemu.a
	$(cuda_host_link) $(cuda_host_objects) $(cuda_host_libs)
tests/cuda_host/qwend-cuda-watch.so: $(cuda_watch_objects) tests/cuda_host/libemu.a
	$(cuda_host_link) $(cuda_watch_objects) $(cuda_host_libs)
CLEANFILES += $(check_DATA)

# Its memory, beside what the golden tests see of it.
cuda_host_module_tests = tests/cuda_host/test_module tests/cuda_host/golden.sh tests/cuda_host/sched.sh tests/cuda_host/turing.sh \
	tests/cuda_host/daemon.sh
check_PROGRAMS += tests/cuda_host/test_module
TESTS += $(cuda_host_module_tests)
tests_cuda_host_test_module_SOURCES = tests/cuda_host/test_module.c
tests_cuda_host_test_module_LDADD = libqwengine.la $(CMOCKA_LIBS)

# All of it: kernels, emulation, and the golden tests, test_bits, the scheduler and the daemon on the module.
check-cuda-host: all
	$(MAKE) $(AM_MAKEFLAGS) check_host_data
	$(MAKE) $(AM_MAKEFLAGS) check TESTS="$(cuda_host_tests) $(cuda_host_kernel_tests) $(cuda_host_module_tests) tests/e2e/test_backend.py"
check_host_data: $(check_DATA)

# Whether these tests notice mistakes (mutants.py); MUTANTS: its arguments, such as --sample.
check-cuda-mutants: all
	$(MAKE) $(AM_MAKEFLAGS) check_host_data $(cuda_host_kernel_tests) tests/cuda_host/test_module tests/golden/test_bits
	$(PYTHON3) $(srcdir)/tests/cuda_host/mutants.py --build $(abs_top_builddir) $(MUTANTS)
# What it compiles and links with.
cuda-mutants-settings:
	@echo 'watch: $(cuda_host_cxx) $(cuda_watch_flags)'
	@echo 'plain: $(cuda_host_cxx)'
	@echo 'link: $(LIBTOOL) --silent --tag=CXX --mode=link $(CXX) $(cuda_host_flags) $(CXXFLAGS) $(AM_LDFLAGS) $(LDFLAGS)'
	@echo 'module: $(cuda_host_shared)'
	@echo 'module_objects: $(cuda_host_objects) $(cuda_host_libs)'
	@echo 'test_cu_gemm: $(tests_cuda_host_test_cu_gemm_OBJECTS) $(tests_cuda_host_test_cu_gemm_LDADD)'
	@echo 'test_cu_rows: $(tests_cuda_host_test_cu_rows_OBJECTS) $(tests_cuda_host_test_cu_rows_LDADD)'
	@echo 'test_cu_heads: $(tests_cuda_host_test_cu_heads_OBJECTS) $(tests_cuda_host_test_cu_heads_LDADD)'
	@echo 'test_cu_head: $(tests_cuda_host_test_cu_head_OBJECTS) $(tests_cuda_host_test_cu_head_LDADD)'
	@echo 'test_cu_fast: $(tests_cuda_host_test_cu_fast_OBJECTS) $(tests_cuda_host_test_cu_fast_LDADD)'
	@echo 'test_cu_attention: $(tests_cuda_host_test_cu_attention_OBJECTS) $(tests_cuda_host_test_cu_attention_LDADD)'
	@echo 'test_cu_attention_plain: $(tests_cuda_host_test_cu_attention_plain_OBJECTS) $(tests_cuda_host_test_cu_attention_plain_LDADD)'
endif
.PHONY: check-cuda-host check-cuda-mutants cuda-mutants-settings check_host_data
dist_noinst_SCRIPTS += tests/cuda_host/golden.sh tests/cuda_host/sched.sh tests/cuda_host/turing.sh tests/cuda_host/daemon.sh tests/cuda_host/small.sh
