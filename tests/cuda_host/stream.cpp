/* Streams and events.  Work is queued; it runs when somebody waits for it, and then only what that needs, in
 * an order that is chosen by seed among those that events and streams allow: as late as a GPU may.
 *
 * The NULL stream waits for all streams that were not made with cudaStreamNonBlocking, and they for it. */
#include "emu_int.h"
#include "watch.h"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

typedef std::shared_ptr<struct op> op_ref;
struct op {
    std::vector<op_ref> needs;
    bool done = false;
    double done_ms = 0;
    unsigned mark = 0, unmet = 0;       /* run_until's */
    int told = -1;                      /* enum emu_told_call that it counts as */
    virtual cudaError_t run() { return cudaSuccess; }
    virtual void settle() {}            /* before run, and also where an error keeps it from running */
    virtual ~op() {}
};
struct emu_stream { op_ref last; bool blocking; std::vector<op_ref> waits; };
struct emu_event { op_ref at; };

static std::recursive_mutex lock;
static emu_stream null_stream = { nullptr, true, {} };
static std::set<emu_stream *> streams;
static std::map<const void *, size_t> shared_allowed;
static cudaError_t last_error, sticky;
static uint64_t order_state;

emu_lock::emu_lock() { lock.lock(); }
emu_lock::~emu_lock() { lock.unlock(); }
cudaError_t emu_error(cudaError_t e)
{
    if (e != cudaSuccess)
        last_error = e;
    return e;
}
void emu_forget_error(void) { last_error = sticky = cudaSuccess; }

/* QW_CUDA_HOST_FAIL=alloc:N, kernel:N, copy:N; cuda_host_fail says it anew. */
static const char *const told_names[] = { "alloc", "kernel", "copy" };
static const char *told_order;
static long told_calls[EMU_TOLD];
static bool told_read;
void cuda_host_fail(const char *order)
{
    told_order = order;
    told_read = true;
    memset(told_calls, 0, sizeof told_calls);
}
cudaError_t emu_told(emu_told_call call)
{
    if (!told_read)
        cuda_host_fail(getenv("QW_CUDA_HOST_FAIL"));
    if (sticky != cudaSuccess)
        return sticky;
    size_t n = strlen(told_names[call]);
    told_calls[call]++;
    if (told_order == NULL || strncmp(told_order, told_names[call], n) != 0 || told_order[n] != ':' ||
        atol(told_order + n + 1) != told_calls[call])
        return cudaSuccess;
    return call == EMU_ALLOC ? cudaErrorMemoryAllocation : cudaErrorLaunchFailure;
}
void emu_forget_allocations(void);

/* --- the queue ------------------------------------------------------------------------ */
static emu_stream *stream_of(cudaStream_t s) { return s == NULL ? &null_stream : s; }

static void push(cudaStream_t handle, op_ref o)
{
    emu_stream *s = stream_of(handle);
    if (s->last)
        o->needs.push_back(s->last);
    for (op_ref &w : s->waits)
        o->needs.push_back(w);
    s->waits.clear();
    if (s == &null_stream) {
        for (emu_stream *other : streams)
            if (other->blocking && other->last)
                o->needs.push_back(other->last);
    } else if (s->blocking && null_stream.last) {
        o->needs.push_back(null_stream.last);
    }
    s->last = o;
}

static void finish(op *o)
{
    o->settle();
    cudaError_t e = o->told < 0 ? sticky : emu_told((emu_told_call)o->told);
    if (e == cudaSuccess)
        e = o->run();
    if (e != cudaSuccess)
        sticky = last_error = e;
    o->done = true;
    o->done_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/* Runs what the targets need and they themselves; with seeds other than the default also, now and then, what other
 * streams have: a GPU need not be late either. */
static cudaError_t run_until(std::vector<op_ref> targets)
{
    static unsigned mark;
    std::vector<op_ref> all;            /* holds them, so that dropping `needs` never unwinds a chain */
    std::vector<op *> ready;
    std::multimap<op *, op *> then;
    mark++;
    auto add = [&](const op_ref &o) {
        if (o && !o->done && o->mark != mark) {
            o->mark = mark;
            o->unmet = 0;
            all.push_back(o);
        }
    };
    if (order_state == 0)
        order_state = emu_seed();
    if (emu_seed() != EMU_DEFAULT_SEED)
        for (emu_stream *s : streams)
            if (s->last && emu_random(&order_state) % 4 == 0)
                targets.push_back(s->last);
    for (const op_ref &t : targets)
        add(t);
    for (size_t i = 0; i < all.size(); i++)
        for (const op_ref &n : all[i]->needs) {
            add(n);
            if (!n->done) {
                all[i]->unmet++;
                then.emplace(n.get(), all[i].get());
            }
        }
    if (all.empty())
        return sticky;
    emu_opened open;
    for (const op_ref &o : all)
        if (o->unmet == 0)
            ready.push_back(o.get());
    while (!ready.empty()) {
        size_t i = emu_random(&order_state) % ready.size();
        op *o = ready[i];
        ready[i] = ready.back();
        ready.pop_back();
        finish(o);
        auto range = then.equal_range(o);
        for (auto it = range.first; it != range.second; ++it)
            if (--it->second->unmet == 0)
                ready.push_back(it->second);
    }
    for (const op_ref &o : all)
        o->needs.clear();
    return sticky;
}

/* --- launches ------------------------------------------------------------------------- */
struct launch_op : op {
    emu_launch_desc d;
    std::unique_ptr<emu_call> call;
    cudaError_t run() override { return emu_run_grid(&d, call.get()) ? cudaSuccess : cudaErrorLaunchFailure; }
};

static bool launch_fits(const emu_launch_desc *d)
{
    auto allowed = shared_allowed.find(d->kernel);
    size_t most = allowed == shared_allowed.end() ? 48 << 10 : allowed->second;
    const dim3 &g = d->grid, &b = d->block;
    bool ok = false;
    emu_now = d;
    if (g.x == 0 || g.y == 0 || g.z == 0 || g.x > 0x7fffffffu || g.y > 65535 || g.z > 65535)
        emu_report("launch limits", "a grid of (%u,%u,%u); at least 1 and at most (2147483647,65535,65535)", g.x, g.y, g.z);
    else if (b.x == 0 || b.y == 0 || b.z == 0 || b.x > 1024 || b.y > 1024 || b.z > 64 || (uint64_t)b.x * b.y * b.z > 1024)
        emu_report("launch limits", "a block of (%u,%u,%u); at least 1 and at most 1024 threads, z at most 64", b.x, b.y, b.z);
    else if (d->shared_bytes > most)
        emu_report("launch limits", "%zu bytes of shared memory; %zu without cudaFuncSetAttribute, at most %zu for sm_%d",
                   d->shared_bytes, most, emu_shared_limit(), emu_class());
    else
        ok = true;
    emu_now = NULL;
    return ok;
}

void emu_launch(const char *name, const void *kernel, dim3 grid, dim3 block, size_t shared_bytes, cudaStream_t s,
                emu_call *call)
{
    emu_lock hold;
    emu_memory_start();
    auto o = std::make_shared<launch_op>();
    o->call.reset(call);
    o->told = EMU_KERNEL;
    o->d = emu_launch_desc{ name, kernel, grid, block, shared_bytes };
    if (launch_fits(&o->d))
        push(s, o);
    else
        emu_error(cudaErrorInvalidConfiguration);
}

cudaError_t emu_func_attribute(const void *kernel, enum cudaFuncAttribute attr, int value)
{
    emu_lock hold;
    if (attr != cudaFuncAttributeMaxDynamicSharedMemorySize)
        return cudaSuccess;
    if (value < 0 || (size_t)value > emu_shared_limit())
        return emu_error(cudaErrorInvalidValue);
    shared_allowed[kernel] = (size_t)value;
    return cudaSuccess;
}

/* --- copies --------------------------------------------------------------------------- */
struct copy_op : op {
    unsigned char *dst;
    const unsigned char *src;
    size_t bytes;
    uint64_t sum;                       /* of host memory that is read: it may not change until then */
    bool to_host, check;                /* check: sum holds */
    cudaError_t run() override;
    void settle() override;
};

static std::set<copy_op *> to_come;     /* copies that are to fill host memory */
static bool overlap(const unsigned char *a, size_t a_bytes, const unsigned char *b, size_t b_bytes)
{
    return a < b + b_bytes && b < a + a_bytes;
}

void copy_op::settle()
{
    if (!to_host)
        return;
    to_come.erase(this);
    emu_arrived(dst, bytes);
    for (copy_op *o : to_come)
        if (overlap(o->dst, o->bytes, dst, bytes))
            o->check = false;           /* it is this copy that changes its target now */
}

static uint64_t sum_of(const unsigned char *p, size_t bytes)
{
    uint64_t sum = bytes, word;
    size_t i = 0;
    for (; i + 8 <= bytes; i += 8) {
        memcpy(&word, p + i, 8);
        sum = (sum ^ word) * 0x9e3779b97f4a7c15ull;
        sum ^= sum >> 29;
    }
    for (; i < bytes; i++)
        sum = (sum ^ p[i]) * 0x9e3779b97f4a7c15ull;
    return sum;
}

cudaError_t copy_op::run()
{
    bool from_device = emu_is_device(src), to_device = emu_is_device(dst);
    if (check && !from_device && sum_of(src, bytes) != sum)
        emu_report("early reuse", "%zu bytes of host memory were changed before the cudaMemcpyAsync that reads them was waited for", bytes);
    if (check && to_host && sum_of(dst, bytes) != sum)
        emu_report("early reuse", "%zu bytes of host memory were changed before the cudaMemcpyAsync that fills them was waited for", bytes);
    if (from_device && (!emu_device_range(src, bytes, "a copy") || (!to_device && !emu_watch_defined(src, bytes, "a copy"))))
        return cudaErrorIllegalAddress;
    if (to_device && !emu_device_range(dst, bytes, "a copy"))
        return cudaErrorIllegalAddress;
    memmove(dst, src, bytes);
    if (to_device && from_device)
        emu_watch_copied(dst, src, bytes);
    else if (to_device)
        emu_watch_written(dst, bytes);
    return cudaSuccess;
}

static bool kind_fits(const void *dst, const void *src, enum cudaMemcpyKind kind)
{
    bool from = emu_is_device(src), to = emu_is_device(dst);
    if (kind == cudaMemcpyDefault)
        return true;
    return from == (kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice) &&
           to == (kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice);
}

cudaError_t cudaMemcpyAsync(void *dst, const void *src, size_t bytes, enum cudaMemcpyKind kind, cudaStream_t s)
{
    emu_lock hold;
    emu_memory_start();
    if (bytes == 0)
        return cudaSuccess;
    if (!kind_fits(dst, src, kind)) {
        emu_report("bad copy", "cudaMemcpy kind %d from %s to %s memory", (int)kind, emu_is_device(src) ? "device" : "host",
                   emu_is_device(dst) ? "device" : "host");
        return emu_error(cudaErrorInvalidValue);
    }
    auto o = std::make_shared<copy_op>();
    o->told = EMU_COPY;
    o->dst = (unsigned char *)dst;
    o->src = (const unsigned char *)src;
    o->bytes = bytes;
    o->to_host = emu_is_device(src) && !emu_is_device(dst);
    o->check = o->to_host || !emu_is_device(src);
    for (copy_op *other : to_come)      /* what fills the source first changes it rightly */
        if (!o->to_host && overlap(other->dst, other->bytes, o->src, bytes))
            o->check = false;
    if (o->to_host) {
        emu_arrived(dst, bytes);        /* of an earlier copy to the same place */
        memset(dst, 0xA7, bytes);       /* whoever reads it too early shall see */
    }
    if (o->check)
        o->sum = sum_of(o->to_host ? o->dst : o->src, bytes);
    if (o->to_host) {
        to_come.insert(o.get());
        emu_await(dst, bytes);
    }
    push(s, o);
    return cudaSuccess;
}
cudaError_t cudaMemcpy(void *dst, const void *src, size_t bytes, enum cudaMemcpyKind kind)
{
    cudaError_t e = cudaMemcpyAsync(dst, src, bytes, kind, NULL);
    return e == cudaSuccess ? cudaStreamSynchronize(NULL) : e;
}

struct set_op : op {
    void *dst;
    int value;
    size_t bytes;
    cudaError_t run() override
    {
        if (!emu_device_range(dst, bytes, "cudaMemset"))
            return cudaErrorIllegalAddress;
        memset(dst, value, bytes);
        emu_watch_written(dst, bytes);
        return cudaSuccess;
    }
};
cudaError_t cudaMemsetAsync(void *dst, int value, size_t bytes, cudaStream_t s)
{
    emu_lock hold;
    emu_memory_start();
    if (bytes == 0)
        return cudaSuccess;
    auto o = std::make_shared<set_op>();
    o->dst = dst;
    o->value = value;
    o->bytes = bytes;
    push(s, o);
    return cudaSuccess;
}
cudaError_t cudaMemset(void *dst, int value, size_t bytes) { return cudaMemsetAsync(dst, value, bytes, NULL); }

struct host_op : op {
    void (*fn)(void *);
    void *arg;
    cudaError_t run() override
    {
        fn(arg);
        return cudaSuccess;
    }
};
cudaError_t cudaLaunchHostFunc(cudaStream_t s, void (*fn)(void *), void *arg)
{
    emu_lock hold;
    auto o = std::make_shared<host_op>();
    o->fn = fn;
    o->arg = arg;
    push(s, o);
    return cudaSuccess;
}

/* --- streams -------------------------------------------------------------------------- */
cudaError_t cudaStreamCreateWithFlags(cudaStream_t *s, unsigned flags)
{
    emu_lock hold;
    *s = new emu_stream{ nullptr, !(flags & cudaStreamNonBlocking), {} };
    streams.insert(*s);
    return cudaSuccess;
}
cudaError_t cudaStreamCreate(cudaStream_t *s) { return cudaStreamCreateWithFlags(s, 0); }

static op_ref tail(cudaStream_t s)      /* an op behind all that s has and waits for */
{
    op_ref o = std::make_shared<op>();
    push(s, o);
    return o;
}
cudaError_t cudaStreamSynchronize(cudaStream_t s)
{
    emu_lock hold;
    return emu_error(run_until({ tail(s) }));
}
cudaError_t cudaStreamDestroy(cudaStream_t s)
{
    emu_lock hold;
    if (s == NULL || streams.find(s) == streams.end())
        return emu_error(cudaErrorInvalidResourceHandle);
    cudaError_t e = run_until({ tail(s) });
    streams.erase(s);
    delete s;
    return e;
}
cudaError_t cudaDeviceSynchronize(void)
{
    emu_lock hold;
    std::vector<op_ref> all = { tail(NULL) };
    for (emu_stream *s : streams)
        all.push_back(tail(s));
    return emu_error(run_until(all));
}
/* Asking makes one step of progress, so that a loop of questions ends. */
static cudaError_t query(const op_ref &o)
{
    if (!o || o->done)
        return sticky;
    op_ref at = o;
    for (;;) {
        op_ref next;
        for (const op_ref &n : at->needs)
            if (!n->done)
                next = n;
        if (!next)
            break;
        at = next;
    }
    run_until({ at });
    return cudaErrorNotReady;
}
cudaError_t cudaStreamQuery(cudaStream_t s)
{
    emu_lock hold;
    return query(stream_of(s)->last);
}
cudaError_t cudaStreamWaitEvent(cudaStream_t s, cudaEvent_t e, unsigned flags)
{
    emu_lock hold;
    (void)flags;
    if (e->at)
        stream_of(s)->waits.push_back(e->at);
    return cudaSuccess;
}
cudaError_t cudaEventCreateWithFlags(cudaEvent_t *e, unsigned flags)
{
    (void)flags;
    *e = new emu_event;
    return cudaSuccess;
}
cudaError_t cudaEventCreate(cudaEvent_t *e) { return cudaEventCreateWithFlags(e, 0); }
cudaError_t cudaEventDestroy(cudaEvent_t e)
{
    emu_lock hold;
    delete e;
    return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t s)
{
    emu_lock hold;
    e->at = tail(s);
    return cudaSuccess;
}
cudaError_t cudaEventSynchronize(cudaEvent_t e)
{
    emu_lock hold;
    return e->at ? emu_error(run_until({ e->at })) : cudaSuccess;
}
cudaError_t cudaEventQuery(cudaEvent_t e)
{
    emu_lock hold;
    return query(e->at);
}
cudaError_t cudaEventElapsedTime(float *ms, cudaEvent_t from, cudaEvent_t to)
{
    emu_lock hold;
    if (!from->at || !to->at || !from->at->done || !to->at->done)
        return emu_error(cudaErrorNotReady);
    *ms = (float)(to->at->done_ms - from->at->done_ms);
    return cudaSuccess;
}

/* --- the device ------------------------------------------------------------------------ */
static int driver(void)                 /* QW_CUDA_HOST_DRIVER: 0 none, 12080 for CUDA 12.8 */
{
    const char *e = getenv("QW_CUDA_HOST_DRIVER");
    return e != NULL ? atoi(e) : 13000;
}
const char *emu_driver_file(void)
{
    const char *e = getenv("QW_CUDA_HOST_DRIVER_FILE");
    return e != NULL ? e : "";
}
cudaError_t cudaGetDeviceCount(int *n)
{
    const char *e = getenv("QW_CUDA_HOST_DEVICES");
    *n = 0;
    if (driver() < 13000)
        return emu_error(cudaErrorInsufficientDriver);
    *n = e == NULL || atoi(e) != 0;
    return *n == 1 ? cudaSuccess : emu_error(cudaErrorNoDevice);
}
cudaError_t cudaSetDevice(int device) { return device == 0 ? cudaSuccess : emu_error(cudaErrorInvalidDevice); }
cudaError_t cudaGetDevice(int *device) { return *device = 0, cudaSuccess; }
cudaError_t cudaSetDeviceFlags(unsigned) { return cudaSuccess; }
cudaError_t cudaDriverGetVersion(int *version) { return *version = driver(), cudaSuccess; }
cudaError_t cudaRuntimeGetVersion(int *version) { return *version = 13000, cudaSuccess; }
cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *p, int device)
{
    size_t free_bytes, total;
    if (device != 0)
        return emu_error(cudaErrorInvalidDevice);
    cudaMemGetInfo(&free_bytes, &total);
    *p = {};
    strcpy(p->name, "emulation on the host");
    p->totalGlobalMem = total;
    p->sharedMemPerBlock = 48 << 10;
    p->sharedMemPerBlockOptin = emu_shared_limit();
    p->sharedMemPerMultiprocessor = emu_shared_limit() + (emu_class() == 75 ? 0 : 1024);
    p->major = emu_class() / 10;
    p->minor = emu_class() % 10;
    p->multiProcessorCount = 4;
    p->warpSize = 32;
    p->maxThreadsPerBlock = 1024;
    p->maxThreadsPerMultiProcessor = 1024;
    p->l2CacheSize = 4 << 20;
    return cudaSuccess;
}
cudaError_t cudaDeviceGetAttribute(int *value, enum cudaDeviceAttr attr, int device)
{
    if (device != 0)
        return emu_error(cudaErrorInvalidDevice);
    switch (attr) {
    case cudaDevAttrMaxThreadsPerBlock: *value = 1024; return cudaSuccess;
    case cudaDevAttrMultiProcessorCount: *value = 4; return cudaSuccess;
    case cudaDevAttrComputeCapabilityMajor: *value = emu_class() / 10; return cudaSuccess;
    case cudaDevAttrComputeCapabilityMinor: *value = emu_class() % 10; return cudaSuccess;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin: *value = (int)emu_shared_limit(); return cudaSuccess;
    }
    return emu_error(cudaErrorInvalidValue);
}
cudaError_t cudaDeviceReset(void)
{
    cudaError_t e = cudaDeviceSynchronize();
    emu_lock hold;
    emu_forget_allocations();
    emu_forget_error();
    return e;
}
cudaError_t cudaPeekAtLastError(void)
{
    emu_lock hold;
    return last_error;
}
cudaError_t cudaGetLastError(void)
{
    emu_lock hold;
    cudaError_t e = last_error;
    last_error = sticky;
    return e;
}

static const struct { cudaError_t e; const char *name, *text; } errors[] = {
    { cudaSuccess, "cudaSuccess", "no error" },
    { cudaErrorInvalidValue, "cudaErrorInvalidValue", "invalid argument" },
    { cudaErrorMemoryAllocation, "cudaErrorMemoryAllocation", "out of memory" },
    { cudaErrorInvalidConfiguration, "cudaErrorInvalidConfiguration", "invalid configuration argument" },
    { cudaErrorInsufficientDriver, "cudaErrorInsufficientDriver", "CUDA driver version is insufficient for CUDA runtime version" },
    { cudaErrorNoDevice, "cudaErrorNoDevice", "no CUDA-capable device is detected" },
    { cudaErrorInvalidDevice, "cudaErrorInvalidDevice", "invalid device ordinal" },
    { cudaErrorInvalidResourceHandle, "cudaErrorInvalidResourceHandle", "invalid resource handle" },
    { cudaErrorNotReady, "cudaErrorNotReady", "device not ready" },
    { cudaErrorIllegalAddress, "cudaErrorIllegalAddress", "an illegal memory access was encountered" },
    { cudaErrorLaunchFailure, "cudaErrorLaunchFailure", "unspecified launch failure" },
};
const char *cudaGetErrorString(cudaError_t e)
{
    for (auto &row : errors)
        if (row.e == e)
            return row.text;
    return "unrecognized error code";
}
const char *cudaGetErrorName(cudaError_t e)
{
    for (auto &row : errors)
        if (row.e == e)
            return row.name;
    return "unrecognized error code";
}
