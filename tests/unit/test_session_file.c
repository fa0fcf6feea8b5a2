/* Exported conversations: what is written is read again, and what is damaged or hostile is refused with
 * its reason. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "daemon/session_file.h"
#include "proto/mp.h"

static struct sessions *sessions;

static int make(void **state)
{
    (void)state;
    return sessions_new(&sessions, 1 << 20, 10, NULL) == QW_OK ? 0 : -1;
}

static int drop(void **state)
{
    (void)state;
    sessions_free(sessions);
    return 0;
}

static struct node *add(struct node *parent, enum node_role role, const char *text, int32_t first, size_t n, bool cut)
{
    int32_t ids[64];
    struct node *out = NULL;
    for (size_t i = 0; i < n; i++)
        ids[i] = first + (int32_t)i;
    struct node_row row = { .id = session_new_id(), .owner = 1, .space = sessions_space(sessions, "0123abcd qwen2.5"), .role = role,
                            .text = text, .ids = ids, .n_ids = n, .cut = cut, .closed = cut, .generated = true,
                            .finish = role == NODE_ASSISTANT ? "length" : NULL, .created_unix_ms = 1234 };
    assert_int_equal(node_restore(sessions, &row, parent, &out, NULL), QW_OK);
    return out;
}

static struct session *conversation(void)
{
    struct session *x = NULL;
    assert_int_equal(session_create(sessions, 1, "标题", "be brief", "toy", &x, NULL), QW_OK);
    assert_int_equal(session_set_text(&x->tags, "algebra todo", NULL), QW_OK);
    struct node *a = add(NULL, NODE_SYSTEM, "be brief", 0, 0, false);
    struct node *b = add(a, NODE_USER, "解方程", 100000, 40, true);
    session_set_head(sessions, x, add(b, NODE_ASSISTANT, "x = 3", 7, 5, true));
    return x;
}

static void there_and_back(void **state)
{
    (void)state;
    struct qw_buf b = QW_BUF_INIT;
    unsigned char head[SESSION_FILE_HEAD];
    struct session_file f = { 0 };
    struct qw_error err = { 0 };
    size_t n = 0;
    assert_int_equal(session_file_write(&b, conversation(), "qwend 0", &err), QW_OK);
    session_file_head(head, b.data, b.len);
    assert_memory_equal(head, "QWSESSN\n\1\0\0\0\0\0\0\0", 16);
    assert_int_equal(session_file_size(head, &n, &err), QW_OK);
    assert_int_equal(n, b.len);
    assert_int_equal(session_file_read(&f, head, b.data, n, &err), QW_OK);
    assert_string_equal(f.title, "标题");
    assert_string_equal(f.system, "be brief");
    assert_string_equal(f.model, "toy");
    assert_string_equal(f.tags, "algebra todo");
    assert_string_equal(f.space, "0123abcd qwen2.5");
    assert_int_equal(f.n_messages, 3);
    assert_int_equal(f.messages[1].role, NODE_USER);
    assert_string_equal(f.messages[1].text, "解方程");
    assert_int_equal(f.messages[1].n_ids, 40);
    assert_memory_equal(f.messages[1].ids + 4, "\xa1\x86\1\0", 4);          /* 100001 */
    assert_true(f.messages[1].cut && f.messages[1].closed && !f.messages[0].cut);
    assert_string_equal(f.messages[2].finish, "length");
    assert_int_equal(f.messages[2].created_unix_ms, 1234);
    session_file_free(&f);
    qw_buf_free(&b);
}

/* A map that is packed here, with the checksum that it should have. */
static int read_packed(const struct qw_buf *b, struct qw_error *err)
{
    unsigned char head[SESSION_FILE_HEAD];
    struct session_file f = { 0 };
    session_file_head(head, b->data, b->len);
    int rc = session_file_read(&f, head, b->data, b->len, err);
    session_file_free(&f);
    return rc;
}

enum what { NOTHING, NO_MESSAGES, NO_TEXT, BAD_ROLE, SYSTEM_INSIDE, ODD_IDS, IDS_AS_TEXT, NEGATIVE_ID, LONG_TITLE, NUL_TITLE, ODD_SPACE,
            LONG_SPACE, BLANK_TAG, MANY_TAGS, TAGS_AS_TEXT, MESSAGE_IS_INT, MESSAGES_IS_MAP, TRAILING, NO_MAP };

static void pack_message(struct qw_buf *b, enum what w, bool second)
{
    mpw_map(b, w == NO_TEXT ? 2 : 3);
    mpw_str(b, "role");
    mpw_str(b, w == BAD_ROLE ? "robot" : w == SYSTEM_INSIDE && second ? "system" : "user");
    if (w != NO_TEXT) {
        mpw_str(b, "text");
        mpw_str(b, "t");
    }
    mpw_str(b, "ids");
    if (w == IDS_AS_TEXT)
        mpw_str(b, "abcd");
    else
        mpw_bin(b, w == NEGATIVE_ID ? "\1\0\0\x80" : "\1\0\0\0", w == ODD_IDS ? 3 : 4);
}

static void pack(struct qw_buf *b, enum what w)
{
    char long_text[300];
    memset(long_text, 'x', sizeof long_text);
    if (w == NO_MAP) {
        mpw_array(b, 0);
        return;
    }
    mpw_map(b, w == NO_MESSAGES ? 3 : 4);
    mpw_str(b, "title");
    mpw_strn(b, w == NUL_TITLE ? "a\0b" : long_text, w == LONG_TITLE ? 257 : w == NUL_TITLE ? 3 : 5);
    mpw_str(b, "space");
    mpw_strn(b, w == ODD_SPACE ? "a\nb" : long_text, w == LONG_SPACE ? 201 : 3);
    mpw_str(b, "tags");
    if (w == TAGS_AS_TEXT) {
        mpw_str(b, "a b");
    } else {
        mpw_array(b, w == MANY_TAGS ? 33 : 1);
        for (int i = 0; i < (w == MANY_TAGS ? 33 : 1); i++)
            mpw_str(b, w == BLANK_TAG ? "a b" : "a");
    }
    if (w == NO_MESSAGES)
        return;
    mpw_str(b, "messages");
    if (w == MESSAGES_IS_MAP) {
        mpw_map(b, 0);
        return;
    }
    mpw_array(b, 2);
    if (w == MESSAGE_IS_INT)
        mpw_int(b, 5);
    else
        pack_message(b, w, false);
    pack_message(b, w, true);
    if (w == TRAILING)
        mpw_nil(b);
}

static void refused(void **state)
{
    (void)state;
    static const struct { enum what what; const char *says; } cases[] = {
        { NOTHING, NULL }, { NO_MESSAGES, "`messages` is missing" }, { NO_TEXT, "message 1: the file's conversation: `text` is missing" },
        { BAD_ROLE, "`role` is none" }, { SYSTEM_INSIDE, "message 2: the file's conversation: `role` is system" }, { ODD_IDS, "`ids` is not" },
        { IDS_AS_TEXT, "`ids` is not" }, { NEGATIVE_ID, "below zero" }, { LONG_TITLE, "`title` is too long" }, { NUL_TITLE, "NUL" },
        { ODD_SPACE, "`space` is no name" }, { LONG_SPACE, "`space` is too long" }, { BLANK_TAG, "no tag" }, { MANY_TAGS, "no short list" },
        { TAGS_AS_TEXT, "no short list" }, { MESSAGE_IS_INT, "message 1: the file's conversation: `messages` holds" },
        { MESSAGES_IS_MAP, "`messages` is missing" }, { TRAILING, "ends before" }, { NO_MAP, "is no map" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct qw_buf b = QW_BUF_INIT;
        struct qw_error err = { 0 };
        pack(&b, cases[i].what);
        int rc = read_packed(&b, &err);
        if (cases[i].says == NULL ? rc != QW_OK : rc != QW_EPARAMS || strstr(err.msg, cases[i].says) == NULL)
            fail_msg("case %d: %d, %s", (int)cases[i].what, rc, err.msg);
        qw_buf_free(&b);
    }
}

static void heads(void **state)
{
    (void)state;
    static const struct { size_t at; unsigned char byte; int rc; } cases[] = {
        { 0, 'q', QW_EPARAMS }, { 7, '\r', QW_EPARAMS }, { 8, 2, QW_EUNSUPPORTED }, { 11, 1, QW_EUNSUPPORTED }, { 20, 1, QW_ETOOLARGE }, { 23, 0x80, QW_ETOOLARGE },
    };
    unsigned char head[SESSION_FILE_HEAD];
    size_t n = 77;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        session_file_head(head, "x", 1);
        head[cases[i].at] = cases[i].byte;
        assert_int_equal(session_file_size(head, &n, NULL), cases[i].rc);
        assert_int_equal(n, 77);
    }
}

/* Any byte of the map changed: the checksum says so; with a right checksum too, nothing worse than a refusal. */
static void mutated(void **state)
{
    (void)state;
    struct qw_buf b = QW_BUF_INIT;
    unsigned char head[SESSION_FILE_HEAD];
    struct session_file f = { 0 };
    struct qw_error err = { 0 };
    assert_int_equal(session_file_write(&b, conversation(), "qwend 0", &err), QW_OK);
    session_file_head(head, b.data, b.len);
    uint32_t random = 1;
    for (size_t i = 0; i < b.len; i++) {
        char old = b.data[i];
        random = random * 1664525 + 1013904223;
        b.data[i] = (char)(old ^ (1 + random % 255));
        assert_int_equal(session_file_read(&f, head, b.data, b.len, &err), QW_EPARAMS);
        assert_non_null(strstr(err.msg, "checksum"));
        int rc = read_packed(&b, &err);
        assert_true(rc == QW_OK || rc == QW_EPARAMS || rc == QW_ETOOLARGE);
        b.data[i] = old;
    }
    for (size_t n = 0; n < b.len; n++) {
        struct qw_buf part = { .data = b.data, .len = n };
        assert_int_equal(read_packed(&part, &err), QW_EPARAMS);
    }
    qw_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(there_and_back, make, drop), cmocka_unit_test(refused), cmocka_unit_test(heads),
        cmocka_unit_test_setup_teardown(mutated, make, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
