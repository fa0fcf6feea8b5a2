/* daemon/run/loop.c: what is decided, given what was said of the attempts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "daemon/run/loop.h"
#include "plugins/host/host.h"

/* An attempt in two or three letters: verdict (v, s, u, r), how it ended (. stop, l length, p repetition, c cancelled,
 * d deadline), and of: b boxed, a asked for \boxed{}, k read, f only the final answer was asked for, g asked again, o a program's,
 * m the verifier's own value beside it, a digit: so many tokens. */
static struct loop_attempt made(const char *s)
{
    struct loop_attempt a = { .finish = FINISH_STOP };
    for (; *s != '\0'; s++) {
        switch (*s) {
        case 'v': a.verdict = QWEN_VERIFIED; break;
        case 's': a.verdict = QWEN_SUPPORTED; break;
        case 'u': a.verdict = QWEN_UNDECIDED; break;
        case 'r': a.verdict = QWEN_REFUTED; break;
        case 'l': a.finish = FINISH_LENGTH; break;
        case 'p': a.finish = FINISH_REPETITION; break;
        case 'c': a.finish = FINISH_CANCELLED; break;
        case 'd': a.finish = FINISH_DEADLINE; break;
        case 'e': a.finish = FINISH_ERROR; break;
        case 'b': a.boxed = true; break;
        case 'a': a.box_asked = true; break;
        case 'k': a.read = true; break;
        case 'm': a.computed = true; break;
        case 'f': a.asked = LOOP_ASKED_FINAL; break;
        case 'o': a.asked = LOOP_ASKED_PROGRAM; break;
        case 'g': a.asked = LOOP_ASKED_AGAIN; break;
        default:                                /* '.' */
            if (*s >= '0' && *s <= '9')
                a.tokens = (uint32_t)(*s - '0');
            break;
        }
    }
    return a;
}

/* Attempts with blanks between them. */
static size_t all(const char *s, struct loop_attempt *a)
{
    char copy[128], *save = NULL;
    size_t n = 0;
    strncpy(copy, s, sizeof copy - 1);
    copy[sizeof copy - 1] = '\0';
    for (char *t = strtok_r(copy, " ", &save); t != NULL; t = strtok_r(NULL, " ", &save))
        a[n++] = made(t);
    return n;
}

/* A digit: the group; '-': none. */
static void grouped(const char *s, size_t n, int *group)
{
    for (size_t i = 0; i < n; i++)
        group[i] = s[i] == '-' ? -1 : s[i] - '0';
}

static void test_next(void **state)
{
    static const struct { const char *attempts; size_t most; bool time, stopped; enum loop_next next; enum loop_why why; } t[] = {
        { "v.b",        3, true,  false, LOOP_END,   LOOP_WHY_DECIDED },
        { "s.b",        3, true,  false, LOOP_END,   LOOP_WHY_DECIDED },
        { "u.b",        3, true,  false, LOOP_END,   LOOP_WHY_UNDECIDED },
        { "u.bk",       3, true,  false, LOOP_END,   LOOP_WHY_UNDECIDED },      /* read and answered, and yet undecided */
        { "r.b",        3, true,  false, LOOP_AGAIN, LOOP_WHY_DECIDED },
        { "rl",         3, true,  false, LOOP_AGAIN, LOOP_WHY_DECIDED },
        { "r.b",        1, true,  false, LOOP_END,   LOOP_WHY_ATTEMPTS },
        { "r.b r.bg",   3, true,  false, LOOP_AGAIN, LOOP_WHY_DECIDED },
        { "r.b r.bg r.bg", 3, true, false, LOOP_END, LOOP_WHY_ATTEMPTS },
        { "r.b v.bg",   3, true,  false, LOOP_END,   LOOP_WHY_DECIDED },
        { "r.b u.bg",   3, true,  false, LOOP_END,   LOOP_WHY_UNDECIDED },
        { "r.b",        3, false, false, LOOP_END,   LOOP_WHY_BUDGET },
        { "r.b",        3, true,  true,  LOOP_END,   LOOP_WHY_STOPPED },
        { "v.b",        3, false, false, LOOP_END,   LOOP_WHY_DECIDED },
        { "uc",         3, true,  true,  LOOP_END,   LOOP_WHY_STOPPED },
        { "r.b ud",     3, false, false, LOOP_END,   LOOP_WHY_BUDGET },
        { "r.b ue",     3, true,  false, LOOP_END,   LOOP_WHY_FAILED },
        { "ul",         3, true,  false, LOOP_END,   LOOP_WHY_UNDECIDED },      /* prose that was cut off stays prose */
        { "ula",        3, true,  false, LOOP_FINAL, LOOP_WHY_UNDECIDED },
        { "ulk",        3, true,  false, LOOP_FINAL, LOOP_WHY_UNDECIDED },
        { "upa",        3, true,  false, LOOP_FINAL, LOOP_WHY_UNDECIDED },
        { "u.a",        3, true,  false, LOOP_END,   LOOP_WHY_UNDECIDED },
        { "u.k",        3, true,  false, LOOP_FINAL, LOOP_WHY_UNDECIDED },
        { "ula u.f",    3, true,  false, LOOP_END,   LOOP_WHY_UNDECIDED },      /* asked for once only */
        { "ula r.bf",   3, true,  false, LOOP_AGAIN, LOOP_WHY_DECIDED },
        { "ula r.bf ulg", 9, true, false, LOOP_END,  LOOP_WHY_UNDECIDED },
        { "ula",        1, true,  false, LOOP_END,   LOOP_WHY_ATTEMPTS },
    };
    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        struct loop_attempt a[LOOP_MAX_ATTEMPTS];
        enum loop_why why = LOOP_WHY_FAILED;
        size_t n = all(t[i].attempts, a);
        struct loop_limits lim = { t[i].most, true, t[i].time, t[i].stopped };
        enum loop_next next = loop_next(a, n, &lim, &why);
        if (next != t[i].next || (next == LOOP_END && why != t[i].why))
            fail_msg("'%s', %zu: %d because of %s", t[i].attempts, t[i].most, (int)next, loop_why_name(why));
    }
}

/* Without feedback the question is asked afresh, whatever was wrong with the answer. */
static void test_next_afresh(void **state)
{
    static const struct { const char *attempts; size_t most; bool time; enum loop_next next; enum loop_why why; } t[] = {
        { "v.b",        3, true,  LOOP_END,   LOOP_WHY_DECIDED },
        { "u.bk",       3, true,  LOOP_END,   LOOP_WHY_UNDECIDED },     /* nothing shows that another one would be better */
        { "u.",         3, true,  LOOP_END,   LOOP_WHY_UNDECIDED },
        { "r.b",        3, true,  LOOP_FRESH, LOOP_WHY_DECIDED },
        { "r.b",        1, true,  LOOP_END,   LOOP_WHY_ATTEMPTS },
        { "r.b",        3, false, LOOP_END,   LOOP_WHY_BUDGET },
        { "r.b r.b",    3, true,  LOOP_FRESH, LOOP_WHY_DECIDED },
        { "r.b v.b",    3, true,  LOOP_END,   LOOP_WHY_DECIDED },
        { "u.k",        3, true,  LOOP_FRESH, LOOP_WHY_UNDECIDED },     /* no \boxed{} */
        { "ula",        3, true,  LOOP_FRESH, LOOP_WHY_UNDECIDED },
        { "ul",         3, true,  LOOP_END,   LOOP_WHY_UNDECIDED },
        { "ula upa",    3, true,  LOOP_FRESH, LOOP_WHY_UNDECIDED },
        { "ula upa ula", 3, true, LOOP_END,   LOOP_WHY_ATTEMPTS },
        { "r.b ud",     9, true,  LOOP_END,   LOOP_WHY_BUDGET },
    };
    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        struct loop_attempt a[LOOP_MAX_ATTEMPTS];
        enum loop_why why = LOOP_WHY_FAILED;
        size_t n = all(t[i].attempts, a);
        struct loop_limits lim = { t[i].most, false, t[i].time, false };
        enum loop_next next = loop_next(a, n, &lim, &why);
        if (next != t[i].next || (next == LOOP_END && why != t[i].why))
            fail_msg("'%s', %zu: %d because of %s", t[i].attempts, t[i].most, (int)next, loop_why_name(why));
    }
}

/* Which of two samples that are proved is the answer does not depend on which of them was there first. */
static void test_shortest(void **state)
{
    static const struct { const char *samples; size_t index; uint32_t proved; } t[] = {
        { "v.5 v.3 v.4", 1, 3 }, { "v.3 v.3", 0, 3 }, { "u.1 v.9 r.2", 1, 9 }, { "vc2 v.9", 1, 9 },     /* what was cut off is not proved */
        { "v.9 v.2o", 0, 9 }, { "u.1 v.2o", 1, 0 }, { "u.1 u.2", 0, 0 }, { "s.4 s.2", 0, 0 }, { "s.2 v.9", 1, 9 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        struct loop_attempt a[LOOP_MAX_ATTEMPTS];
        int group[LOOP_MAX_ATTEMPTS] = { -1, -1, -1 };
        size_t n = all(t[i].samples, a);
        struct loop_choice c = loop_vote(a, group, n);
        if (c.index != t[i].index || loop_proved_tokens(a, n) != t[i].proved)
            fail_msg("'%s': %zu, %u tokens", t[i].samples, c.index, loop_proved_tokens(a, n));
        for (uint32_t k = 1; k < 12; k++)       /* a sample that may not win would not: put beside the others it is not chosen */
            if (!loop_may_win(a, n, k)) {
                a[n] = (struct loop_attempt){ .finish = FINISH_STOP, .verdict = QWEN_VERIFIED, .tokens = k };
                assert_int_equal(loop_vote(a, group, n + 1).index, t[i].index);
            }
    }
}

static void test_best(void **state)
{
    static const struct { const char *attempts; size_t best; } t[] = {
        { "r.", 0 }, { "uc", 0 }, { "r. r.", 1 }, { "r. u.", 1 }, { "u. r.", 0 }, { "r. v. r.", 1 }, { "s. u.", 0 },
        { "ul u.f", 1 },                        /* the later one of equals */
        { "r. uc", 0 }, { "r. ud", 0 }, { "uc ud", 1 },     /* what was cut off from outside is no answer */
        { "v. v.", 1 },
        { "ulk r.f", 1 }, { "r. upk", 0 }, { "upk u.f", 1 }, { "ulbk r.f", 0 },     /* no answer at all is the least */
        { "ulk u.bo", 0 }, { "ulk r.f u.bo", 2 }, { "ulk v.bo", 1 },
        { "u. u.o", 0 }, { "r. r.o", 0 }, { "r. u.o", 1 }, { "u. v.o", 1 }, { "v. u.o", 0 },     /* a program's only where it is better */
        { "r.m u.o", 0 }, { "r.m u.mo", 0 }, { "r.m v.mo", 1 }, { "r.m s.o", 1 }, { "r.m u.", 1 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        struct loop_attempt a[LOOP_MAX_ATTEMPTS];
        size_t n = all(t[i].attempts, a), best = loop_best(a, n);
        if (best != t[i].best)
            fail_msg("'%s': %zu", t[i].attempts, best);
    }
}

static void test_vote(void **state)
{
    static const struct { const char *samples; const char *groups; size_t index, k; bool agreed, tie; } t[] = {
        { "u. u. u. u. u.", "01101", 1, 3, true,  false },
        { "u. u. u. u. u.", "00000", 0, 5, true,  false },
        { "u. u. u. u.",    "0110",  0, 2, false, true },      /* a tie is undecided: the first one */
        { "u. u. u. u. u.", "00112", 0, 2, false, true },
        { "u. u. u. u. u.", "01123", 1, 2, true,  false },
        { "u. u. u.",       "012",   0, 1, false, true },
        { "u. u. u.",       "0--",   0, 1, false, false },     /* one alone agrees with nobody */
        { "u. u. u.",       "---",   0, 0, false, false },
        { "r. r. r. u. u.", "00011", 3, 2, true,  false },     /* refuted ones do not count */
        { "r. r. u.",       "001",   2, 1, false, false },     /* and never win while another is not refuted */
        { "r. u. u.",       "-12",   1, 1, false, true },
        { "r. r.",          "--",    0, 0, false, false },
        { "u. u. v.",       "00-",   2, 0, false, false },     /* proved wins against any number */
        { "u. v. v.",       "0--",   1, 0, false, false },
        { "u. u. s.",       "00-",   2, 0, false, false },
        { "s. u. v.",       "-0-",   2, 0, false, false },
        { "uc u. u.",       "000",   1, 2, true,  false },     /* cut off: does not count */
        { "uc uc",          "--",    0, 0, false, false },
        { "uc r.",          "--",    1, 0, false, false },
        { "u.",             "0",     0, 1, false, false },
        { "u. u. u.o",      "00-",   0, 2, true,  false },
        { "u. u. v.o",      "00-",   2, 0, false, false },
        { "r. r. u.o",      "---",   2, 0, false, false },
        { "r.m r.m u.o",    "---",   0, 0, false, false },
        { "r.m r.m v.o",    "---",   2, 0, false, false },
        { "ulk r. u.k",     "---",   1, 0, false, false },
        { "ulk u.bk u.bk",  "-00",   1, 2, true,  false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        struct loop_attempt a[LOOP_MAX_ATTEMPTS];
        int group[LOOP_MAX_ATTEMPTS];
        size_t n = all(t[i].samples, a);
        grouped(t[i].groups, n, group);
        struct loop_choice c = loop_vote(a, group, n);
        if (c.index != t[i].index || c.k != t[i].k || c.agreed != t[i].agreed || c.tie != t[i].tie || c.most != t[i].agreed)
            fail_msg("'%s' %s: %zu, k %zu, agreed %d, tie %d", t[i].samples, t[i].groups, c.index, c.k, c.agreed, c.tie);
    }
}

/* What programs support is preferred to what most samples say, and what is proved to both.  k: samples that say the same. */
static void test_vote_and_programs(void **state)
{
    static const struct { const char *samples; const char *groups; size_t index, k; bool most; } t[] = {
        { "s. u. u. u. u.",     "00011",  0, 3, true  },    /* programs and most samples agree */
        { "u. s. u. u. u.",     "10000",  1, 4, true  },
        { "u. u. u. u. s.",     "00001",  4, 1, false },    /* one that programs support, against four */
        { "u. u. u. s. u.",     "00011",  3, 2, false },
        { "u. s. u. u.",        "0101",   1, 2, false },    /* of a tie */
        { "s. u. u.",           "-00",    0, 0, false },
        { "r. r. r. s. u.",     "---01",  3, 1, false },
        { "r. r. r. s. u.",     "---00",  3, 2, true  },
        { "u. u. u. s. u.o",    "0001-",  3, 1, false },
        { "u. u. u. s. v.o",    "0001-",  4, 0, false },    /* a program's value that is proved */
        { "s. u. u. s.o",       "000-",   0, 3, true  },
    };
    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        struct loop_attempt a[LOOP_ROOM];
        int group[LOOP_ROOM];
        size_t n = all(t[i].samples, a);
        grouped(t[i].groups, n, group);
        struct loop_choice c = loop_vote(a, group, n);
        if (c.index != t[i].index || c.k != t[i].k || c.most != t[i].most || c.agreed || c.tie)
            fail_msg("'%s' %s: %zu, k %zu, most %d, agreed %d, tie %d", t[i].samples, t[i].groups, c.index, c.k, c.most, c.agreed, c.tie);
    }
}

/* The chosen one, then one of each other group: larger groups first, of equals the first. */
static void test_compared(void **state)
{
    static const struct { const char *samples; const char *groups; size_t chosen; const char *compared; } t[] = {
        { "u. u. u. u. u.",  "00000", 0, "0"    }, { "u. u. u. u. u.",  "01101", 1, "10"   }, { "u. u. u. u. u.", "01122", 0, "013" },
        { "u. u. u. u. u.",  "01222", 2, "201"  }, { "u. u. u. u. u.",  "01233", 3, "3012" }, { "u. u. u.",       "-0-",   0, "01"  },
        { "u. u. u.",        "---",   0, "0"    }, { "r. r. u. u. uc",  "00112", 2, "2"    }, { "r. r.",          "--",    1, "1"   },
        { "r. u. u.",        "001",   1, "12"   },
    };
    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        struct loop_attempt a[LOOP_MAX_ATTEMPTS];
        int group[LOOP_MAX_ATTEMPTS];
        size_t out[LOOP_MAX_ATTEMPTS], n = all(t[i].samples, a);
        char got[LOOP_MAX_ATTEMPTS + 1] = "";
        grouped(t[i].groups, n, group);
        size_t m = loop_compared(a, group, n, t[i].chosen, out);
        for (size_t k = 0; k < m; k++)
            got[k] = (char)('0' + out[k]);
        if (strcmp(got, t[i].compared) != 0)
            fail_msg("'%s' %s: '%s'", t[i].samples, t[i].groups, got);
    }
}

static void test_boxed(void **state)
{
    static const struct { const char *text, *box; } t[] = {
        { "so \\boxed{6}.", "6" }, { "\\boxed{\\frac{1}{2}}", "\\frac{1}{2}" }, { "\\boxed{1} then \\boxed{ 2 }", "2" },
        { "\\boxed{1} then \\boxed{2", "1" }, { "\\boxed{}", NULL }, { "\\boxed{ }", NULL }, { "boxed{1}", NULL }, { "", NULL },
        { "\\boxed{\\{1, 2\\}}", "\\{1, 2\\}" }, { "\\boxed{", NULL }, { "\\boxed{\\", NULL }, { "\\boxed", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        const char *p = NULL;
        size_t n = 0;
        bool found = loop_boxed(t[i].text, strlen(t[i].text), &p, &n);
        if (found != (t[i].box != NULL) || (found && (n != strlen(t[i].box) || memcmp(p, t[i].box, n) != 0)))
            fail_msg("'%s': '%.*s'", t[i].text, (int)n, p != NULL ? p : "");
    }
}

static void test_names_value(void **state)
{
    static const struct { const char *text, *value; bool names; } t[] = {
        { "it is 42", "42", true }, { "it is 421", "42", false }, { "it is 4 2", "42", true }, { "42", "42", true },
        { "2 42", "42", true }, { "x=42.", "42", true }, { "142", "42", false }, { "x = 42", "x = 42", true },
        { "so 42 follows", "x = 42", true }, { "so 7 follows", "x = 42", false }, { "\\dfrac12", "\\frac{1}{2}", true },
        { "$\\left( 1, 2 \\right)$", "(1,2)", true }, { "ax", "x", false }, { "a x", "x", true }, { "", "1", false },
        { "anything", "", false }, { "x \xe2\x89\xa0 6", "6", true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
        if (plug_names_value(t[i].text, t[i].value) != t[i].names)
            fail_msg("'%s' in '%s'", t[i].value, t[i].text);
    char longest[600];
    memset(longest, '7', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_true(plug_names_value("short", longest));            /* not looked for: rather yes than no */
}

static void test_feedback(void **state)
{
    static const char *const checks[] = { "one", "two", "three", "four", "five" };
    struct qw_buf b = QW_BUF_INIT;
    char longest[600];
    (void)state;
    loop_feedback(&b, LOOP_AGAIN, false, checks, 2);
    assert_non_null(strstr(b.data, "- one\n- two\n"));
    assert_non_null(strstr(b.data, "\\boxed{}"));
    qw_buf_clear(&b);
    loop_feedback(&b, LOOP_AGAIN, false, checks, 5);
    assert_non_null(strstr(b.data, "- four\n"));
    assert_null(strstr(b.data, "five"));
    qw_buf_clear(&b);
    memset(longest, 'x', sizeof longest);
    memcpy(longest + 499, "\xe2\x89\xa0", 3);                   /* a character is not cut */
    longest[sizeof longest - 1] = '\0';
    loop_feedback(&b, LOOP_AGAIN, true, (const char *const[]){ longest }, 1);
    assert_non_null(strstr(b.data, "x\n\xe8\xaf\xb7"));
    assert_null(strstr(b.data, "\xe2\n"));
    qw_buf_clear(&b);
    loop_feedback(&b, LOOP_AGAIN, false, NULL, 0);
    assert_null(strstr(b.data, "What failed"));
    qw_buf_clear(&b);
    loop_feedback(&b, LOOP_FINAL, true, NULL, 0);
    assert_non_null(strstr(b.data, "\\boxed{}"));
    qw_buf_free(&b);
}

static void test_programs(void **state)
{
    static const struct { const char *best; bool wants; } t[] = {
        { "r.", true }, { "r.b", true }, { "u.b", true }, { "u.k", true }, { "u.", false }, { "ul", false }, { "v.b", false }, { "s.b", false }, { "uc", false },
    };
    static const struct { const char *values[4]; size_t n; const char *most; } v[] = {
        { { "1", "2", "2" }, 3, "10" }, { { "1", "2", "3" }, 3, "012" }, { { NULL, "2", NULL, "2" }, 4, "1" }, { { NULL, NULL }, 2, "" }, { { NULL }, 0, "" },
        { { "1", "2", "3", "3" }, 4, "201" }, { { "1", "2", "3", "4" }, 4, "012" },
    };
    struct qw_buf b = QW_BUF_INIT;
    (void)state;
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        struct loop_attempt a = made(t[i].best);
        if (loop_wants_program(&a) != t[i].wants)
            fail_msg("'%s'", t[i].best);
    }
    for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
        size_t out[3], n = loop_most_common(v[i].values, v[i].n, out, 3);
        assert_int_equal(n, strlen(v[i].most));
        for (size_t k = 0; k < n; k++)
            assert_int_equal(out[k], v[i].most[k] - '0');
    }
    loop_program_text(&b, true, "\\frac{1}{2}");
    assert_non_null(strstr(b.data, "\\boxed{\\frac{1}{2}}"));
    qw_buf_free(&b);
}

static void test_names(void **state)
{
    enum loop_mode m;
    (void)state;
    for (int i = LOOP_OFF; i <= LOOP_VOTE; i++) {
        assert_true(loop_mode_parse(loop_mode_name((enum loop_mode)i), &m));
        assert_int_equal((int)m, i);
    }
    assert_false(loop_mode_parse("tries", &m));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_next), cmocka_unit_test(test_next_afresh), cmocka_unit_test(test_shortest), cmocka_unit_test(test_best),
        cmocka_unit_test(test_vote), cmocka_unit_test(test_vote_and_programs), cmocka_unit_test(test_compared), cmocka_unit_test(test_boxed),
        cmocka_unit_test(test_names_value), cmocka_unit_test(test_feedback), cmocka_unit_test(test_names),
        cmocka_unit_test(test_programs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
