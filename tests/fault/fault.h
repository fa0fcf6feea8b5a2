/* A layer under the store's files that fails on demand and remembers what was not synced.  Any thread. */
#ifndef TESTS_FAULT_FAULT_H
#define TESTS_FAULT_FAULT_H

#include <stdbool.h>

#include "base/io.h"

extern const struct io_ops fault_io;
#define FAULT_VFS "fault"

enum fault_class { FAULT_READ = 1, FAULT_WRITE = 2, FAULT_SYNC = 4, FAULT_OPEN = 8, FAULT_ANY = 15 };
enum fault_where { FAULT_PAGES = 1, FAULT_DB = 2, FAULT_EVERYWHERE = 3 };

void fault_install(void);                       /* registers the VFS; once */
/* Forgets everything that is known of files; no fault is set. */
void fault_reset(void);
/* FAULT_OPEN: of page files, and of a folder to sync it.  The (nth+1)th call of these classes fails with errnum; all from then on, if forever. */
void fault_set(int classes, int where, long nth, int errnum, bool forever);
void fault_clear(void);
long fault_fired(void);                         /* how often a fault was given since fault_set */
/* Bytes that may still be written before ENOSPC; < 0: no limit. */
void fault_set_space(long long bytes);

/* Power loss.  While recording, hook(arg, n) is called before sync number n takes effect (and once more
 * when it has), with the layer's lock held: it may call fault_image only. */
void fault_record(const char *dir, void (*hook)(void *arg, long n), void *arg);
void fault_record_end(void);
/* Writes to the (empty) folder `to` what a loss of power now could leave of the recorded folder. */
enum fault_image { IMAGE_ALL, IMAGE_NONE, IMAGE_RANDOM, IMAGE_TORN };
void fault_make_image(const char *to, enum fault_image how, unsigned seed);

#endif
