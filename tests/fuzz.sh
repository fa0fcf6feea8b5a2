#!/usr/bin/env bash
# Longer fuzzing than `make check` does: `make fuzz [FUZZ_SECONDS=60]`, in a folder configured with
#   ./configure CC=clang --enable-fuzzing --enable-sanitizer=address,undefined
# Each target then runs under libFuzzer for FUZZ_SECONDS; new inputs stay in fuzz-corpus/ of the build folder,
# findings beside it as crash-*.  Without --enable-fuzzing the targets replay ten times the mutations of make check.
set -euo pipefail
SRC=${abs_top_srcdir:?} BUILD=${abs_top_builddir:?}
SECONDS_EACH=${FUZZ_SECONDS:-60}
cd "$BUILD"
mkdir -p fuzz-corpus/{frame,table,gguf,model,talk,calc}
cp "$SRC"/tests/data/wire/*.bin fuzz-corpus/frame/
cp "$SRC"/tests/data/wire/*.bin fuzz-corpus/table/
"${PYTHON3:-python3}" "$SRC/tests/fuzz/small_gguf.py" fuzz-corpus/gguf/small.gguf
cp fuzz-corpus/gguf/small.gguf "$SRC/tests/data/models/qwen2-tiny-f32.gguf" fuzz-corpus/model/
"${PYTHON3:-python3}" "$SRC/tests/fuzz/small_talk.py" fuzz-corpus/talk/small.talk
failed=0
"${PYTHON3:-python3}" "$SRC/tests/fuzz/small_calc.py" fuzz-corpus/calc 10
for t in frame table gguf model talk calc; do
    program=tests/fuzz/fuzz_$t
    printf '== %s\n' "$program"
    if [ "${FUZZING:-no}" = yes ]; then
        "$program" -max_total_time="$SECONDS_EACH" -rss_limit_mb=4096 -timeout=25 -max_len=1048576 -print_final_stats=1 \
            -verbosity=1 "fuzz-corpus/$t" 2>"fuzz-$t.log" || failed=1
        grep -E '^(stat::number_of_executed_units|SUMMARY)|cov: .*DONE' "fuzz-$t.log" || tail -n 20 "fuzz-$t.log"
    else
        n=100000
        [ "$t" = model ] && n=6000
        [ "$t" = calc ] && n=6000
        "$program" --mutate "$n" --seed "${FUZZ_SEED:-3}" --head 24000 fuzz-corpus/$t/* || failed=1
    fi
done
exit $failed
