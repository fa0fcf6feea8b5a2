/* head.cu against the reference of tests/unit/head_ref.h, bit for bit. */
#include "tests/cuda_host/cu_test.h"
#include "tests/unit/head_ref.h"

enum fill { NORMAL, COARSE, EQUAL, RISING, FALLING, CLUSTER, ZEROS, SPARSE, INFINITE, NOTHING, FILLS };
static const char *const fill_names[] = { "normal", "coarse", "equal", "rising", "falling", "cluster", "zeros", "sparse",
                                          "infinite", "nothing" };
static const float temperatures[] = { 0.7f, 0, 1, 2.5f, 0.01f, 100 };

static float value(enum fill f, size_t i, size_t V, uint64_t *seed)
{
    const float x = 6 * rnd_float(seed);

    switch (f) {
    case COARSE: return floorf(x);                              /* a few values: hundreds of ties at every cut */
    case EQUAL: return -3.25f;
    case RISING: return (float)i * 1e-3f;                       /* the head is in the last chunks, whole */
    case FALLING: return -(float)i;
    case CLUSTER: return i % 2048 % 256 / 8 == 5 ? 20 + x : x;  /* more than a head in a few groups of threads */
    case ZEROS: return rnd(seed) & 1 ? 0.0f : -0.0f;
    case SPARSE: return rnd_below(seed, 8) ? NAN : rnd_below(seed, 8) ? -INFINITY : x;
    case INFINITE: return i == V / 2 || i == V - 1 ? INFINITY : x;
    case NOTHING: return rnd(seed) & 1 ? NAN : -INFINITY;
    default: return x;
    }
}

/* Bits of ids, rows apart; row 0's are all. */
static std::vector<uint32_t> make_mask(size_t S, size_t V, uint64_t *seed)
{
    std::vector<uint32_t> mask(S * ((V + 31) / 32));

    for (size_t i = 0; i < mask.size(); i++)
        mask[i] = i < (V + 31) / 32 ? ~0u : (uint32_t)rnd(seed) & (uint32_t)(rnd(seed) >> 32);
    return mask;
}

static bool same_head(const struct logit_head &a, const struct logit_head &b)
{
    return a.n == b.n && a.mass_plain == b.mass_plain && a.mass == b.mass && memcmp(a.top, b.top, sizeof a.top) == 0;
}

static void test_head(size_t V, size_t S, enum fill f, bool masked)
{
    uint64_t seed = V + S * 31 + f;
    std::vector<float> rows(S * V), temperature(S);
    std::vector<uint32_t> mask = make_mask(S, V, &seed);

    for (size_t i = 0; i < rows.size(); i++)
        rows[i] = value(f, i % V, V, &seed);
    for (size_t r = 0; r < S; r++)
        temperature[r] = temperatures[(r + f) % (sizeof temperatures / sizeof temperatures[0])];

    device_array<float> dl(rows), dt(temperature);
    device_array<uint32_t> dm(mask);
    device_array<struct logit_head> out(NULL, S);
    device_array<uint64_t> work(NULL, cu_head_bytes((uint32_t)S, (uint32_t)V) / sizeof(uint64_t));     /* not written yet */
    struct cu_head_rows a;

    a.logits = dl.p;
    a.S = (uint32_t)S;
    a.n_vocab = (uint32_t)V;
    a.temperature = dt.p;
    a.mask = masked ? dm.p : NULL;
    a.out = out.p;
    a.work = work.p;
    cu_head(&a, 0);
    cuda_wait();
    work.get();                                                 /* nothing beyond it */
    const std::vector<struct logit_head> got = out.get();

    for (size_t r = 0; r < S; r++) {
        struct logit_head want;

        head_ref(&want, &rows[r * V], V, temperature[r], masked ? &mask[r * ((V + 31) / 32)] : NULL, LOGIT_HEAD);
        tally(same_head(got[r], want), "V=%zu row %zu of %zu, %s%s: n %llu (%llu), mass %llu (%llu), top %d (%d)", V, r, S,
              fill_names[f], masked ? ", masked" : "", (unsigned long long)got[r].n, (unsigned long long)want.n, (unsigned long long)got[r].mass,
              (unsigned long long)want.mass, got[r].top[0].id, want.top[0].id);
    }
}

int main(void)
{
    kern_thread_init();
    for (int f = 0; f < FILLS; f++) {
        const enum fill fill = (enum fill)f;

        for (size_t V : { 1, 2, 31, 255, 256, 257, 2048, 2049 })
            test_head(V, V == 257 ? 17 : 2, fill, V % 2 != 0);
        test_head(9000, 3, fill, f % 2 == 0);                   /* 160 groups: all are looked at */
        test_head(20000, 1, fill, f % 2 != 0);                  /* 320: a choice of them */
        test_head(f % 2 ? 151936 : 152064, 1, fill, false);
    }
    test_head(151936, 3, NORMAL, false);
    test_head(LOGIT_HEAD_VOCAB, 1, COARSE, false);
    test_head(LOGIT_HEAD_VOCAB - 1, 2, RISING, true);
    if (ON_GPU)
        for (int f = 0; f < FILLS; f++) {
            test_head(151936, 17, (enum fill)f, false);
            test_head(152064, 32, (enum fill)f, true);
        }
    return tests_end();
}
