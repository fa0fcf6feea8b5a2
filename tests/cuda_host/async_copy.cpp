/* cp.async: the target is poisoned when the copy is issued and filled when it is waited for, as late as a GPU
 * may.  sm_75 has none: there it is a plain copy (engine/cuda/ptx.h). */
#include "emu_int.h"
#include "watch.h"

#include <vector>

struct copy { unsigned char *to; const unsigned char *from; unsigned bytes, group; const void *pc; };
struct copies { std::vector<copy> pending; unsigned group; };
static copies per_thread[1024];

static copies *mine(emu_fiber *f) { return &per_thread[f->warp->index * 32 + f->lane]; }

static void arrive(const copy *c)
{
    emu_watch_came(c->to, c->pc);
    memset(c->to, 0, 16);
    memcpy(c->to, c->from, c->bytes);
}

void emu_cp_async(void *shared, const void *global, unsigned bytes)
{
    copies *m = mine(emu_tls.self);
    copy c = { (unsigned char *)shared, (const unsigned char *)global, bytes, m->group, __builtin_return_address(0) };
    if (((uintptr_t)shared | (uintptr_t)global) % 16 != 0 || bytes > 16)
        emu_report("misaligned", "cp.async of %u bytes from %p to %p", bytes, global, shared);
    emu_watch_coming(shared, global, bytes, c.pc);
    if (emu_class() < 80) {
        arrive(&c);
        return;
    }
    memset(shared, 0xC9, 16);
    m->pending.push_back(c);
}

void emu_cp_commit(void) { mine(emu_tls.self)->group++; }

void emu_cp_wait(unsigned left)
{
    copies *m = mine(emu_tls.self);
    size_t n = 0;
    while (n < m->pending.size() && m->pending[n].group + left < m->group)
        arrive(&m->pending[n++]);
    m->pending.erase(m->pending.begin(), m->pending.begin() + (long)n);
}

void emu_cp_end(emu_fiber *f)
{
    copies *m = mine(f);
    m->pending.clear();
    m->group = 0;
}
void emu_cp_reset(void)
{
    for (copies &m : per_thread)
        m = copies();
}
