/* heads.cu against the reference: bias, norm and rotary of the heads, K and V as they stand in the pages. */
#include "tests/cuda_host/cu_test.h"

static const struct kern *ref;

struct shape { int type; uint32_t D, H, KV, n_rot; bool neox, bias, norm, special; };

static std::vector<float> randoms(size_t n, uint64_t *seed)
{
    std::vector<float> v(n);

    for (float &f : v)
        f = rnd_float(seed);
    return v;
}

/* Rows of zeros, of tiny, of huge and of not finite values among normal ones. */
static void make_special(std::vector<float> &qkv, uint32_t ldq, uint64_t *seed)
{
    for (size_t i = 0; i < qkv.size(); i++)
        switch (i / ldq % 8) {
        case 1: qkv[i] = rnd(seed) & 1 ? 0.0f : -0.0f; break;
        case 2: qkv[i] *= 1e-38f; break;
        case 3: qkv[i] *= 1e5f; break;                  /* beyond F16 */
        case 4: qkv[i] *= 3e-5f; break;                 /* F16's subnormals */
        case 5: qkv[i] = i % 37 == 0 ? INFINITY : qkv[i]; break;
        case 6: qkv[i] = i % 41 == 0 ? NAN : qkv[i]; break;
        default: break;
        }
}

/* NaNs of the plain types may differ in their bits. */
static bool same_pages(const std::vector<uint8_t> &got, const std::vector<uint8_t> &want, int type)
{
    if (memcmp(got.data(), want.data(), want.size()) == 0)
        return true;
    const size_t size = type == KV_F32 ? 4 : 2;

    for (size_t i = 0; i < want.size(); i += size) {
        uint32_t a = 0, b = 0;
        const uint32_t quiet = type == KV_F32 ? 0x7f800000 : type == KV_F16 ? 0x7c00 : 0x7f80;
        const uint32_t mask = type == KV_F32 ? 0x7fffffff : 0x7fff;

        memcpy(&a, &got[i], size);
        memcpy(&b, &want[i], size);
        if (a != b && (type == KV_Q8_0 || (a & mask) <= quiet || (b & mask) <= quiet))
            return false;
    }
    return true;
}

static void finish(const struct shape &s, float *h, const float *bias, const float *norm, const float *cs)
{
    if (bias != NULL)
        ref->add(h, bias, s.D);
    if (norm != NULL)
        ref->rmsnorm(h, h, norm, s.D, 1e-6f);
    ref->rope(h, cs, s.n_rot, s.neox);
}

static void test_heads(const struct shape &s, uint64_t seed)
{
    enum { LAYERS = 2, LAYER = 1, SEQS = 3, PAGES = 12 };
    const uint32_t ldq = (s.H + 2 * s.KV) * s.D, at[SEQS] = { 0, 13, 37 }, n[SEQS] = { 21, 5, 1 };
    struct kv_layout l;
    std::vector<uint32_t> seq, pos, first;
    std::vector<size_t> order(PAGES);

    if (kv_layout_init(&l, (enum kv_type)s.type, LAYERS, s.KV, s.D, NULL) != QW_OK)
        abort();
    for (uint32_t i = 0; i < SEQS; i++)
        for (uint32_t t = 0; t < n[i]; t++) {
            seq.push_back(i);
            pos.push_back(at[i] + t);
        }
    const uint32_t T = (uint32_t)seq.size();
    std::vector<float> qkv = randoms((size_t)T * ldq, &seed), cs = randoms((size_t)T * s.n_rot, &seed);
    const std::vector<float> qb = randoms(s.H * s.D, &seed), kb = randoms(s.KV * s.D, &seed), vb = randoms(s.KV * s.D, &seed),
                             qn = randoms(s.D, &seed), kn = randoms(s.D, &seed);
    if (s.special)
        make_special(qkv, ldq, &seed);

    std::vector<uint8_t> pool(PAGES * l.page_bytes, 0x11);
    device_array<uint8_t> dpool(pool);
    std::vector<uint8_t *> page;
    for (size_t i = 0; i < PAGES; i++)
        order[i] = (i * 5 + 3) % PAGES;
    for (uint32_t i = 0; i < SEQS; i++) {
        first.push_back((uint32_t)page.size());
        for (uint32_t p = 0; p <= (at[i] + n[i] - 1) / KV_PAGE_TOKENS; p++)
            page.push_back(dpool.p + order[page.size()] * l.page_bytes);
    }
    device_array<float> dqkv(qkv), dcs(cs), dqb(qb), dkb(kb), dvb(vb), dqn(qn), dkn(kn);
    device_array<uint8_t *> dpage(page);
    device_array<uint32_t> dfirst(first), dseq(seq), dpos(pos);
    struct cu_pages p = { s.type, s.H, s.KV, s.D, l.k_bytes, l.v_bytes, kv_offset(&l, LAYER, 0), dpage.p, dfirst.p, dseq.p, dpos.p };
    struct cu_heads a = { dqkv.p, T, ldq, s.n_rot, s.neox, 1e-6f, s.bias ? dqb.p : NULL, s.bias ? dkb.p : NULL,
                          s.bias ? dvb.p : NULL, s.norm ? dqn.p : NULL, s.norm ? dkn.p : NULL, dcs.p };

    cu_finish_heads(&a, &p, 0);
    cuda_wait();

    std::vector<float> want = qkv, got = dqkv.get();
    for (uint32_t t = 0; t < T; t++) {
        float *q = &want[(size_t)t * ldq], *k = q + s.H * s.D, *v = k + s.KV * s.D;
        uint8_t *to = pool.data() + (page[first[seq[t]] + pos[t] / KV_PAGE_TOKENS] - dpool.p);

        for (uint32_t h = 0; h < s.H; h++)
            finish(s, q + h * s.D, s.bias ? &qb[h * s.D] : NULL, s.norm ? qn.data() : NULL, &cs[(size_t)t * s.n_rot]);
        for (uint32_t h = 0; h < s.KV; h++) {
            uint8_t *block = to + kv_offset(&l, LAYER, h);

            finish(s, k + h * s.D, s.bias ? &kb[h * s.D] : NULL, s.norm ? kn.data() : NULL, &cs[(size_t)t * s.n_rot]);
            if (s.bias)
                ref->add(v + h * s.D, &vb[h * s.D], s.D);
            ref->kv_put(l.type, s.D, block, block + l.k_bytes, pos[t] % KV_PAGE_TOKENS, k + h * s.D, v + h * s.D);
        }
        /* what is left where k and v were is nobody's */
        memcpy(&got[(size_t)t * ldq + s.H * s.D], k, 2 * s.KV * s.D * sizeof(float));
    }
    char name[128];
    snprintf(name, sizeof name, "heads %s D=%u H=%u KV=%u n_rot=%u neox %d bias %d norm %d special %d",
             kv_type_name((enum kv_type)s.type), s.D, s.H, s.KV, s.n_rot, s.neox, s.bias, s.norm, s.special);
    tally_floats(got, want, name, "q");
    tally(same_pages(dpool.get(), pool, s.type), "%s: pages", name);
}

int main(void)
{
    static const struct { uint32_t D, H, KV, n_rot; } sizes[] = {
        { 64, 3, 1, 64 }, { 128, 4, 2, 128 }, { 80, 2, 2, 80 }, { 96, 3, 3, 96 }, { 256, 2, 1, 256 }, { 128, 2, 1, 64 },
        { 48, 2, 1, 48 }, { 32, 7, 1, 20 }, { 160, 2, 1, 160 },
    };
    uint64_t seed = 1;

    kern_thread_init();
    ref = kern_get(CPU_LEVEL_REF);
    for (int type = KV_F32; type <= KV_Q8_0; type++)
        for (const auto &z : sizes)
            for (unsigned bits = 0; bits < 16; bits++) {
                if (type == KV_Q8_0 && z.D % 32 != 0)
                    continue;
                if (!ON_GPU && (bits * 7 + z.D / 16 + (unsigned)type) % 4 != 0)     /* a quarter of them */
                    continue;
                test_heads({ type, z.D, z.H, z.KV, z.n_rot, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0 },
                           ++seed);
            }
    return tests_end();
}
