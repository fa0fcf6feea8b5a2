# docs: man pages; tests/check_man.py holds them against the programs.
dist_man_MANS += docs/man/qwend.8 docs/man/qwend.conf.5 docs/man/qwenctl.1 docs/man/qwen-run.1
EXTRA_DIST += docs/README.md docs/architecture.md docs/sessions.md docs/verification.md docs/writing-plugins.md docs/cuda.md
EXTRA_DIST += docs/performance.md docs/measurements.md docs/performance.svg
