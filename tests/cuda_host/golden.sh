#!/usr/bin/env bash
# The golden tests (with either gpu_numerics) and test_bits (its pinned hash is the CPU's) on the module over the emulation.  every_way_same is left
# to a real GPU (QWEND_TEST_BACKEND=cuda tests/golden/test_bits): here it takes a quarter of an hour.
set -e
export QWEND_TEST_BACKEND=cuda-host
"$abs_top_builddir/tests/golden/test_golden"
QWEND_TEST_NUMERICS=fast "$abs_top_builddir/tests/golden/test_golden"
for test in pinned_hash batch_is_invisible stale_pages_same fewer_logits_same heads_are_of_the_rows one_run_after_another; do
    CMOCKA_TEST_FILTER=$test "$abs_top_builddir/tests/golden/test_bits"
done
