# The CUDA module, qwend-cuda.so: built where nvcc is (configure --with-cuda), opened at run time.
cuda_sources = engine/cuda/module.cu engine/cuda/forward.cu engine/cuda/gemm_quant.cu engine/cuda/gemm_float.cu \
	engine/cuda/attention.cu engine/cuda/head.cu engine/cuda/heads.cu engine/cuda/rows.cu engine/cuda/fast.cu engine/cuda/cublas.cu
cuda_headers = engine/cuda/dev.h engine/cuda/host.h engine/cuda/kernels.h engine/cuda/ptx.h engine/cuda/attention.h \
	engine/cuda/attention_few.h engine/cuda/attention_many.h engine/cuda/attention_parts.h engine/cuda/gemm.h \
	engine/cuda/cublas.h engine/cuda/fast.h \
	engine/cuda/gemm_few.h engine/cuda/gemm_many.h engine/cuda/gemm_types.h
EXTRA_DIST += engine/cuda/README.md $(cuda_sources) $(cuda_headers)
if CUDA
cuda_objects = $(cuda_sources:.cu=.o)
# -fmad=false: a product and a sum are fused where fmaf is written, and nowhere else (dev.h).
# NVCC_STRICT='$(NVCC_ERRORS)' makes warnings errors, those of spills and local memory too (cuda-all; tests/all.sh).
NVCC_ERRORS = -Werror=all-warnings -Xptxas=-Werror
NVCCFLAGS = --std=c++17 -O3 -fmad=false -Xcompiler=-fPIC,-fvisibility=hidden,-Wall -Xptxas=-warn-spills,-warn-lmem-usage
.cu.o:
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(NVCC) $(NVCCFLAGS) $(NVCC_STRICT) $(NVCC_ARCHS) -I$(top_srcdir) -I$(top_builddir) -c -o $@ $<
$(cuda_objects): $(cuda_headers) $(build_id_files) engine/forward/build_id.h
engine/cuda/qwend-cuda.so: $(cuda_objects)
	$(AM_V_GEN)$(NVCC) -shared -cudart=static -Xlinker=-Bsymbolic -o $@ $(cuda_objects) -ldl
cudamoduledir = $(pkglibdir)
cudamodule_DATA = engine/cuda/qwend-cuda.so
CLEANFILES += $(cuda_objects) $(cudamodule_DATA)

# The module anew, for every architecture that it is for and whatever configure was told; some minutes.
cuda_all_archs = 75 80 86 89 90 100 120
cuda-all: $(BUILT_SOURCES)
	rm -f $(cuda_objects) $(cudamodule_DATA)
	archs=`for a in $(cuda_all_archs); do echo "-gencode arch=compute_$$a,code=sm_$$a"; done` && \
	  $(MAKE) $(AM_MAKEFLAGS) $(cudamodule_DATA) NVCC_STRICT='$(NVCC_ERRORS)' \
	    NVCC_ARCHS="`echo $$archs` -gencode arch=compute_120,code=compute_120"
else
cuda-all:
	@echo "configure found no nvcc: --with-cuda=PATH" >&2; exit 1
endif
.PHONY: cuda-all
