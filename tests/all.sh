#!/usr/bin/env bash
# Everything that a stranger should run, on a built tree: `tests/all.sh BUILD` (./quickstart.sh test calls it).
# The last line is "N passed, N failed"; the exit code is 1 if anything failed.  Logs lie in BUILD/test-logs.
set -uo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$(cd "${1:?usage: tests/all.sh BUILD}" && pwd) || exit 2
JOBS=$(nproc)
LOGS=$BUILD/test-logs
PASSED=0 FAILED=0 SKIPPED=0 BEGAN=$SECONDS
mkdir -p "$LOGS"
export PYTHONUNBUFFERED=1 abs_top_srcdir=$ROOT abs_top_builddir=$BUILD
# configure takes no blanks in the path that it is called by; from a folder of the build a relative one has none.
CONFIGURE=$ROOT/configure
[ "$BUILD" != "$ROOT/build" ] || CONFIGURE=../../configure

title() { printf '\n== %s (after %d s)\n' "$1" $((SECONDS - BEGAN)); }
pass()  { PASSED=$((PASSED + ${1:-1})); }
fail()  { FAILED=$((FAILED + ${1:-1})); }
skip()  { SKIPPED=$((SKIPPED + ${1:-1})); }
count() { sed -n "s/^# $1: *//p" "$2" | tail -n 1; }
log_of() { printf '%s/%s.log' "$LOGS" "${1//[^A-Za-z0-9]/-}"; }

# One step that passes or fails as a whole.
step() {    # name command...
    local name=$1 log start=$SECONDS
    log=$(log_of "$name")
    shift
    if "$@" >"$log" 2>&1; then
        pass; printf 'ok     %s (%d s)\n' "$name" $((SECONDS - start))
    else
        fail; printf 'NOT OK %s (%d s): the end of %s:\n' "$name" $((SECONDS - start)) "$log"
        tail -n 40 "$log" | sed 's/^/    /'
        return 1
    fi
}

# automake's test run: its own counts are taken over.
suite() {    # name build-folder make-arguments...
    local name=$1 build=$2 log start=$SECONDS rc=0 bad t
    log=$(log_of "$name")
    shift 2
    make -C "$build" -j"$JOBS" "$@" >"$log" 2>&1 || rc=$?
    if [ -z "$(count PASS "$log")" ]; then
        fail; echo "NOT OK $name did not get to its tests; the end of $log:"; tail -n 40 "$log" | sed 's/^/    /'
        return
    fi
    bad=$(($(count FAIL "$log") + $(count ERROR "$log") + $(count XPASS "$log")))
    pass "$(count PASS "$log")"; fail "$bad"; skip "$(count SKIP "$log")"
    [ $rc -eq 0 ] || [ $bad -gt 0 ] || { fail; tail -n 20 "$log" | sed 's/^/    /'; }
    grep -E '^SKIP:' "$log"
    grep -E '^(FAIL|ERROR|XPASS):' "$log" | sort -u | while read -r _ t; do
        t=$build/${t%.py} t=${t%.sh}
        echo "NOT OK $t: the end of $t.log:"; tail -n 25 "$t.log" | sed 's/^/    /'
    done
    printf '%s: %s passed, %d failed, %s skipped (%d s)\n' "$name" "$(count PASS "$log")" "$bad" "$(count SKIP "$log")" $((SECONDS - start))
}

# A script that prints TAP: each of its cases counts.
tap() {     # name command...
    local name=$1 log rc=0 bad
    log=$(log_of "$name")
    shift
    "$@" 2>&1 | tee "$log" || rc=$?
    bad=$(grep -c '^not ok ' "$log")
    pass "$(grep '^ok ' "$log" | grep -vc '# SKIP')"
    fail "$bad"
    skip "$(grep -c '^ok .*# SKIP' "$log")"
    if grep -q '^1\.\.0 # SKIP' "$log"; then skip; return; fi
    if ! grep -q '^1\.\.' "$log" || { [ $rc -ne 0 ] && [ "$bad" -eq 0 ]; }; then
        fail; echo "NOT OK $name ended with $rc and without saying what failed"
    fi
}

# A build of another kind, in a folder of its own below the build's; without the CUDA module unless asked for.
other_build() (     # folder configure-arguments... -- make-arguments...
    local folder=$BUILD/$1 args=()
    shift
    while [ "$1" != -- ]; do args+=("$1"); shift; done
    shift
    mkdir -p "$folder" && cd "$folder" &&
        { [ Makefile -nt "$ROOT/configure" ] || "$CONFIGURE" --with-cuda=no "${args[@]}"; } && make -j"$JOBS" "$@"
)

# As a step; but where it ends with 77 it was left out, and its last line says why.
maybe() {   # name command...
    local name=$1 log rc=0 start=$SECONDS
    log=$(log_of "$name")
    shift
    "$@" >"$log" 2>&1 || rc=$?
    case $rc in
    0)  pass; printf 'ok     %s (%d s)\n' "$name" $((SECONDS - start)) ;;
    77) skip; echo "skip   $name: $(tail -n 1 "$log")" ;;
    *)  fail; printf 'NOT OK %s (%d s): the end of %s:\n' "$name" $((SECONDS - start)) "$log"; tail -n 40 "$log" | sed 's/^/    /' ;;
    esac
}

# What the CUDA steps read beside the toolkit, fetched once into a folder of the build.
CUDA_VENV=$BUILD/cuda-packages
cuda_packages() {
    [ -x "$CUDA_VENV/bin/python3" ] || python3 -m venv "$CUDA_VENV"
    "$CUDA_VENV/bin/pip" install -q --no-deps nvidia-cutlass==4.2.0.0 nvidia-cuda-cuobjdump nvidia-cuda-nvdisasm ||
        { echo "the packages could not be fetched"; return 77; }
}
machine_code() { cuda_packages && "$CUDA_VENV/bin/python3" "$ROOT/tests/cuda_host/sass.py" "$1"; }
fragments() { cuda_packages && CUTE_PYTHON=$CUDA_VENV/bin/python3 "$ROOT/tests/cuda_host/cute.sh"; }

title "models (SmolLM2-135M and Qwen2.5-Coder-0.5B: 0.6 GB, fetched once)"
model_file() { "$BUILD/client/qwenctl" model show "$1" | sed -n 's/^file  *//p'; }
for name in small default; do
    variable=QWEN_TEST_${name^^}
    if [ -z "${!variable:-}" ]; then
        [ -n "$(model_file $name)" ] || step "qwenctl model pull $name" "$BUILD/client/qwenctl" model pull $name
        printf -v "$variable" '%s' "$(model_file $name)"
    fi
    export "${variable?}"
    echo "$variable=${!variable}"
    [ -s "${!variable}" ] || { fail; echo "NOT OK there is no $name model"; }
done

title "make check"
suite "make check" "$BUILD" check

title "end to end on the real models"
tap "real models" python3 "$ROOT/tests/e2e/test_real.py"

title "memory, the short form of make soak-memory"
tap "memory" python3 "$ROOT/tests/e2e/soak_memory.py" --requests 60

title "conversations: kill -9 under load, the short form of make soak-sessions"
step "12 times kill -9 under 8 clients" env SOAK_KILLS=12 python3 "$ROOT/tests/e2e/soak_sessions.py"

title "verdicts: make soak-verdicts"
step "1,000 verdicts leave nothing behind" make -C "$BUILD" soak-verdicts N=1000

# The real models stay out of what follows: the same code ran on them above.  But for one step, of the CUDA module.
SMALL=$QWEN_TEST_SMALL
unset QWEN_TEST_SMALL QWEN_TEST_DEFAULT

title "with the address and undefined-behaviour sanitizers"
step "build with the address and undefined sanitizers" \
    other_build asan --enable-sanitizer=address,undefined CFLAGS="-g -O1" -- all &&
    suite "make check, sanitized" "$BUILD/asan" check

title "with the thread sanitizer: the scheduler, the workers, the store and the daemon end to end"
threads=(tests/unit/test_sched tests/unit/test_sched_life tests/unit/test_sched_store tests/unit/test_sched_disk tests/unit/test_workers
         tests/unit/test_repack tests/unit/test_store_pages tests/unit/test_store_rows tests/unit/test_store_delete tests/unit/test_store_search
         tests/unit/test_store_stop)
step "build with the thread sanitizer" other_build tsan --enable-sanitizer=thread CFLAGS="-g -O1" -- all &&
    suite "threads, sanitized" "$BUILD/tsan" check-TESTS check_PROGRAMS="${threads[*]}" \
        TESTS="${threads[*]} tests/e2e/test_daemon.py tests/e2e/test_backend.py tests/e2e/test_plugins.py tests/e2e/test_sessions.py"

title "the CUDA module: for two architectures and PTX, and its kernels on the host"
if command -v nvcc >/dev/null || [ -x /usr/local/cuda/bin/nvcc ]; then
    step "build for compute capabilities 7.5 and 9.0, warnings are errors" other_build cuda --with-cuda=yes --enable-cuda-archs=75,90 \
        --enable-cuda-host -- all NVCC_STRICT="-Werror=all-warnings -Xptxas=-Werror" && {
        maybe "fragments of mma are where CuTe has them" fragments
        maybe "the machine code of hot kernels" machine_code "$BUILD/cuda/engine/cuda/qwend-cuda.so"
        suite "kernels, emulated" "$BUILD/cuda" check-cuda-host
        step "mistakes in kernels are caught: the sample of make check-cuda-mutants" \
            make -C "$BUILD/cuda" check-cuda-mutants MUTANTS=--sample
        step "build the comparison of logits" make -C "$BUILD/cuda" tests/golden/logits &&
            maybe "SmolLM2-135M emulated, byte for byte" env QWEN_TEST_SMALL="$SMALL" abs_top_builddir="$BUILD/cuda" \
                bash "$ROOT/tests/cuda_host/small.sh"
    }
else
    skip; echo "skip   nvcc is not installed: the CUDA module"
fi

title "other builds"
if command -v clang >/dev/null; then
    # Another compiler must give the same bits and the same mathematics.
    exact=(tests/golden/test_bits tests/golden/test_golden tests/unit/test_kern_vec tests/unit/test_sampler tests/unit/test_calc_parse
           tests/unit/test_calc_value tests/unit/test_calc_equal tests/unit/test_calc_read tests/plugin/calc_driver)
    step "build with clang, warnings are errors" other_build clang CC=clang CFLAGS="-O2 -Werror" -- all &&
        suite "built by clang" "$BUILD/clang" check-TESTS check_PROGRAMS="${exact[*]}" \
            TESTS="${exact[*]:0:8} tests/plugin/test_calculator.sh"
    fuzzers=(tests/fuzz/fuzz_frame tests/fuzz/fuzz_table tests/fuzz/fuzz_gguf tests/fuzz/fuzz_model tests/fuzz/fuzz_talk tests/fuzz/fuzz_calc)
    step "build the fuzz targets" other_build fuzz CC=clang --enable-fuzzing --enable-sanitizer=address,undefined \
        CFLAGS="-g -O1" -- "${fuzzers[@]}" &&
        step "make fuzz, 10 s for each target" make -C "$BUILD/fuzz" fuzz FUZZ_SECONDS=10
else
    skip; echo "skip   clang is not installed: its build and the fuzzers"
fi
step "make install into a folder" make -C "$BUILD" install DESTDIR="$BUILD/dest"
step "make distcheck" make -C "$BUILD" distcheck

title "result"
[ "$SKIPPED" -eq 0 ] || printf 'skipped: %d (named above, each with its reason in its log)\n' "$SKIPPED"
printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
[ "$FAILED" -eq 0 ]
