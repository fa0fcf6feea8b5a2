/* Runs a fuzz target without a fuzzer, so that `make check` can:
 *
 *   fuzz_X FILE...                                  each file once
 *   fuzz_X --truncate STEP FILE...                  each file cut at every STEP bytes
 *   fuzz_X --mutate N [--seed S] [--head H] FILE... N random mutations, spread over the
 *                                                   files; with --head the first H bytes
 *                                                   get nine in ten of them
 *
 * The same seed gives the same mutations on every machine.  An input that kills
 * the target is announced on standard error by its number before it runs when
 * FUZZ_VERBOSE is set; --dump I writes input number I to standard output.  Each
 * input lies in a block of exactly its size, so that ASan sees one byte past it. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct file { uint8_t *p; size_t n; };

static uint64_t rng;
static long     input_no, dump_no = -1;

static uint64_t next(void)                  /* splitmix64 */
{
    uint64_t z = (rng += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static size_t below(size_t n)
{
    return n == 0 ? 0 : (size_t)(next() % n);
}

static bool load(const char *path, struct file *f)
{
    FILE *in = fopen(path, "rb");
    long n;

    if (in == NULL || fseek(in, 0, SEEK_END) != 0 || (n = ftell(in)) < 0 || fseek(in, 0, SEEK_SET) != 0) {
        perror(path);
        if (in != NULL)
            fclose(in);
        return false;
    }
    f->n = (size_t)n;
    f->p = malloc(f->n + 1);
    bool ok = f->p != NULL && fread(f->p, 1, f->n, in) == f->n;
    fclose(in);
    if (!ok)
        fprintf(stderr, "%s: cannot read\n", path);
    return ok;
}

static void run(const uint8_t *p, size_t n)
{
    uint8_t *copy = malloc(n > 0 ? n : 1);

    if (copy == NULL)
        abort();
    memcpy(copy, p, n);
    if (getenv("FUZZ_VERBOSE") != NULL)
        fprintf(stderr, "input %ld: %zu bytes\n", input_no, n);
    if (input_no == dump_no)
        fwrite(copy, 1, n, stdout);
    else
        LLVMFuzzerTestOneInput(copy, n);
    free(copy);
    input_no++;
}

/* Numbers that lengths, counts and types break on. */
static const uint64_t nasty[] = {
    0, 1, 2, 3, 7, 8, 9, 31, 32, 33, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
    0xffffffff, 0x100000000, 0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0xfffffffffffffff0,
};

/* Changes one thing in p[0..*n), which has room for *n bytes and never grows. */
static void mutate_once(uint8_t *p, size_t *n, size_t head)
{
    if (*n == 0)
        return;
    size_t span = head > 0 && head < *n && below(10) > 0 ? head : *n, at = below(span);
    uint64_t v = nasty[below(sizeof nasty / sizeof nasty[0])];

    switch (below(7)) {
    case 0: p[at] ^= (uint8_t)(1u << below(8)); break;
    case 1: p[at] = (uint8_t)next(); break;
    case 2: p[at] = (uint8_t)nasty[below(13)]; break;
    case 3: memcpy(p + at, &v, *n - at < 4 ? *n - at : 4); break;
    case 4: memcpy(p + at, &v, *n - at < 8 ? *n - at : 8); break;
    case 5: {                               /* one stretch over another */
        size_t to = below(span), len = 1 + below(64), room = *n - (at > to ? at : to);
        memmove(p + to, p + at, len < room ? len : room);
        break;
    }
    default:
        if (below(8) == 0) {
            *n = at;                        /* cut */
        } else {                            /* take a few bytes out */
            size_t len = 1 + below(16);
            if (len > *n - at)
                len = *n - at;
            memmove(p + at, p + at + len, *n - at - len);
            *n -= len;
        }
        break;
    }
}

static void mutations(const struct file *files, size_t n_files, long count, size_t head)
{
    for (long i = 0; i < count; i++) {
        const struct file *f = &files[(size_t)i % n_files];
        size_t n = f->n;
        uint8_t *p = malloc(n + 1);
        if (p == NULL)
            abort();
        memcpy(p, f->p, n);
        for (size_t k = 1 + below(4); k > 0; k--)
            mutate_once(p, &n, head);
        run(p, n);
        free(p);
    }
}

int main(int argc, char **argv)
{
    long count = 0, step = 0;
    size_t head = 0, n_files = 0;
    int i = 1;

    for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
        unsigned long long v = strtoull(argv[i + 1], NULL, 0);
        if (strcmp(argv[i], "--mutate") == 0)        count = (long)v;
        else if (strcmp(argv[i], "--truncate") == 0) step = (long)v;
        else if (strcmp(argv[i], "--seed") == 0)     rng = v;
        else if (strcmp(argv[i], "--head") == 0)     head = (size_t)v;
        else if (strcmp(argv[i], "--dump") == 0)     dump_no = (long)v;
        else break;
    }
    if (i >= argc || strncmp(argv[i], "--", 2) == 0) {
        fprintf(stderr, "usage: %s [--truncate STEP | --mutate N [--seed S] [--head H]] [--dump I] FILE...\n", argv[0]);
        return 2;
    }
    struct file *files = calloc((size_t)(argc - i), sizeof *files);
    if (files == NULL)
        return 1;
    for (; i < argc; i++, n_files++)
        if (!load(argv[i], &files[n_files]))
            return 1;
    for (size_t k = 0; k < n_files && count == 0; k++) {
        for (size_t n = 0; step > 0 && n < files[k].n; n += (size_t)step)
            run(files[k].p, n);
        run(files[k].p, files[k].n);
    }
    if (count > 0)
        mutations(files, n_files, count, head);
    for (size_t k = 0; k < n_files; k++)
        free(files[k].p);
    free(files);
    if (dump_no < 0)
        printf("%ld inputs\n", input_no);
    return 0;
}
