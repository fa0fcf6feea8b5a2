/* Loss of power at every sync of a scripted run: what was acknowledged is there and whole.
 *
 * Sync number n is looked at before it takes effect and after, each time with everything written kept, with
 * everything unsynced dropped, and with random parts kept or torn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "tests/fault/fault.h"
#include "tests/fault/script.h"
#include "tests/unit/base_tmp.h"

struct power {
    struct script script;
    char images[64];                /* folder of folders */
    int  acked[4000];               /* when image i was made */
    long n_images, n_syncs, step;
};

/* Layer's lock held, on the store's writer. */
static void on_sync(void *arg, long n)
{
    static const struct { enum fault_image how; int times; } kinds[] = {
        { IMAGE_ALL, 1 }, { IMAGE_NONE, 1 }, { IMAGE_RANDOM, 2 }, { IMAGE_TORN, 2 },
    };
    struct power *p = arg;
    char dir[128];

    p->n_syncs = n + 1;
    if (n % p->step != 0 && n % 16 > 3)         /* some neighbours in any case */
        return;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        for (int k = 0; k < kinds[i].times && p->n_images < 4000; k++) {
            snprintf(dir, sizeof dir, "%s/%ld", p->images, p->n_images);
            mkdir(dir, 0700);
            fault_make_image(dir, kinds[i].how, (unsigned)(n * 31 + k));
            p->acked[p->n_images++] = p->script.acked;
        }
    }
}

static void look_at(struct power *p, struct rig *r, long i, bool all_pages)
{
    char dir[128], what[64];

    snprintf(dir, sizeof dir, "%s/%ld", p->images, i);
    snprintf(what, sizeof what, "image %ld", i);
    r->o.dir = dir;
    rig_open(r);
    script_verify(r, p->acked[i], all_pages, what);
    rig_close(r);
    tmp_remove(dir);
}

static void run(uint64_t budget, bool all_pages)
{
    static struct power p;
    static struct rig r, image;
    const char *step = getenv("FAULT_STEP");
    char first[64];
    int last = 0;

    memset(&p, 0, sizeof p);
    p.step = step != NULL ? atol(step) : 7;
    fault_install();
    fault_reset();
    tmp_make(p.images);
    rig_make(&r);
    r.o.io = &fault_io, r.o.vfs = FAULT_VFS, r.o.disk_budget = budget;
    fault_record(r.dir, on_sync, &p);
    rig_open(&r);
    script_run(&r, &p.script);
    assert_int_equal(p.script.acked, SCRIPT_TXNS);
    rig_close(&r);
    rig_open(&r);                   /* and once more, over what is there */
    script_verify(&r, SCRIPT_TXNS, all_pages, "the run itself");
    rig_close(&r);
    fault_record_end();
    assert_true(p.n_syncs > SCRIPT_TXNS);
    fault_reset();                  /* nothing is recorded or failed below; it saves the syncs */
    rig_make(&image);
    strcpy(first, image.dir);
    image.o.io = &fault_io, image.o.vfs = FAULT_VFS, image.o.disk_budget = budget;
    for (long i = 0; i < p.n_images; i++) {
        look_at(&p, &image, i, all_pages);
        last = p.acked[i] > last ? p.acked[i] : last;
    }
    assert_int_equal(last, SCRIPT_TXNS);
    print_message("%ld syncs, %ld images\n", p.n_syncs, p.n_images);
    image.o.dir = first;
    rig_free(&image);
    rig_free(&r);
    tmp_remove(p.images);
}

static void test_power(void **state)
{
    (void)state;
    run((uint64_t)1 << 30, true);
}

/* With a small budget: slots are freed and used again. */
static void test_power_with_eviction(void **state)
{
    (void)state;
    run(9 * 4096, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_power), cmocka_unit_test(test_power_with_eviction) };

    qw_log_set_level(QW_LOG_ERROR);
    return cmocka_run_group_tests_name("store/power", tests, NULL, NULL);
}
