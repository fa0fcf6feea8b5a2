/* Reports: what is wrong, in which kernel, block and thread. */
#include "emu_int.h"
#include "watch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string>

static bool catching;
static std::string first_report, taken;
static std::string held;                /* emu_hold_report's */
static uint64_t seed;
void emu_forget_error(void);

void cuda_host_catch(bool on) { catching = on; }
const char *cuda_host_take_report(void)
{
    taken.swap(first_report);
    first_report.clear();
    emu_forget_error();
    return taken.c_str();
}

const char *emu_op_name(int op)
{
    static const char *const names[] = { "nothing", "__syncthreads", "__syncwarp", "a shuffle", "a vote", "ldmatrix", "mma f16", "mma bf16",
                                         "mma k16", "mma k32" };
    return op >= 0 && op <= EMU_MMA_K32 ? names[op] : "?";
}

/* A launch through a template parameter or a pointer names that: the function's own name is added. */
static std::string kernel_name(void)
{
    std::string name = emu_now->name, own = emu_function(emu_now->kernel).text;
    return own.empty() || own == name ? name : name + " (" + own + ")";
}
static std::string where(void)
{
    char text[200];
    if (emu_now == NULL)
        return "";
    if (emu_tls.self == NULL)
        return " launching kernel " + kernel_name();
    snprintf(text, sizeof text, ", block (%u,%u,%u), thread (%u,%u,%u)", blockIdx.x, blockIdx.y, blockIdx.z, threadIdx.x,
             threadIdx.y, threadIdx.z);
    return " in kernel " + kernel_name() + text;
}

static void give(const std::string &text)
{
    if (first_report.empty())
        first_report = text;
    held.clear();
    if (!catching) {
        fprintf(stderr, "cuda_host: %s\n", first_report.c_str());
        abort();
    }
    if (emu_tls.self != NULL)
        emu_abandon();
}

void emu_report(const char *kind, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (!held.empty() && strcmp(kind, "race") != 0)
        give(std::string(held));        /* what follows may come of it */
    give(std::string(kind) + where() + ": " + text);
}

void emu_hold_report(const char *kind, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (held.empty())
        held = std::string(kind) + where() + ": " + text;
}
bool emu_holding(void) { return !held.empty(); }
void emu_give_held(void)
{
    if (!held.empty())
        give(std::string(held));
}

uint64_t emu_random(uint64_t *state)    /* splitmix64 */
{
    uint64_t z = *state += 0x9e3779b97f4a7c15ull;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}
uint64_t emu_seed(void)
{
    if (seed == 0) {
        const char *e = getenv("QW_CUDA_HOST_SEED");
        seed = e != NULL ? strtoull(e, NULL, 10) + 1 : (uint64_t)EMU_DEFAULT_SEED;
    }
    return seed;
}
void cuda_host_set_seed(unsigned long long s) { seed = s + 1; }
