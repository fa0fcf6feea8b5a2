#!/usr/bin/env bash
# The scheduler on the module over the emulation, against plain loops on the CPU: a prompt that two choices share, batches in a pool
# that is too small (preempted, resumed, pages taken over by others), guesses; pages of F16, BF16 and int8.  A large pool (20 s of a core
# for each model) and the quantized model (a minute and more) are left to a GPU: QWEND_TEST_BACKEND=cuda tests/unit/test_sched_model.
set -e
export QWEND_TEST_BACKEND=cuda-host
export QW_CUDA_HOST_BYTES=$((256 << 20))        # test_golden's pool is what there is
for test in test_golden 'tight_pool_*_tiny_*'; do
    CMOCKA_TEST_FILTER=$test "$abs_top_builddir/tests/unit/test_sched_model"
done
