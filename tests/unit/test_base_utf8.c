#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/utf8.h"

#define S(x) x, sizeof x - 1

static void test_valid(void **state)
{
    static const struct { const char *name, *s; size_t n; bool ok; } rows[] = {
        { "empty",             S(""), true },
        { "ascii with NUL",    S("a\0b"), true },
        { "two bytes",         S("\xc2\x80"), true },
        { "three bytes",       S("\xe2\x82\xac"), true },
        { "four bytes",        S("\xf0\x9f\x98\x80"), true },
        { "last scalar",       S("\xf4\x8f\xbf\xbf"), true },
        { "lone continuation", S("\x80"), false },
        { "overlong slash",    S("\xc0\xaf"), false },
        { "overlong 3",        S("\xe0\x9f\xbf"), false },
        { "overlong 4",        S("\xf0\x8f\xbf\xbf"), false },
        { "surrogate D800",    S("\xed\xa0\x80"), false },
        { "last below D800",   S("\xed\x9f\xbf"), true },
        { "over 10FFFF",       S("\xf4\x90\x80\x80"), false },
        { "F5",                S("\xf5\x80\x80\x80"), false },
        { "FE",                S("\xfe"), false },
        { "cut 4",             S("a\xf0\x9f\x98"), false },
        { "cut inside",        S("\xe2\x82z"), false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("  %s\n", rows[i].name);
        assert_int_equal(utf8_valid(rows[i].s, rows[i].n), rows[i].ok);
    }
}

/* Against the definition, for every code point: encode by arithmetic, decode back. */
static void test_all_scalars(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x110010; cp++) {
        char out[4];
        uint32_t back = 0xAAAA5555;
        size_t n = utf8_encode(cp, out);

        if ((cp >= 0xD800 && cp <= 0xDFFF) || cp > 0x10FFFF) {
            assert_int_equal(n, 0);
            continue;
        }
        assert_int_equal(n, cp < 0x80 ? 1 : cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4);
        assert_int_equal(utf8_decode(out, n, &back), n);
        assert_int_equal(back, cp);
        back = 0xAAAA5555;
        for (size_t k = 1; k < n; k++)
            assert_int_equal(utf8_decode(out, k, &back), 0);
        assert_int_equal(back == 0xAAAA5555, 1);    /* untouched */
    }
}

static void test_complete(void **state)
{
    static const struct { const char *name, *s; size_t n, want; } rows[] = {
        { "empty",                S(""), 0 },
        { "ascii",                S("abc"), 3 },
        { "whole euro",           S("a\xe2\x82\xac"), 4 },
        { "euro less one",        S("a\xe2\x82"), 1 },
        { "euro less two",        S("a\xe2"), 1 },
        { "emoji less one",       S("\xf0\x9f\x98"), 0 },
        { "malformed stays",      S("a\x80\x80"), 3 },
        { "overlong start stays", S("a\xe0\x80"), 3 },
        { "FF stays",             S("a\xff"), 2 },
        { "four continuations",   S("\x80\x80\x80\x80"), 4 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("  %s\n", rows[i].name);
        assert_int_equal(utf8_complete(rows[i].s, rows[i].n), rows[i].want);
    }
}

static void test_escape(void **state)
{
    static const struct { const char *name, *s; size_t n; const char *want; } rows[] = {
        { "plain",          S("a\tb\nc \xe6\xb1\x89"), "a\tb\nc \xe6\xb1\x89" },
        { "terminal title", S("\x1b]0;x\x07y"), "\\x1b]0;x\\x07y" },
        { "carriage ret.",  S("ok\r\xe2\x9c\x98"), "ok\\x0d\xe2\x9c\x98" },
        { "NUL",            S("a\0b"), "a\\x00b" },
        { "DEL",            S("a\x7f"), "a\\x7f" },
        { "C1 CSI",         S("\xc2\x9b" "2J"), "\\u{009B}2J" },
        { "raw C1",         S("\x9b" "2J"), "\\x9b2J" },
        { "rtl override",   S("\xe2\x80\xae" "abc"), "\\u{202E}abc" },
        { "isolate",        S("\xe2\x81\xa6\xe2\x81\xa9"), "\\u{2066}\\u{2069}" },
        { "arabic mark",    S("\xd8\x9c"), "\\u{061C}" },
        { "line separator", S("\xe2\x80\xa8"), "\\u{2028}" },
        { "zero width",     S("a\xe2\x80\x8b" "b\xef\xbb\xbf"), "a\\u{200B}b\\u{FEFF}" },
        { "hair space stays", S("\xe2\x80\x8a"), "\xe2\x80\x8a" },
        { "cut character",  S("x\xe2\x82"), "x\\xe2\\x82" },
        { "surrogate",      S("\xed\xa0\x80"), "\\xed\\xa0\\x80" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct qw_buf b = QW_BUF_INIT;

        print_message("  %s\n", rows[i].name);
        utf8_escape(&b, rows[i].s, rows[i].n);
        assert_string_equal(b.data, rows[i].want);
        qw_buf_free(&b);
    }
}

/* Every scalar that the header lists, and no other, is escaped. */
static void test_escape_set(void **state)
{
    static const struct { uint32_t first, last; } set[] = {
        { 0x00, 0x08 }, { 0x0B, 0x1F }, { 0x7F, 0x9F }, { 0x61C, 0x61C }, { 0x200B, 0x200F },
        { 0x2028, 0x202E }, { 0x2066, 0x2069 }, { 0xFEFF, 0xFEFF },
    };

    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp++) {
        struct qw_buf b = QW_BUF_INIT;
        char out[4];
        size_t n = utf8_encode(cp, out);
        bool listed = false;

        if (n == 0)
            continue;
        for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
            listed |= cp >= set[i].first && cp <= set[i].last;
        utf8_escape(&b, out, n);
        assert_int_equal(b.data[0] == '\\' && b.len > 1, listed);
        qw_buf_free(&b);
    }
}

static void test_width(void **state)
{
    static const struct { const char *name, *s; size_t n; int want; } rows[] = {
        { "ascii",     S("abc"), 3 },
        { "han",       S("\xe6\xb1\x89\xe5\xad\x97"), 4 },
        { "combining", S("e\xcc\x81"), 1 },
        { "control",   S("a\nb"), 2 },
        { "emoji",     S("\xf0\x9f\x98\x80"), 2 },
        { "bad byte",  S("\xff"), 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("  %s\n", rows[i].name);
        assert_int_equal(utf8_width(rows[i].s, rows[i].n), rows[i].want);
    }
}

static void test_han(void **state)
{
    static const struct { const char *name, *s; size_t n; bool want; } rows[] = {
        { "english",       S("integrate x^2"), false },
        { "chinese",       S("x \xe6\xb1\x82\xe5\xaf\xbc"), true },
        { "kana only",     S("\xe3\x81\x82\xe3\x82\xa2"), false },
        { "hangul",        S("\xed\x95\x9c"), false },
        { "fullwidth a",   S("\xef\xbd\x81"), false },
        { "CJK comma",     S("\xe3\x80\x81"), false },
        { "extension B",   S("\xf0\xa0\x80\x80"), true },
        { "after garbage", S("\xff\xe6\xb1\x82"), true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_message("  %s\n", rows[i].name);
        assert_int_equal(utf8_has_han(rows[i].s, rows[i].n), rows[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_all_scalars),
        cmocka_unit_test(test_complete),
        cmocka_unit_test(test_escape),
        cmocka_unit_test(test_escape_set),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_han),
    };
    return cmocka_run_group_tests_name("base/utf8", tests, NULL, NULL);
}
