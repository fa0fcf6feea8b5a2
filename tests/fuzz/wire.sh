#!/bin/sh
# The wire's fuzz targets over their seeds: each file, each cut, and 10,000 mutations each.
set -e
cd "${abs_top_builddir:?}"
for t in fuzz_frame fuzz_table; do
    set -- "${abs_top_srcdir:?}"/tests/data/wire/*.bin
    tests/fuzz/$t "$@"
    tests/fuzz/$t --truncate 1 "$@"
    tests/fuzz/$t --mutate 10000 --seed 1 "$@"
done
