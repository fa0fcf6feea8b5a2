#!/usr/bin/env bash
# The daemon on the module over the emulation: streams, batches, cancel, prefix hits; conversations and their forks after a
# restart and after kill -9, their pages through the store; gpu_numerics.  Any test of tests/e2e runs so, with QWEND_TEST_BACKEND=cuda-host.
set -e
export QWEND_TEST_BACKEND=cuda-host
export QW_CUDA_HOST_BYTES=$((256 << 20))        # each daemon zeroes what there is
"$PYTHON3" "$abs_top_srcdir/tests/e2e/test_daemon.py" test_two_clients test_every_backend test_same_seed test_leaving test_session_chat
"$PYTHON3" "$abs_top_srcdir/tests/e2e/test_sessions.py" test_a_conversation_goes test_resume_after_kill test_forks_after_kill \
    test_stateless
"$PYTHON3" "$abs_top_srcdir/tests/e2e/test_numerics.py"
