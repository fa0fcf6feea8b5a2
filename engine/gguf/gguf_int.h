/* What gguf.c (the reader) and gguf_file.c (the file under it) share; gguf.h is for everybody else. */
#ifndef QW_ENGINE_GGUF_INT_H
#define QW_ENGINE_GGUF_INT_H

#include "base/mem.h"
#include "engine/gguf/gguf.h"

struct kv {
    const char    *key;         /* in the head, n_key bytes without NUL */
    size_t         n_key;
    uint32_t       type;        /* enum value_type */
    uint32_t       elem;        /* of an array */
    const uint8_t *p;           /* value; of a string or array: its first byte */
    size_t         n;           /* bytes of a string, elements of an array */
    struct gguf_view *views;    /* of a string array */
};

struct gguf {
    char               *path;
    const uint8_t      *head;       /* the first `have` bytes of the file */
    size_t              have, size; /* size: of the whole file */
    bool                mapped;     /* head is ours to unmap */
    int                 fd;         /* -1: the file is memory, and head all of it */
    struct gguf_stamp   stamp;
    struct kv          *kv;         /* sorted by key */
    size_t              n_kv;
    struct gguf_tensor *tensor;     /* in file order */
    struct gguf_tensor **by_name;   /* sorted */
    size_t              n_tensors;
    struct qw_arena    *names;
};

/* gguf_file.c.  Opens g->path: fd, size and stamp; what is set is closed by gguf_free. */
int  gguf_file_open(struct gguf *g, struct qw_error *err);
/* head and have: a copy of the first n bytes, or of all if there are fewer, in place of the one before. */
int  gguf_file_head(struct gguf *g, size_t n, struct qw_error *err);
void gguf_file_drop_head(struct gguf *g);

#endif
