#!/usr/bin/env bash
# Compares mma fragments with CuTe's layouts: builds test_cute.cpp with the headers of the PyPI package
# nvidia-cutlass and of a CUDA toolkit, and runs it.  Skipped, with a line that says what is missing, without them.
#
#   python3 -m venv v && v/bin/pip install --no-deps nvidia-cutlass==4.2.0.0
#   CUTE_PYTHON=v/bin/python3 make check TESTS=tests/cuda_host/cute.sh
set -u
here=$(cd "$(dirname "$0")" && pwd) root=${abs_top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
python=${CUTE_PYTHON:-${PYTHON3:-python3}}
skip() { echo "1..0 # SKIP $1"; exit 77; }

package=$("$python" -c 'import importlib.util as u; s = u.find_spec("cutlass_library"); print(s.submodule_search_locations[0] if s else "")' 2>/dev/null)
[ -f "$package/source/include/cute/layout.hpp" ] || skip "$python has no package nvidia-cutlass (see $0)"
nvcc=$(PATH=$PATH:/usr/local/cuda/bin command -v nvcc) || skip "no CUDA toolkit: CuTe includes its headers"
cuda=$(cd "$(dirname "$(readlink -f "$nvcc")")/../include" && pwd)

# -iquote: <cuda_runtime.h> must be NVIDIA's here even where $cuda is a system folder, which -I does not move forward.
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
flags="-std=c++17 -O1 -ffp-contract=off"
${CXX:-g++} $flags -w -I"$package/source/include" -I"$cuda" -I"$cuda/cccl" -iquote "$here" -c "$here/cute_maps.cpp" -o "$work/maps.o" &&
${CXX:-g++} $flags -I"$here" -I"$root" "$here"/{test_cute,async_copy,block,memory,mma,report,stream,watch}.cpp \
    "$work/maps.o" -ldl -pthread -o "$work/test_cute" && "$work/test_cute"
