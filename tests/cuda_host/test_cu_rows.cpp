/* rows.cu against the reference of engine/cpu/ref.c, wmat_row and kern_rope_angles, bit for bit. */
#include "tests/cuda_host/cu_test.h"

static const struct kern *ref;

enum fill { NORMAL, WIDE, ZERO, SPECIAL, NOT_FINITE, FILLS };

static std::vector<float> make_rows(size_t T, size_t K, enum fill f, uint64_t seed)
{
    std::vector<float> x(T * K);

    for (size_t i = 0; i < x.size(); i++) {
        const size_t row = i / K, k = i % K;
        const float v = rnd_float(&seed);

        x[i] = v;
        if (f == WIDE)
            x[i] = v * (float)(1ull << rnd(&seed) % 40) * 0x1p-30f;
        if (f == ZERO)
            x[i] = rnd(&seed) & 1 ? 0.0f : -0.0f;
        if (f == SPECIAL)
            switch ((row + k / 32) % 6) {
            case 0: x[i] = v < 0 ? -0.0f : 0.0f; break;
            case 1: x[i] = v * 1e-41f; break;                   /* below the smallest amax that counts */
            case 2: x[i] = v * 1e18f; break;
            case 3: x[i] = k % 32 == 5 ? 127.0f : (float)((int)(rnd(&seed) % 254) - 127) + 0.5f; break; /* halves */
            case 4: x[i] = v < 0 ? -3.0f : 3.0f; break;
            default: break;
            }
        if (f == NOT_FINITE && row % 3 != 2 && k == 5)
            x[i] = row % 3 == 1 ? INFINITY : NAN;
    }
    return x;
}

/* A device's input for T rows of K and what the reference makes of rows x. */
struct quantized {
    size_t T, K;
    device_array<float> x, d, m;
    device_array<int8_t> q;
    struct cu_input in;

    quantized(size_t T_, size_t K_, bool wanted)
        : T(T_), K(K_), x(T * K), d(T * (K / 32) + 1), m(T * (K / 32) + 1), q(T * K)
    {
        memset(&in, 0, sizeof in);
        in.T = (uint32_t)T;
        in.K = (uint32_t)K;
        in.x = x.p;
        if (wanted) {
            in.q = q.p;
            in.d = d.p;
            in.m = m.p;
        }
    }

    void compare(const std::vector<float> &want, const char *name) const
    {
        tally_floats(x.get(), want, name, "x");
        if (in.q == NULL)
            return;
        const size_t blocks = K / 32;
        std::vector<uint8_t> memory(kern_act_bytes(T, K) + 64);
        struct kern_act a;
        std::vector<float> want_d(T * blocks), want_m(T * blocks), got_d = d.get(), got_m = m.get();
        std::vector<int8_t> want_q(T * K);

        kern_act_bind(&a, (uint8_t *)(((uintptr_t)memory.data() + 63) & ~(uintptr_t)63), T, K);
        ref->quantize(&a, want.data(), K, 0, T);
        for (size_t t = 0; t < T; t++)
            for (size_t b = 0; b < blocks; b++) {
                const struct act_row r = act_row(&a, t);
                const size_t e = r.at + b * r.width;

                memcpy(&want_q[t * K + 32 * b], a.q + 32 * e, 32);
                want_d[t * blocks + b] = a.d[e];
                want_m[t * blocks + b] = a.m[e];
            }
        got_d.resize(T * blocks);
        got_m.resize(T * blocks);
        tally(memcmp(q.get().data(), want_q.data(), T * K) == 0, "%s: q", name);
        tally_floats(got_d, want_d, name, "d");
        tally_floats(got_m, want_m, name, "m");
    }
};

static void test_quantize(size_t T, size_t K, enum fill f)
{
    const std::vector<float> rows = make_rows(T, K, f, T + K);
    quantized out(T, K, true);
    char name[96];

    snprintf(name, sizeof name, "quantize T=%zu K=%zu fill %d", T, K, f);
    CUDA_OK(cudaMemcpy(out.x.p, rows.data(), T * K * sizeof(float), cudaMemcpyHostToDevice));
    cu_quantize(&out.in, 0);
    cuda_wait();
    out.compare(rows, name);
}

static void test_swiglu(size_t T, size_t K, enum fill f, bool wanted)
{
    const std::vector<float> gate = make_rows(T, K, f, T + K), up = make_rows(T, K, NORMAL, T * K);
    device_array<float> dg(gate), du(up);
    std::vector<float> want(T * K);
    quantized out(T, K, wanted);
    char name[96];

    snprintf(name, sizeof name, "swiglu T=%zu K=%zu fill %d quantized %d", T, K, f, wanted);
    ref->swiglu(want.data(), gate.data(), up.data(), T * K);
    cu_swiglu(&out.in, dg.p, du.p, 0);
    cuda_wait();
    out.compare(want, name);
}

static void test_norm(size_t T, size_t K, enum fill f, bool adds, bool wanted)
{
    std::vector<float> x = make_rows(T, K, f, T + K);
    const std::vector<float> y = make_rows(T, K, NORMAL, T * K), w = make_rows(1, K, NORMAL, K);
    device_array<float> dx(x), dy(y), dw(w);
    std::vector<float> want(T * K);
    quantized out(T, K, wanted);
    char name[96];

    snprintf(name, sizeof name, "norm T=%zu K=%zu fill %d adds %d quantized %d", T, K, f, adds, wanted);
    for (size_t t = 0; t < T; t++) {
        if (adds)
            ref->add(&x[t * K], &y[t * K], K);
        ref->rmsnorm(&want[t * K], &x[t * K], w.data(), K, 1e-6f);
    }
    cu_norm(&out.in, dx.p, adds ? dy.p : NULL, dw.p, 1e-6f, 0);
    cuda_wait();
    tally_floats(dx.get(), x, name, "residual");
    out.compare(want, name);
}

static const uint32_t types[] = { GGUF_F32, GGUF_F16, GGUF_BF16, GGUF_Q4_0, GGUF_Q4_1, GGUF_Q5_0, GGUF_Q5_1, GGUF_Q8_0,
                                  GGUF_Q4_K, GGUF_Q5_K, GGUF_Q6_K };

/* Any bytes are a repacked matrix: one scale in 32 is not finite. */
static void test_embed(uint32_t type, size_t N, size_t K)
{
    struct wmat w;
    size_t bytes = 0;
    uint64_t seed = type + K;

    if (wmat_bytes(type, N, K, &bytes, NULL) != QW_OK)
        return;                                         /* a K that the type does not have */
    std::vector<uint8_t> data(bytes);
    for (uint8_t &b : data)
        b = (uint8_t)(rnd(&seed) >> 40);
    if (wmat_init(&w, type, N, K, data.data(), NULL) != QW_OK)
        abort();
    std::vector<int32_t> ids;
    for (size_t i = 0; i < N; i += i < 17 ? 1 : 5)
        ids.push_back((int32_t)(N - 1 - i));
    std::vector<float> want(ids.size() * K);
    for (size_t i = 0; i < ids.size(); i++)
        wmat_row(&w, (size_t)ids[i], &want[i * K]);

    device_array<uint8_t> dd(data);
    device_array<int32_t> di(ids);
    device_array<float> x(ids.size() * K);
    struct cu_mat m = { type, (uint32_t)N, (uint32_t)K, w.group_bytes, dd.p };
    char name[96];

    snprintf(name, sizeof name, "embed %s K=%zu", gguf_type_name(type), K);
    cu_embed(x.p, &m, di.p, (uint32_t)ids.size(), 0);
    cuda_wait();
    tally_floats(x.get(), want, name, "x");
}

static void test_gather(size_t K)
{
    const std::vector<float> rows = make_rows(9, K, NORMAL, K);
    const std::vector<uint32_t> sel = { 0, 3, 4, 8 };
    std::vector<float> want;
    device_array<float> src(rows), dst(sel.size() * K);
    device_array<uint32_t> ds(sel);

    for (uint32_t r : sel)
        want.insert(want.end(), rows.begin() + (long)(r * K), rows.begin() + (long)((r + 1) * K));
    cu_gather(dst.p, src.p, ds.p, (uint32_t)sel.size(), (uint32_t)K, 0);
    cuda_wait();
    tally_floats(dst.get(), want, "gather", "x");
}

static void test_rope(size_t n_rot, double base, bool factors)
{
    std::vector<uint32_t> pos = { 0, 1, 2, 3, 15, 16, 1000, 4095, 4096, 32767, 131071, 262143 };
    std::vector<float> scale(n_rot / 2), want;
    std::vector<double> freq(n_rot / 2);
    uint64_t seed = n_rot;

    for (float &f : scale)
        f = 1.0f + (float)rnd_below(&seed, 100) / 8.0f;
    for (int i = 0; i < 101; i++)               /* 113: the last block of threads is not full */
        pos.push_back(rnd_below(&seed, 262144));
    kern_rope_freqs(freq.data(), n_rot, base, factors ? scale.data() : NULL);
    want.resize(pos.size() * n_rot);
    for (size_t t = 0; t < pos.size(); t++)
        kern_rope_angles(&want[t * n_rot], pos[t], n_rot, freq.data());

    device_array<float> cs(want.size());
    device_array<uint32_t> dp(pos);
    device_array<double> df(freq);

    cu_rope_angles(cs.p, dp.p, (uint32_t)pos.size(), (uint32_t)n_rot, df.p, 0);
    cuda_wait();
    tally_floats(cs.get(), want, "rope angles", "cs");
}

int main(void)
{
    kern_thread_init();
    ref = kern_get(CPU_LEVEL_REF);
    for (int f = 0; f < FILLS; f++) {
        const enum fill fill = (enum fill)f;

        for (size_t K : { 32, 96, 256, 288, 896 })
            for (size_t T : { 1, 3, 17 }) {
                test_quantize(T, K, fill);
                test_swiglu(T, K, fill, true);
                test_norm(T, K, fill, true, true);
            }
        for (size_t K : { 1, 15, 16, 33, 100, 300 }) {          /* float weights take any K */
            test_swiglu(2, K, fill, false);
            test_norm(2, K, fill, true, false);
        }
        test_norm(3, 2560, fill, false, true);
        test_norm(2, 8192, fill, true, true);                   /* the tile, one block more, several tiles */
        test_norm(2, 8224, fill, true, true);
        if (ON_GPU) {
            test_norm(512, 2560, fill, true, true);
            test_norm(3, 20000, fill, true, true);
            test_swiglu(512, 9728, fill, true);
            test_quantize(512, 9728, fill);
        }
    }
    for (uint32_t type : types)
        for (size_t K : { 100, 32, 96, 256, 320, 2560 })
            test_embed(type, ON_GPU ? 1000 : 40, K);
    test_gather(100);
    test_gather(896);
    for (size_t n_rot : { 64, 96, 128 }) {
        test_rope(n_rot, 10000.0, false);
        test_rope(n_rot, 1000000.0, true);
    }
    return tests_end();
}
