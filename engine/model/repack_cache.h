/* The repack cache: repacked weights of earlier loads, as files in a private folder.
 *
 * What fixes a block's bytes is its key: the model file's fingerprint and the plan id (XXH3-128 of
 * WMAT_LAYOUT_VERSION, of each tensor's name, type, shape and place, and of what repacking makes of a
 * sample of each type; model_cached.c).  Nothing
 * depends on the cache being there: whatever is missing, foreign, damaged or of another version
 * is a miss, and the model is loaded from its file.  Files are read, never mapped: what happens to
 * them later cannot reach a loaded model.  Any of them may be deleted at any time.
 *
 * In the folder (0700, ours; else it is not used):
 *   FINGERPRINT-PLAN.qwr   a block; 32 hex digits, then the first 16 of the plan id
 *   at-STAMP               a symbolic link to a block: the model file that had this stamp (XXH3-128 of
 *                          device, inode, size, mtime, ctime) has that fingerprint.  So a fingerprint is
 *                          trusted exactly as long as none of these changes.  Made last, and only when
 *                          the file's times are older than a tick of the clock that makes them.
 *   tmp-XXXXXX             being written; stale ones are removed by the next writer
 *   lock                   flock of the one process that writes; others go without
 *
 * A block file, integers little-endian:
 *      0   8  "QWREPACK"
 *      8   4  version of this format: 1
 *     12   4  WMAT_LAYOUT_VERSION
 *     16  16  plan id
 *     32  16  fingerprint
 *     48   8  bytes of the model file
 *     56   8  bytes of the block, B
 *     64   4  bytes of a piece, P (1 MiB)
 *     68   4  number of pieces, N = ceil(B / P)
 *     72   8  where the block begins, D = 4096 + 8 N rounded up to 4096
 *     80   8  XXH3-64 of bytes [0, D), these eight taken as zero
 *     88      zeros
 *   4096  8N  XXH3-64 of each piece, seeded with its number
 *          .  zeros
 *      D   B  the block; the file ends with it
 *
 * Reading, in this order: the link is there and names our plan; the file is regular, ours, not
 * writable by others and of D + B bytes; its head's checksum and every field are as expected; each
 * piece's checksum is.  A file that fails after its name was right is removed.
 *
 * Writing, one thread of the lowest priority beside a loaded model: lock; make room (oldest first, by
 * time of last use) so that all blocks together stay within the limit and the disk keeps a reserve;
 * allocate; write pieces, then the head; fsync; rename; fsync the folder; link.  A crash leaves a
 * tmp file at most.  A link without its file is a miss, and so is a file without its link. */
#ifndef QW_ENGINE_REPACK_CACHE_H
#define QW_ENGINE_REPACK_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "engine/gguf/gguf.h"

#define REPACK_LIMIT_DEFAULT (UINT64_C(16) << 30)

enum repack_state {
    REPACK_OFF,             /* no folder was given, or the model is not a file */
    REPACK_READ,            /* the weights came from the cache */
    REPACK_WRITING,         /* they came from the model file, and are being written */
    REPACK_WRITTEN,         /* the next load will find them */
    REPACK_FAILED,          /* not written; why says why */
};
const char *repack_state_name(enum repack_state s);     /* "off", "read", "writing", ... */

struct repack_info {
    enum repack_state state;
    uint64_t bytes;         /* of the block file, READ and WRITTEN */
    char     path[512];     /* of the block file; "" when OFF */
    char     why[504];      /* FAILED: why; else what was wrong with the file that was found, or "" */
};

struct repack_key {
    uint8_t  plan[16];
    uint64_t block_bytes;
    uint64_t file_bytes;
    struct gguf_stamp stamp;
};

/* An open block file whose head is right. */
struct repack_file;
/* QW_ENOTFOUND: a plain miss.  Other codes: something is wrong, err says what (a damaged file has
 * been removed); to be noted, and then as good as a miss.  fingerprint: 32 hex digits. */
int  repack_open(struct repack_file **f, const char *dir, const struct repack_key *k, char fingerprint[33],
                 struct qw_error *err);
size_t   repack_n_pieces(const struct repack_file *f);
uint64_t repack_file_bytes(const struct repack_file *f);
const char *repack_file_path(const struct repack_file *f);
/* Piece i to its place in the block, checked: QW_EFORMAT if it is damaged.  Several threads at once. */
int  repack_read_piece(const struct repack_file *f, size_t i, uint8_t *block, size_t *done, struct qw_error *err);
/* rc, how reading went: QW_OK notes the use, QW_EFORMAT removes the file. */
void repack_close(struct repack_file *f, int rc);

/* Writes a block in the background.  block must stay until repack_write_end; all else is copied. */
struct repack_writer;
struct repack_job {
    const char *dir;
    const uint8_t *block;
    const char *fingerprint;
    struct repack_key key;
    int      model_fd;              /* duplicated: its stamp is looked at again at the end */
    uint64_t limit_bytes;           /* of all block files; 0: REPACK_LIMIT_DEFAULT */
};
int  repack_write(struct repack_writer **w, const struct repack_job *j, struct qw_error *err);
/* Any thread. */
void repack_write_info(struct repack_writer *w, struct repack_info *out);
/* Returns when it is written or has failed. */
void repack_write_wait(struct repack_writer *w);
/* Gives up what is not written yet; frees w. */
void repack_write_end(struct repack_writer *w);

#endif
