/* Which pages are there?  A walk from the parent, one row a page; what is found is pinned. */
#include "daemon/store/store_int.h"

int find_run(struct store *s, struct db *db, struct store_find *f, struct qw_error *err)
{
    uint64_t parent = alias_get(&s->alias, f->parent);
    int rc = db_exec(db, "BEGIN", err);         /* one snapshot for the whole chain */

    f->n_found = 0;
    while (rc == QW_OK && f->n_found < f->n) {
        sqlite3_stmt *st = db_sql(db, "SELECT page, file, slot FROM pages WHERE parent=? AND ns=? AND ids=?");
        struct store_ref *out = &f->found[f->n_found];

        db_bind(st, "iib", (int64_t)parent, (int64_t)f->ns, (const void *)(f->ids + f->n_found * KV_PAGE_TOKENS), PAGES_IDS);
        rc = db_step(db, st, err);
        if (rc != 1)
            break;
        out->page = (uint64_t)sqlite3_column_int64(st, 0);
        out->file = (uint32_t)sqlite3_column_int64(st, 1);
        out->slot = (uint32_t)sqlite3_column_int64(st, 2);
        sqlite3_reset(st);
        rc = QW_OK;
        if (out->page == 0)         /* damage: 0 is no page's number */
            break;
        /* The snapshot may be older than an eviction: then the slot is another's, and the chain ends. */
        if (!slots_pin(&s->slots, (struct slot_at){ out->file, out->slot }, out->page))
            break;
        parent = out->page;
        f->n_found++;
    }
    if (!sqlite3_get_autocommit(db->h))
        db_exec(db, "COMMIT", NULL);
    if (rc < 0) {
        store_unpin(s, f->found, f->n_found);
        f->n_found = 0;
        return QW_ESTORAGE;
    }
    return QW_OK;
}
