/* attention.cu against ref_attn_span and ref_attn_merge, bit for bit: every KV type, head size and number of
 * query heads, lengths around the borders of pages, softmax blocks and spans, batches of several sequences,
 * tiles of every size, launches in pieces, and values at the ends of what floats can hold; with either kernel and
 * as cu_attention chooses.
 *
 *   test_cu_attention          all that suits the machine
 *   test_cu_attention NAME     one KV type, such as f16 */
#include "tests/cuda_host/cu_test.h"

#include "engine/cuda/attention.h"
#ifndef __CUDACC__
#include "cuda_host.h"
#endif

static const struct kern *ref;
static bool some_only;                  /* every access is watched, which takes its time */
static uint32_t every;                  /* then one in 16; 0: the next is one */
static int only_type = -1;

/* What K, V and q hold. */
enum fill {
    NORMAL,
    SHARP,              /* scores so far apart that most weights are 0 */
    EQUAL,              /* all scores the same */
    ZERO,               /* zeros of both signs, in V too */
    HUGE_SCORES,        /* infinite scores and NaNs */
    TINY,               /* subnormal products */
    STALE,              /* values after the last position of a page, as a taken-back draft leaves them */
    INFINITE,           /* V of the last position, which a tile's other rows do not see, and of stale ones */
    FILLS
};

/* A sequence: its last token sees `seen` positions; n of its tokens are in the run. */
struct part { uint32_t seen, n; };

struct spec {
    int type;
    uint32_t D, G, KV;
    std::vector<part> parts;
    uint32_t tile;                      /* most tokens of a tile */
    bool ragged;                        /* tiles of any size up to it */
    uint32_t launches;
    enum fill fill;
};

struct problem {
    const struct spec *s;
    struct kv_layout l;
    uint32_t H, T, ldq, most;
    std::vector<uint8_t> pool;
    std::vector<size_t> page;           /* offsets in the pool, sequence by sequence */
    std::vector<uint32_t> first, seq, pos;
    std::vector<float> q, want;
    std::vector<cu_tile> tiles;
};

enum { LAYERS = 2, LAYER = 1 };

static float value(enum fill f, char what, uint64_t *seed)
{
    const float v = rnd_float(seed);

    switch (f) {
    case SHARP: return what == 'v' ? v : 8 * v;
    case EQUAL: return what == 'k' ? 0.5f : v;
    case ZERO: return what == 'q' ? v : rnd_below(seed, 8) == 0 ? v : rnd(seed) & 1 ? 0.0f : -0.0f;
    case HUGE_SCORES: return what == 'v' ? v : rnd_below(seed, 64) == 0 ? v * 1e30f : v * 1e10f;
    case TINY: return what == 'v' ? v * 1e-37f : v * 1e-20f;
    default: return v;
    }
}

/* Pages in scrambled order, among others that are NaNs throughout. */
static void make_pages(struct problem *p, uint64_t *seed)
{
    const struct spec *s = p->s;
    std::vector<float> k(s->D), v(s->D);
    std::vector<size_t> order;
    size_t pages = 0, used = 0;

    for (const part &a : s->parts)
        pages += (a.seen + KV_PAGE_TOKENS - 1) / KV_PAGE_TOKENS;
    for (size_t i = 0; i < pages + pages / 4 + 1; i++)
        order.push_back(i);
    for (size_t i = order.size() - 1; i > 0; i--)
        std::swap(order[i], order[rnd_below(seed, (uint32_t)i + 1)]);
    p->pool.assign(order.size() * p->l.page_bytes, 0xff);
    for (const part &a : s->parts) {
        const uint32_t end = s->fill == STALE || s->fill == INFINITE ? (a.seen + 15) / 16 * 16 : a.seen;

        p->first.push_back((uint32_t)p->page.size());
        for (uint32_t at = 0; at < end; at++) {
            if (at % KV_PAGE_TOKENS == 0) {
                p->page.push_back(order[used++] * p->l.page_bytes);
                memset(&p->pool[p->page.back() + kv_offset(&p->l, LAYER, 0)], 0, s->KV * (p->l.k_bytes + p->l.v_bytes));
            }
            for (uint32_t h = 0; h < s->KV; h++) {
                uint8_t *block = &p->pool[p->page.back() + kv_offset(&p->l, LAYER, h)];

                for (uint32_t d = 0; d < s->D; d++) {
                    k[d] = value(s->fill, 'k', seed);
                    v[d] = s->fill == INFINITE && at + (a.n > 1) >= a.seen ? INFINITY : value(s->fill, 'v', seed);
                }
                ref->kv_put(p->l.type, s->D, block, block + p->l.k_bytes, at % KV_PAGE_TOKENS, k.data(), v.data());
            }
        }
    }
}

static void make_rows(struct problem *p, uint64_t *seed)
{
    const struct spec *s = p->s;

    for (uint32_t i = 0; i < s->parts.size(); i++) {
        const part a = s->parts[i];

        for (uint32_t t = 0; t < a.n; t++) {
            p->seq.push_back(i);
            p->pos.push_back(a.seen - a.n + t);
        }
        for (uint32_t t = 0, n; t < a.n; t += n) {
            n = s->ragged ? 1 + rnd_below(seed, s->tile) : s->tile;
            n = a.n - t < n ? a.n - t : n;
            p->tiles.push_back({ (uint32_t)p->seq.size() - a.n + t, n });
        }
        p->most = a.seen > p->most ? a.seen : p->most;
    }
    p->T = (uint32_t)p->seq.size();
    p->ldq = (p->H + 2 * s->KV) * s->D;
    p->q.resize((size_t)p->T * p->ldq);
    for (float &f : p->q)
        f = value(s->fill, 'q', seed);
}

static void make_want(struct problem *p)
{
    const struct spec *s = p->s;
    const size_t D = s->D;
    const float scale = 1.0f / sqrtf((float)D);

    p->want.assign((size_t)p->T * p->H * D, 0);
    for (uint32_t i = 0, row = 0; i < s->parts.size(); row += s->parts[i++].n) {
        const part a = s->parts[i];
        const size_t R = (size_t)a.n * s->G, spans = (a.seen + KERN_ATTN_SPAN - 1) / KERN_ATTN_SPAN;
        std::vector<const uint8_t *> pages;
        std::vector<size_t> q_at(R);
        std::vector<uint32_t> n_vis(R);
        std::vector<struct kern_span> ml(R * spans);
        std::vector<float> o(R * spans * D);
        std::vector<uint8_t> scratch(kern_attn_scratch(D, R) + 64);

        for (uint32_t at = 0; at < (a.seen + 15) / 16; at++)
            pages.push_back(&p->pool[p->page[p->first[i] + at]]);
        for (uint32_t h = 0; h < s->KV; h++) {
            struct kern_attn j;

            for (size_t r = 0; r < R; r++) {
                q_at[r] = (row + r / s->G) * (size_t)p->ldq + (h * s->G + r % s->G) * D;
                n_vis[r] = p->pos[row + r / s->G] + 1;
            }
            memset(&j, 0, sizeof j);
            j.kv_type = p->l.type;
            j.D = D;
            j.R = R;
            j.q = p->q.data();
            j.q_at = q_at.data();
            j.n_vis = n_vis.data();
            j.pages = pages.data();
            j.k_at = kv_offset(&p->l, LAYER, h);
            j.v_at = j.k_at + p->l.k_bytes;
            j.scale = scale;
            for (size_t span = 0; span < spans; span++)
                ref->attn_span(&j, span, &ml[span * R], &o[span * R * D],
                               (void *)(((uintptr_t)scratch.data() + 63) & ~(uintptr_t)63));
            for (size_t r = 0; r < R; r++)
                ref->attn_merge(&p->want[((row + r / s->G) * (size_t)p->H + h * s->G + r % s->G) * D], D,
                                (n_vis[r] + KERN_ATTN_SPAN - 1) / KERN_ATTN_SPAN, &ml[r], R, &o[r * D], R * D);
        }
    }
}

static void name_spec(char *to, size_t size, const struct spec *s)
{
    int n = snprintf(to, size, "%s D=%u G=%u KV=%u tile %u%s launches %u fill %d:", kv_type_name((enum kv_type)s->type), s->D,
                     s->G, s->KV, s->tile, s->ragged ? " ragged" : "", s->launches, s->fill);

    for (const part &a : s->parts)
        if (n >= 0 && (size_t)n < size)
            n += snprintf(to + n, size - (size_t)n, " %u of %u", a.n, a.seen);
}

/* The tiles in `launches` pieces, each with results of its own. */
static void run_device(const struct problem *p, int kind, const char *name)
{
    static const char *const kinds[] = { "few", "many", "chosen" };
    const struct spec *s = p->s;
    device_array<uint8_t> pool(p->pool);
    std::vector<uint8_t *> page;

    for (size_t at : p->page)
        page.push_back(pool.p + at);
    device_array<uint8_t *> dpage(page);
    device_array<uint32_t> dfirst(p->first), dseq(p->seq), dpos(p->pos);
    device_array<float> dq(p->q);
    device_array<cu_tile> dtiles(p->tiles);
    struct cu_pages pages = { s->type, p->H, s->KV, s->D, p->l.k_bytes, p->l.v_bytes, kv_offset(&p->l, LAYER, 0), dpage.p,
                              dfirst.p, dseq.p, dpos.p };
    const size_t n = p->tiles.size(), row_floats = (size_t)p->H * s->D;
    std::vector<float> got;

    for (size_t i = 0; i < s->launches; i++) {
        const size_t t0 = n * i / s->launches, t1 = n * (i + 1) / s->launches;
        struct cu_attention a = {};

        if (t0 == t1)
            continue;
        a.q = dq.p;
        a.ldq = p->ldq;
        a.row0 = p->tiles[t0].row;
        a.rows = p->tiles[t1 - 1].row + p->tiles[t1 - 1].n - a.row0;
        a.tile = dtiles.p + t0;
        a.tiles = (uint32_t)(t1 - t0);
        for (size_t t = t0; t < t1; t++) {
            const uint32_t seen = p->pos[p->tiles[t].row + p->tiles[t].n - 1] + 1;

            a.tile_tokens = p->tiles[t].n > a.tile_tokens ? p->tiles[t].n : a.tile_tokens;
            a.most_visible = seen > a.most_visible ? seen : a.most_visible;
        }
        a.scale = 1.0f / sqrtf((float)s->D);
        device_array<float> out(a.rows * row_floats);
        device_array<uint8_t> work(cu_attention_bytes(a.rows, p->H, s->D, a.most_visible));

        a.out = out.p;
        a.work = work.p;
        attn_run(&a, &pages, kind, 0);
        cuda_wait();
        (void)work.get();
        const std::vector<float> piece = out.get();
        got.insert(got.end(), piece.begin(), piece.end());
    }
    tally_floats(got, p->want, name, kinds[kind]);
}

static void test(const struct spec &s, uint64_t seed)
{
    struct problem p = {};
    char name[256];

    if ((only_type >= 0 && s.type != only_type) || (some_only && every++ % 16 != 0))
        return;
    seed = seed * 0x9e3779b97f4a7c15ull + 1;
    p.s = &s;
    p.H = s.G * s.KV;
    if (kv_layout_init(&p.l, (enum kv_type)s.type, LAYERS, s.KV, s.D, NULL) != QW_OK)
        return;                                         /* Q8_0 and a head of odd size */
    make_pages(&p, &seed);
    make_rows(&p, &seed);
    make_want(&p);
    name_spec(name, sizeof name, &s);
    for (int kind = ATTN_FEW; kind <= (ON_GPU || s.launches > 1 ? ATTN_CHOOSE : ATTN_MANY); kind++)
        run_device(&p, kind, name);
}

static const uint32_t lengths[] = { 1, 2, 15, 16, 17, 63, 64, 65, 127, 128, 129, 511, 512, 513, 1024, 1025 };
static const uint32_t sizes[] = { 128, 64, 80, 96, 256, 32, 48, 112, 160, 192, 240 };
static const uint32_t groups[] = { 4, 1, 3, 7, 8, 2, 5, 16, 20 };
#define COUNT(a) ((uint32_t)(sizeof(a) / sizeof(a)[0]))

/* Decoding, a few tokens and prefill at every length, for the commonest shape. */
static void test_lengths(int type, uint64_t *seed)
{
    const uint32_t D = ON_GPU ? 128 : 64;

    for (uint32_t length : lengths) {
        test({ type, D, 4, 1, { { length, 1 } }, 1, false, 1, NORMAL }, ++*seed);
        test({ type, D, 4, 1, { { length, length < 3 ? length : 3 } }, 16, false, 1, NORMAL }, ++*seed);
        test({ type, D, 4, 1, { { length, length < 17 ? length : 17 } }, 16, false, 1, NORMAL }, ++*seed);
    }
}

/* Every type, head size and number of query heads: decoding, and prefill of several sequences in ragged tiles. */
static void test_shapes(uint32_t most, uint64_t *seed)
{
    uint32_t i = 0;

    for (int type = KV_F32; type <= KV_Q8_0; type++)
        for (uint32_t D : sizes)
            for (uint32_t G : groups) {
                const uint32_t length = lengths[i++ * 7 % COUNT(lengths)] % most + 1;
                const uint32_t n = length < 20 ? length : 20;

                if (!ON_GPU && (i * 5 + D / 16 + (uint32_t)type) % 12 != 0)
                    continue;                           /* a twelfth of them */
                test({ type, D, G, 2, { { length, 1 }, { length / 3 + 1, 1 } }, 1, false, 1, NORMAL }, ++*seed);
                test({ type, D, G, 1, { { length, n }, { 70, 2 }, { 33, 33 } }, 16, true, 1, NORMAL }, ++*seed);
            }
}

static void test_fills(uint64_t *seed)
{
    for (int f = 0; f < FILLS; f++)
        for (int type = KV_F32; type <= KV_Q8_0; type++) {
            test({ type, 64, 4, 1, { { 530, 1 }, { 40, 1 } }, 1, false, 1, (enum fill)f }, ++*seed);
            test({ type, 64, 4, 1, { { 525, 18 } }, 16, false, 1, (enum fill)f }, ++*seed);
            if (ON_GPU) {
                test({ type, 128, 8, 2, { { 1500, 70 }, { 7, 7 } }, 16, false, 1, (enum fill)f }, ++*seed);
                test({ type, 256, 2, 1, { { 600, 20 }, { 1, 1 } }, 16, false, 1, (enum fill)f }, ++*seed);
            }
        }
}

/* Batches: decoding and prefill together, tiles of every size, launches in pieces. */
static void test_batches(uint64_t *seed)
{
    const std::vector<part> mixed = { { 65, 1 }, { 30, 30 }, { 513, 2 }, { 1, 1 }, { 100, 35 }, { 16, 1 } };

    for (uint32_t tile = 1; tile <= CU_TILE_TOKENS; tile++)
        test({ KV_F16, 64, 3, 1, { { 40, 33 }, { 66, 1 } }, tile, false, 1, NORMAL }, ++*seed);
    for (uint32_t launches = 1; launches <= 4; launches++)
        for (int type = KV_F16; type <= KV_Q8_0; type += 2)
            test({ type, 64, 4, 2, mixed, 16, true, launches, NORMAL }, ++*seed);
    if (!ON_GPU)
        return;
    for (uint32_t i = 0; i < 60; i++) {                 /* whatever comes */
        std::vector<part> parts;
        uint64_t s = i + 12345;

        for (uint32_t n = 1 + rnd_below(&s, 5); n > 0; n--) {
            const uint32_t seen = 1 + rnd_below(&s, 1300), most = seen < 40 ? seen : 40;

            parts.push_back({ seen, rnd_below(&s, 2) != 0 ? 1 : 1 + rnd_below(&s, most) });
        }
        test({ (int)(KV_F32 + rnd_below(&s, 4)), 32 * (1 + rnd_below(&s, 8)), 1 + rnd_below(&s, 9), 1 + rnd_below(&s, 2), parts,
               1 + rnd_below(&s, 16), rnd_below(&s, 2) != 0, 1 + rnd_below(&s, 3), NORMAL }, ++*seed);
    }
    test({ KV_F16, 128, 4, 2, { { 9000, 1 }, { 4097, 1 } }, 1, false, 1, NORMAL }, ++*seed);    /* more spans than are read ahead */
    test({ KV_Q8_0, 128, 4, 1, { { 9000, 5 } }, 16, false, 1, NORMAL }, ++*seed);
}

/* Spans are merged by 32 dimensions of a head and four warps: sizes that these do not divide, tiles of unequal size. */
static void test_merge(uint64_t *seed)
{
    every = 0;
    test({ KV_F16, 48, 3, 1, { { 1030, 2 }, { 40, 1 } }, 2, false, 1, NORMAL }, ++*seed);
    test({ KV_Q8_0, 160, 1, 2, { { 513, 1 } }, 1, false, 1, NORMAL }, ++*seed);
}

/* As many positions as a context may have: 512 spans are merged, whose results are read in several turns. */
static void test_longest(uint64_t *seed)
{
    if (some_only)
        return;                         /* minutes, where every access is watched */
    test({ KV_Q8_0, 32, 1, 1, { { 262144, 1 } }, 1, false, 1, NORMAL }, ++*seed);
    test({ KV_F16, 32, 1, 1, { { 262144, 2 }, { 262143, 1 } }, 2, false, 1, SHARP }, ++*seed);
}

/* Where four stages of V and 16 rows are more shared memory than a block may have, there are two. */
static void test_ring_of_two(uint64_t *seed)
{
#ifndef __CUDACC__
    cuda_host_set_class(86);
#endif
    every = 0;
    test({ KV_F32, 256, 16, 1, { { 530, 1 }, { 40, 1 }, { 20, 1 }, { 7, 1 } }, 1, false, 1, NORMAL }, ++*seed);
}

int main(int argc, char **argv)
{
    uint64_t seed = 0;

    if (argc > 1 && (only_type = kv_type_parse(argv[1])) < KV_F32) {
        fprintf(stderr, "%s: not a KV type\n", argv[1]);
        return 2;
    }
    kern_thread_init();
    ref = kern_get(CPU_LEVEL_REF);
#ifndef __CUDACC__
    some_only = cuda_host_watching();
#endif
    test_lengths(KV_F16, &seed);
    if (ON_GPU)
        for (int type = KV_F32; type <= KV_Q8_0; type++)
            test_lengths(type, &seed);
    test_shapes(ON_GPU ? 1100 : 140, &seed);
    test_fills(&seed);
    test_batches(&seed);
    test_merge(&seed);
    test_longest(&seed);
    test_ring_of_two(&seed);
    return tests_end();
}
