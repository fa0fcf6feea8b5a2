#!/usr/bin/env bash
# The golden tests (with either gpu_numerics) and test_bits (its pinned hash is the CPU's) on the module over the emulation.  Of
# every_way_same a float and a quantized model, with each type of pages; the other twelve take here some three minutes of a core, the long
# contexts more: they are left to a GPU (QWEND_TEST_BACKEND=cuda tests/golden/test_bits).
set -e
export QWEND_TEST_BACKEND=cuda-host
"$abs_top_builddir/tests/golden/test_golden"
QWEND_TEST_NUMERICS=fast "$abs_top_builddir/tests/golden/test_golden"
for test in pinned_hash batch_is_invisible stale_pages_same fewer_logits_same heads_are_of_the_rows one_run_after_another \
        every_way_same_qwen3-tiny-f32 every_way_same_qwen3-small-q4_k_m; do
    CMOCKA_TEST_FILTER=$test "$abs_top_builddir/tests/golden/test_bits"
done
