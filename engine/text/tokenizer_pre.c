#include "engine/text/tokenizer_pre.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <utf8proc.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"

/* White space is spelled out: PCRE2's \s also takes U+180E, which Unicode took
 * out of White_Space and Oniguruma (Hugging Face's engine) does not match. */
#define S    "\\t-\\r\\x{85}\\p{Z}"
#define WORD "[^\\r\\n\\p{L}\\p{N}]?\\p{L}+"
#define REST " ?[^" S "\\p{L}\\p{N}]+[\\r\\n]*|[" S "]*[\\r\\n]+|[" S "]+(?![^" S "])|[" S "]+"
#define CONTRACTIONS "(?i:'s|'t|'re|'ve|'m|'ll|'d)"

/* Every alternative list covers every character, so matches lie end to end. */
static const struct pre_family {
    const char *name, *pattern;
    bool nfc, whole_words, adds_bos;
} families[] = {
    /* Qwen2, 2.5 and 3 (their tokenizer.json). */
    { "qwen2", CONTRACTIONS "|" WORD "|\\p{N}|" REST, true, false, false },
    /* Hugging Face's Digits(individual_digits) and then ByteLevel's own (GPT-2) expression
     * on what is between the digits, in one: there a digit ends the text, so white space
     * before it is followed by nothing. */
    { "smollm", "\\p{N}|'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?[^" S "\\p{L}\\p{N}]+"
                "|[" S "]+(?![^" S "\\p{N}])|[" S "]+", false, false, false },
    /* Llama 3 (its tokenizer.json; "ignore_merges"). */
    { "llama-bpe", CONTRACTIONS "|" WORD "|\\p{N}{1,3}|" REST, false, true, true },
};
#define N_FAMILIES (sizeof families / sizeof families[0])

struct pre {
    const struct pre_family *family;
    pcre2_general_context *memory;
    pcre2_match_context   *limits;
    pcre2_code            *code;
};

static void *give(size_t n, void *arg)
{
    (void)arg;
    return qw_alloc(n);
}

static void take(void *p, void *arg)
{
    (void)arg;
    qw_free(p);
}

int pre_new(struct pre **out, const char *name, size_t n_name, struct qw_error *err)
{
    const struct pre_family *family = NULL;
    int code = 0;
    PCRE2_SIZE at = 0;

    for (size_t i = 0; i < N_FAMILIES; i++)
        if (strlen(families[i].name) == n_name && memcmp(families[i].name, name, n_name) == 0)
            family = &families[i];
    if (family == NULL) {
        struct qw_buf b = QW_BUF_INIT;
        utf8_escape(&b, name, n_name < 64 ? n_name : 64);
        qw_error_set(err, QW_EUNSUPPORTED, "pre-tokenizer \"%s\" is not known; --pre takes qwen2, smollm, llama-bpe",
                     b.data != NULL ? b.data : "");
        qw_buf_free(&b);
        return QW_EUNSUPPORTED;
    }
    struct pre *p = qw_calloc(1, sizeof *p);
    if (p == NULL)
        return qw_error_set(err, QW_ENOMEM, "out of memory");
    p->family = family;
    p->memory = pcre2_general_context_create(give, take, NULL);
    if (p->memory == NULL)
        goto nomem;
    p->limits = pcre2_match_context_create(p->memory);
    pcre2_compile_context *cc = pcre2_compile_context_create(p->memory);
    if (cc != NULL)
        p->code = pcre2_compile((PCRE2_SPTR)family->pattern, PCRE2_ZERO_TERMINATED,
                                PCRE2_UTF | PCRE2_UCP | PCRE2_NO_AUTO_CAPTURE, &code, &at, cc);
    pcre2_compile_context_free(cc);
    if (p->limits == NULL || p->code == NULL)
        goto nomem;                         /* the patterns are ours and compile */
    /* Matching is linear (a step back over white space costs one each); the limits only
     * stop what is not foreseen. */
    pcre2_set_match_limit(p->limits, 1u << 30);
    pcre2_set_heap_limit(p->limits, 1u << 16);      /* KiB */
    pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE); /* without it pcre2_match interprets */
    *out = p;
    return QW_OK;
nomem:
    pre_free(p);
    return qw_error_set(err, QW_ENOMEM, "no memory for the pre-tokenizer (pcre2 error %d)", code);
}

void pre_free(struct pre *p)
{
    if (p == NULL)
        return;
    pcre2_code_free(p->code);
    pcre2_match_context_free(p->limits);
    pcre2_general_context_free(p->memory);
    qw_free(p);
}

const char *pre_name(const struct pre *p)
{
    return p->family->name;
}

bool pre_whole_words(const struct pre *p)
{
    return p->family->whole_words;
}

bool pre_adds_bos(const struct pre *p)
{
    return p->family->adds_bos;
}

/* ---- NFC ------------------------------------------------------------------------ */

/* Characters that no normalisation touches and that touch no neighbour, by range: what
 * nearly all text consists of.  (NFC_Quick_Check = Yes, and not the second half of a
 * composition.) */
static bool is_nfc(const char *s, size_t n)
{
    for (size_t i = 0; i < n; ) {
        uint32_t c;
        if ((uint8_t)s[i] < 0x80) {
            i++;
            continue;
        }
        size_t len = utf8_decode(s + i, n - i, &c);
        if (len == 0 || !(c < 0x300 || (c >= 0x2010 && c <= 0x2027) || (c >= 0x3000 && c <= 0x3029) ||
                          (c >= 0x3041 && c <= 0x3096) || (c >= 0x4e00 && c <= 0x9fff) ||
                          (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xff01 && c <= 0xff5e)))
            return false;
        i += len;
    }
    return true;
}

struct marked { utf8proc_int32_t cp; uint32_t ccc; };

/* Stable merge sort of a run of combining marks by class.  utf8proc's own ordering is
 * quadratic in the run, and a run may be as long as the text. */
static void sort_marks(struct marked *a, struct marked *tmp, size_t n)
{
    for (size_t w = 1; w < n; w *= 2) {
        for (size_t lo = 0; lo < n; lo += 2 * w) {
            size_t mid = lo + w < n ? lo + w : n, hi = lo + 2 * w < n ? lo + 2 * w : n;
            for (size_t i = lo, j = mid, k = lo; k < hi; k++)
                tmp[k] = i < mid && (j >= hi || a[i].ccc <= a[j].ccc) ? a[i++] : a[j++];
        }
        memcpy(a, tmp, n * sizeof *a);
    }
}

static int order_marks(utf8proc_int32_t *cp, size_t n)
{
    struct marked *a = NULL;
    size_t cap = 0;

    for (size_t i = 0; i < n; ) {
        size_t end = i;
        while (end < n && utf8proc_get_property(cp[end])->combining_class != 0)
            end++;
        size_t run = end - i;
        if (run > 1) {
            if (2 * run > cap) {
                cap = 4 * run;
                struct marked *b = qw_realloc_array(a, cap, sizeof *a);
                if (b == NULL) {
                    qw_free(a);
                    return QW_ENOMEM;
                }
                a = b;
            }
            for (size_t k = 0; k < run; k++)
                a[k] = (struct marked){ cp[i + k], utf8proc_get_property(cp[i + k])->combining_class };
            sort_marks(a, a + run, run);
            for (size_t k = 0; k < run; k++)
                cp[i + k] = a[k].cp;
        }
        i = end + 1;
    }
    qw_free(a);
    return QW_OK;
}

/* Canonical decomposition.  *cp: the caller's, grown as needed. */
static int decompose(const char *s, size_t n, utf8proc_int32_t **cp, size_t *n_cp)
{
    enum { MOST = 32 };                     /* of one character; the real most is 4 */
    size_t k = 0, cap = n + MOST;
    utf8proc_int32_t *buf = qw_realloc_array(NULL, cap, sizeof *buf);

    if (buf == NULL)
        return QW_ENOMEM;
    for (size_t i = 0; i < n; ) {
        uint32_t c = 0;
        int last = 0;
        size_t len = utf8_decode(s + i, n - i, &c);
        if (cap - k < MOST) {
            utf8proc_int32_t *b = qw_realloc_array(buf, cap * 2, sizeof *buf);
            if (b == NULL) {
                qw_free(buf);
                return QW_ENOMEM;
            }
            buf = b;
            cap *= 2;
        }
        utf8proc_ssize_t m = utf8proc_decompose_char((utf8proc_int32_t)c, buf + k, (utf8proc_ssize_t)(cap - k),
                                                     UTF8PROC_STABLE | UTF8PROC_DECOMPOSE, &last);
        if (m < 0 || m > MOST) {
            qw_free(buf);
            return QW_EINTERNAL;
        }
        k += (size_t)m;
        i += len > 0 ? len : 1;
    }
    *cp = buf;
    *n_cp = k;
    return QW_OK;
}

int pre_normalise(const struct pre *p, const char *s, size_t n, char **owned, size_t *n_out, struct qw_error *err)
{
    utf8proc_int32_t *cp = NULL;
    size_t n_cp = 0, k = 0;

    if (!p->family->nfc || is_nfc(s, n)) {
        *owned = NULL;
        *n_out = n;
        return QW_OK;
    }
    int rc = decompose(s, n, &cp, &n_cp);
    if (rc == QW_OK)
        rc = order_marks(cp, n_cp);
    if (rc == QW_OK) {
        utf8proc_ssize_t m = utf8proc_normalize_utf32(cp, (utf8proc_ssize_t)n_cp, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
        n_cp = m < 0 ? 0 : (size_t)m;
        rc = m < 0 ? QW_EINTERNAL : QW_OK;
    }
    char *text = rc == QW_OK ? qw_realloc_array(NULL, n_cp + 1, 4) : NULL;
    if (text == NULL) {
        qw_free(cp);
        rc = rc == QW_OK ? QW_ENOMEM : rc;
        return qw_error_set(err, rc, "normalising %zu bytes of text: %s", n, qw_code_text(rc));
    }
    for (size_t i = 0; i < n_cp; i++)
        k += (size_t)utf8proc_encode_char(cp[i], (utf8proc_uint8_t *)text + k);
    qw_free(cp);
    *owned = text;
    *n_out = k;
    return QW_OK;
}

/* ---- splitting ---------------------------------------------------------------------- */

int pre_split(const struct pre *p, const char *s, size_t n,
              int (*fn)(void *arg, const char *word, size_t n), void *arg, struct qw_error *err)
{
    const uint32_t opt = PCRE2_ANCHORED | PCRE2_NO_UTF_CHECK;
    pcre2_match_data *md = pcre2_match_data_create(1, p->memory);
    int rc = QW_OK;

    if (md == NULL)
        return qw_error_set(err, QW_ENOMEM, "no memory to split text");
    for (size_t at = 0; at < n && rc == QW_OK; ) {
        int m = pcre2_match(p->code, (PCRE2_SPTR)s, n, at, opt, md, p->limits);
        if (m == PCRE2_ERROR_JIT_STACKLIMIT)
            m = pcre2_match(p->code, (PCRE2_SPTR)s, n, at, opt | PCRE2_NO_JIT, md, p->limits);
        PCRE2_SIZE end = m > 0 ? pcre2_get_ovector_pointer(md)[1] : at;
        if (end <= at) {
            rc = qw_error_set(err, m == PCRE2_ERROR_NOMEMORY || m == PCRE2_ERROR_HEAPLIMIT ? QW_ENOMEM : QW_EINTERNAL,
                              "splitting text at byte %zu: pcre2 error %d", at, m);
            break;
        }
        rc = fn(arg, s + at, end - at);
        at = end;
    }
    pcre2_match_data_free(md);
    return rc;
}
