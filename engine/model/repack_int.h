/* What repack_cache.c (format, reading) and repack_write.c (folder, writing) share. */
#ifndef QW_ENGINE_REPACK_INT_H
#define QW_ENGINE_REPACK_INT_H

#include "engine/model/repack_cache.h"

#define REPACK_PIECE  ((size_t)1 << 20)
#define REPACK_HEAD   4096u
#define REPACK_SUFFIX ".qwr"
#define REPACK_TMP    "tmp-"
#define REPACK_LINK   "at-"

struct repack_name { char s[64]; };
struct repack_name repack_block_name(const char *fingerprint, const uint8_t plan[16]);
struct repack_name repack_link_name(const struct gguf_stamp *s);
bool repack_is_block(const char *name);

size_t repack_pieces(uint64_t block_bytes);
uint64_t repack_data_at(uint64_t block_bytes);
uint64_t repack_piece_sum(const uint8_t *p, size_t n, size_t i);
/* head: repack_data_at bytes, the table already in its place; fills in the rest. */
void repack_make_head(uint8_t *head, const struct repack_key *k, const char *fingerprint);
/* NULL: head is that of this key and fingerprint; else what is wrong with it. */
const char *repack_check_head(const uint8_t *head, const struct repack_key *k, const char *fingerprint);

/* The folder, checked; *fd is the caller's.  QW_ENOTFOUND: it is not there. */
int repack_open_dir(const char *dir, int *fd, struct qw_error *err);
/* A block file in it, checked up to its size; *fd is the caller's. */
int repack_open_block(int dir, const char *name, const struct repack_key *k, int *fd, struct qw_error *err);
int repack_pread(int fd, void *dst, size_t n, uint64_t at, struct qw_error *err);

#endif
