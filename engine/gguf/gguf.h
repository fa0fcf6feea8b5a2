/* GGUF v2/v3 model files.  Everything in the file is hostile until gguf_open has
 * checked it: counts and lengths against the bytes that are there, types, alignment,
 * tensor ranges.  After that, accessors cannot fail but by absence or type.
 *
 * The metadata are copied into memory when the file is opened; tensor data are read by
 * gguf_read, never mapped: a file that is truncated under us is an error, not a signal,
 * and no page of it stays in our memory.  Immutable after opening: any thread. */
#ifndef QW_ENGINE_GGUF_H
#define QW_ENGINE_GGUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Tensor types by their number in the file (ggml); only those named here run. */
enum gguf_type {
    GGUF_F32 = 0, GGUF_F16 = 1, GGUF_Q4_0 = 2, GGUF_Q4_1 = 3, GGUF_Q5_0 = 6, GGUF_Q5_1 = 7,
    GGUF_Q8_0 = 8, GGUF_Q4_K = 12, GGUF_Q5_K = 13, GGUF_Q6_K = 14, GGUF_BF16 = 30,
};
const char *gguf_type_name(uint32_t type);      /* "Q4_K"; "unknown type" if ggml has none (static) */
/* Values per block and bytes per block; false for types that we do not know. */
bool gguf_type_block(uint32_t type, uint32_t *values, uint32_t *bytes);

struct gguf_tensor {
    const char    *name;        /* NUL-terminated, owned by the gguf */
    uint32_t       type;        /* enum gguf_type, or an unknown number */
    uint32_t       n_dims;      /* 1..4 */
    uint64_t       dim[4];      /* dim[0] is the contiguous one (K); missing ones are 1 */
    uint64_t       at;          /* offset of its data in the file, checked to hold bytes */
    size_t         bytes;       /* 0 if the type is unknown */
};

struct gguf;
int  gguf_open(struct gguf **g, const char *path, struct qw_error *err);
/* The same over memory that outlives g (tests, fuzzing). */
int  gguf_open_memory(struct gguf **g, const void *p, size_t n, struct qw_error *err);
void gguf_free(struct gguf *g);

size_t gguf_n_tensors(const struct gguf *g);
const struct gguf_tensor *gguf_tensor_at(const struct gguf *g, size_t i);
const struct gguf_tensor *gguf_tensor(const struct gguf *g, const char *name);   /* NULL */
/* Bytes [at, at + n) of the file, or QW_EIO: it cannot be read, or has become shorter.  Several
 * threads may read at once. */
int  gguf_read(const struct gguf *g, uint64_t at, void *dst, size_t n, struct qw_error *err);
/* Bytes [at, at + n) will be read soon: the system may fetch them.  Beyond the end is fine. */
void gguf_expect(const struct gguf *g, uint64_t at, uint64_t n);

const char *gguf_path(const struct gguf *g);    /* "(memory)" */
uint64_t gguf_file_bytes(const struct gguf *g);

/* What the file was when it was opened: the same stamp later means the same bytes. */
struct gguf_stamp { uint64_t device, inode, bytes; int64_t mtime_ns, ctime_ns; };
bool gguf_stamp(const struct gguf *g, struct gguf_stamp *out);  /* false: memory, which has none */
int  gguf_fd(const struct gguf *g);             /* -1: memory; stays the gguf's */
/* QW_EIO if the file is no longer what it was when it was opened. */
int  gguf_unchanged(const struct gguf *g, struct qw_error *err);

/* Metadata.  Each returns false if the key is absent or of another type;
 * integers of any width convert when the value fits; *out untouched on false. */
bool gguf_u64(const struct gguf *g, const char *key, uint64_t *out);
bool gguf_f64(const struct gguf *g, const char *key, double *out);
bool gguf_bool(const struct gguf *g, const char *key, bool *out);
bool gguf_str(const struct gguf *g, const char *key, const char **p, size_t *n); /* borrowed, not NUL-terminated */
/* Arrays. */
/* Borrowed string views of a string array, built once at opening (NULL if none). */
struct gguf_view { const char *p; size_t n; };
const struct gguf_view *gguf_str_array(const struct gguf *g, const char *key, size_t *n);
/* Copies up to n numbers of an array of integers; returns how many it has; 0 if it is absent or
 * of another type, or if one of those asked for does not fit (then nothing is written). */
size_t gguf_i32_array(const struct gguf *g, const char *key, int32_t *out, size_t n);

#endif
