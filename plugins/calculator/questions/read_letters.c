/* read_letters.c - arrangements of the letters of a word under one condition: what stands
 * first or last, which letters stand together or apart, how many of them are taken.  "Words" of k letters
 * are not read: with or without repetition?
 * The different arrangements are walked through, one after another. */
#include "plugins/calculator/questions/read.h"

#include <ctype.h>
#include <string.h>

enum { LETTERS = 12, MOST = 40000 };
struct walk { struct calc *c; struct match *m; int left[26], place[LETTERS], n; long seen, hits; int set[26]; };

static int meant(const int *count, const int *set)
{
    int n = 0;
    for (int i = 0; i < 26; i++)
        n += set[i] ? count[i] : 0;
    return n;
}

/* The letters that the condition is about: vowels, consonants, or one that is named. */
static int letters_meant(struct match *m, const int *count, int *set)
{
    struct capture *x = match_get(m, "x");
    int vowel = has(m, "vowel"), cons = has(m, "cons");
    long k;
    memset(set, 0, 26 * sizeof *set);
    if (match_ex(m, "k") != NULL && !has(m, "the"))
        return 0;                                     /* "two vowels are together": any two of them? */
    if (vowel || cons) {
        for (int i = 0; i < 26; i++)
            set[i] = (strchr("AEIOU", 'A' + i) != NULL) == vowel;
        return count['Y' - 'A'] == 0 && (match_ex(m, "k") == NULL || (ex_is_int(match_ex(m, "k"), &k) && k == meant(count, set)));   /* Y: a vowel to some */
    }
    if (x == NULL || x->raw == NULL || !isupper((unsigned char)x->raw[0]) || (x->raw[1] != '\0' && strcmp(x->raw + 1, "'s") != 0))
        return 0;
    int i = x->raw[0] - 'A';
    set[i] = 1;
    return count[i] > 0 && (match_ex(m, "k") == NULL || (ex_is_int(match_ex(m, "k"), &k) && k == count[i]));
}

static int fits(const struct walk *w)
{
    struct match *m = w->m;
    int changes = 0, pairs = 0, in = 0;
    if (has(m, "at"))
        return w->set[w->place[has(m, "end") ? w->n - 1 : 0]] != has(m, "not");
    for (int i = 0; i < w->n; i++) {
        in += w->set[w->place[i]];
        if (i > 0) {
            changes += w->set[w->place[i]] && !w->set[w->place[i - 1]];
            pairs += w->set[w->place[i]] && w->set[w->place[i - 1]];
        }
    }
    return has(m, "together") ? changes + w->set[w->place[0]] <= 1 && in > 0 : has(m, "apart") ? pairs == 0 : 1;
}

static int step(struct walk *w, int at)
{
    calc_step(w->c, 1);
    if (at == w->n) {
        w->hits += fits(w);
        return ++w->seen <= MOST;
    }
    for (int i = 0; i < 26; i++) {
        if (w->left[i] == 0)
            continue;
        w->left[i]--;
        w->place[at] = i;
        int ok = step(w, at + 1);
        w->left[i]++;
        if (!ok)
            return 0;
    }
    return 1;
}

static int arrange(struct calc *c, struct question *q, struct match *m, struct reading *r)
{
    struct walk *w = calc_alloc(c, sizeof *w);
    struct capture *word = match_get(m, "w");
    long k;
    (void)q;
    memset(w, 0, sizeof *w);
    w->c = c;
    w->m = m;
    for (const char *s = word->raw; *s != '\0'; s++, w->n++) {
        if (!isupper((unsigned char)*s) || w->n == LETTERS)
            return 0;
        w->left[*s - 'A']++;
    }
    if (w->n < 3 || (match_ex(m, "count") != NULL && (!ex_is_int(match_ex(m, "count"), &k) || k != w->n)))
        return 0;
    if (has(m, "take")) {
        if (!ex_is_int(match_ex(m, "k"), &k) || k < 1 || k > w->n)
            return 0;
        w->n = (int)k;
    } else if (!letters_meant(m, w->left, w->set)) {
        return 0;
    }
    if (!step(w, 0))
        return 0;
    r->k = S_VALUE;
    r->v = val_si(c, w->hits);
    r->text = calc_printf(c, "different arrangements of %s letters of %s", has(m, "take") ? calc_printf(c, "%d", w->n) : "all", word->raw);
    if (!has(m, "take"))
        r->text = calc_printf(c, "%s, %s %s%s", r->text, has(m, "vowel") ? "vowels" : has(m, "cons") ? "consonants" : match_get(m, "x")->raw, has(m, "not") ? "not " : "", has(m, "at") ? has(m, "end") ? "last" : "first" : has(m, "apart") ? "apart" : "together");
    r->text = calc_printf(c, "%s, find their number", r->text);
    return 1;
}

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define OFWORD "((the |all the |)letters (of|in) |)(the word |){w:w}"
#define STARTS "(begin|start|end{!:end}|do not begin{!:not}|do not start{!:not}|do not end{!:not}{!:end}) with{!:at} (a vowel{!:vowel}|a consonant{!:cons}|(the letter |)({w:x}|{r:x}))"
#define WHICH "(all |)(of |)(the{!:the} |)({i:k} |)(vowels{!:vowel}|consonants{!:cons}|{r:x})"
#define JOINED "(are|stay|must be|must stay|come|remain|must come) (all |)(together{!:together}|next to each other{!:together})"
#define SPLIT "no two (vowels{!:vowel}|consonants{!:cons}|{r:x}) are (adjacent|together|next to each other){!:apart}"
const struct family read_letters[] = {
    { .id = "letters under a condition", .read = arrange, .patterns = P(
        "how many (different |distinct |)arrangements (are there |)of " OFWORD " " STARTS ".", "how many of the (different |distinct |)arrangements of " OFWORD " " STARTS ".",
        "how many (different |distinct |)arrangements (are there |)of " OFWORD " (are there |)(in which|so that|such that|if|where) (" WHICH " " JOINED "|" SPLIT ").",
        "in how many (different |distinct |)ways can " OFWORD " be arranged (in which|so that|such that|if) (" WHICH " " JOINED "|" SPLIT ").",
        "how many (different |distinct |){i:k}-letter{!:take} arrangements can be (made|formed) (from|using|with) (the letters (of|in) |)(the word |){w:w}.",
        "(将|把|)(单词|){w:w}的({i:count}个|所有|全部|)字母(重新|)(排成一行|排成一排|排列|全排列|排成一列),(其中|)(({i:k}个{!:the}|)(字母|)({w:x}|{r:x})|(所有|)元音(字母|){!:vowel}|(所有|)辅音(字母|){!:cons})(必须|都|要|)(相邻{!:together}|不相邻{!:apart}|互不相邻{!:apart}|排在一起{!:together})的(不同的|不同|)(排法|排列)(共|一共|)有(多少|几)种.",
        "从(单词|){w:w}(的字母|)中(任|)(取|选)(出|){i:k}个字母{!:take}(排成一行|排成一排|排成一列),(一共|共|)有(多少|几)种(不同的|)(排法|排列).") },
    { .id = NULL },
};
