/* conclude.c - see conclude.h.  Phrases are slots of words: slots stand between '|', the words of a slot between ',';
 * '?' before a slot: it may be missing; "$" is any formula.  Marks between the slots do not count. */
#include "plugins/calculator/text/conclude.h"
#include "plugins/calculator/text/around_int.h"
#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

#define WORK "solution,problem,proof,calculation,calculations,computation,derivation,working,work,question,exercise,task,argument,answer,verification,check"
#define ANSWER "answer,result,value,solution,quantity,number"

static const char *const closing[] = {
    "?and,so,thus,hence|?now,with this,with that|the,this,our,that|?entire,whole,full,required|" WORK "|is,has been,are|"
        "?now,thus,therefore,hence,fully,also|complete,completed,done,finished,solved,concluded,settled,over,established",
    "?and,so,thus|we are,we're,that is,i am,i'm|?now|done,finished",
    "?and,so|?which,this,that,it|completes,finishes,concludes,ends,solves,settles|the,our,this|?entire,whole|" WORK,
    "completing,finishing,concluding,solving,ending|the,our,this|?entire,whole|" WORK,
    "?just,exactly|as|?was,we,it was,is,were,had been|required,asked,desired,claimed,requested,needed,stated,expected,"
        "wanted,sought,promised,to be shown,to be found,asked for,called for",
    "which is,and this is,and that is,this is,that is|?exactly,precisely,indeed|the,our|?final,required,desired,requested,"
        "exact,complete|" ANSWER "|?we wanted,we were looking for,we sought,asked for,required,to the problem,"
        "to the question,to this problem,of the problem,sought",
    "which is,and this is,and that is,this is,that is|?exactly,precisely|what|we wanted,was asked,was asked for,was required,"
        "we were asked to find,was to be found,we were looking for",
    "is,are|?indeed,therefore,thus,then|the,our,my|?final,required,desired,requested,correct,exact,complete|answer,answers,result,"
        "value,solution,solutions,root,roots|?of the equation,of the inequality,of the system,to the equation,to the problem,to the question,to this problem,to this question,we wanted,of the problem,sought",
    "i hope,hope|this,that,it|helps,helped,is clear,makes sense",
    "?please,feel free to|let me know,ask|?if|?you|?have,need|?any|?more,further,other|questions,help",
    "?希望|?这,这个,以上,我的|?解答,回答,解释|?能|?对|你,您|有,有所|?所|帮助", "如有|?其他,任何|疑问,问题|?请,欢迎|?随时|?提问,告诉我,联系我",
    "?and|that's it,that is all,q.e.d,q.e.d.,qed,end of solution,end of the solution,end of proof,done",
    "?至此,到此,以上,这样,由此,全部|?本题,此题,该题,问题,本问题,本小题,题目,全题,原题|?的|解答,求解,解题,证明,计算,推导,"
        "作答,答题,运算,过程,解答过程,解题过程|?已经,已,全部,到此,就此,至此|完毕,完成,结束,完,毕,到此为止",
    "?至此,到此,这样|本题,此题,该题,问题,原题|?已|得解,解决,获解,解毕,得证,获证,解答完毕",
    "解毕,证毕,答毕,完毕,解完,算毕",
    "?这,此,这也|?就|是,为,即为,即|所求|?的|?最终,最后|?答案,结果,值,解,数值,结论",
    NULL };

static const char *const taken[] = {
    "?which is,this is,and it is,and this is,it is|attained,achieved,reached,obtained,taken,occurring,realized|?only,exactly|"
        "at,when,for,if|?the point|$",
    "?which,and this,this,and it,it|occurs,happens|?only,exactly|at,when,for|$",
    "when,at|$", "?此时|当且仅当,当,在|$|?时,处|?等号,取得,取到,达到,取,等号成立,取等号|?等号|?成立|?最小值,最大值,最值",
    "?在|$|?时,处|取得,取到,达到", "此时|$", NULL };

/* Behind the marks at s. */
static const char *past_marks(const char *s, const char *end)
{
    size_t n;
    while (s < end && *s != '$' && (n = around_mark_at(s)) > 0 && *s != '-')
        s += n;
    return s;
}

static int word_ends(const char *last, const char *next)
{
    return !isalpha((unsigned char)*last) || !isalpha((unsigned char)*next);
}

/* Behind the pattern at s, in small letters; NULL: it does not stand there up to end. */
static const char *slots(const char *s, const char *end, const char *pattern)
{
    s = past_marks(s, end);
    if (*pattern == '\0')
        return s;
    int may_miss = *pattern == '?';
    const char *slot = pattern + may_miss, *stop = slot + strcspn(slot, "|"), *next = stop + (*stop == '|');
    for (const char *w = slot; w < stop;) {
        size_t n = strcspn(w, ",|");
        const char *behind = NULL;
        if (n == 1 && *w == '$')
            behind = around_formula_end(s);
        else if ((size_t)(end - s) >= n && memcmp(s, w, n) == 0 && word_ends(s + n - 1, s + n))
            behind = s + n;
        if (behind != NULL && behind <= end && (behind = slots(behind, end, next)) != NULL)
            return behind;
        w += n + (w[n] == ',');
    }
    return may_miss ? slots(s, end, next) : NULL;
}

static int is_phrase(struct calc *c, const char *s, const char *end, const char *const *list)
{
    if (end - s > CONCLUDE_PHRASE)
        return 0;
    const char *low = around_lower(c, s, (size_t)(end - s)), *stop = low + strlen(low), *e;
    calc_step(c, 16);
    while (low < stop && around_mark_at(low) > 0 && around_formula_end(low) == NULL)
        low += around_mark_at(low);
    for (; *list != NULL; list++)
        if ((e = slots(low, stop, *list)) != NULL && around_only_marks(e, stop))
            return 1;
    return 0;
}

int conclude_closes(struct calc *c, const char *s, const char *end) { return is_phrase(c, s, end, closing); }

int conclude_taken_at(struct calc *c, const char *s, const char *end)
{
    static const char *const extremes[] = {
        "max", "min", "largest", "smallest", "greatest", "least", "range", "最大", "最小", "最值", "值域", NULL };
    return (c->question == NULL || around_holds_any(around_asking(c), extremes)) && is_phrase(c, s, end, taken);
}

/* ---- the value of a sentence -------------------------------------------------------------------------- */
/* The end of a number that is written at p among words: 12, -3.5, 3/4, 25%; NULL: none is. */
static const char *number_end(const char *begin, const char *p, const char *end)
{
    const char *q = p + (*p == '-');
    if (q >= end || !isdigit((unsigned char)*q) || (p > begin && (isalnum((unsigned char)p[-1]) ||
        strchr("._^\\/-+*", p[-1]) != NULL)))
        return NULL;
    while (q < end && (isdigit((unsigned char)*q) || (strchr("./,", *q) != NULL && isdigit((unsigned char)q[1]))))
        q++;
    if (q < end && *q == '%')
        q++;
    else if (around_starts(q, "^{\\circ}"))
        return q + 8;
    return q == end || strchr("_^+*/=\\", *q) == NULL ? q : NULL;
}

/* Only what joins two members of one answer? */
static int joins(struct calc *c, const char *p, const char *end)
{
    static const char *const words[] = { "and", "or", "和", "或", "与", "或者", "以及", "、", ",", ", and", ", or", ";", NULL };
    while (p < end && *p == ' ')
        p++;
    while (end > p && end[-1] == ' ')
        end--;
    return around_listed(around_lower(c, p, (size_t)(end - p)), (size_t)(end - p), words);
}

/* x = 5 without signs of a formula: its end; NULL: it is none. */
static const char *named_number_end(const char *begin, const char *p, const char *end)
{
    if (!isalpha((unsigned char)*p) || (p > begin && (isalnum((unsigned char)p[-1]) || strchr("\\_^{}", p[-1]) != NULL)))
        return NULL;
    const char *q = p + 1;
    if (*q == '_')
        q += 1 + strspn(q + 1, "0123456789");
    q += strspn(q, " ");
    if (*q != '=')
        return NULL;
    q += 1 + strspn(q + 1, " ");
    return q < end ? number_end(q, q, end) : NULL;
}

/* The last formula or number of [p, end), with those that are joined to it. */
static int last_group(struct calc *c, const char *p, const char *end, struct conclusion *v)
{
    *v = (struct conclusion){ .from = NULL };
    for (const char *q = p, *e; q < end; q = e) {
        if ((e = around_formula_end(q)) == NULL || e > end)
            e = number_end(p, q, end);
        if (e == NULL)
            e = named_number_end(p, q, end);
        if (e == NULL) {
            e = q + 1;
            continue;
        }
        if (v->from == NULL || !joins(c, v->to, q))
            v->from = q;
        v->to = e;
    }
    return v->from != NULL;
}

/* Words that lead right to a value. */
static int led(struct calc *c, const char *p, const char *from)
{
    static const char *const leads[] = {
        "is", "are", "be", "equals", "equal to", "get", "gets", "obtain", "obtains", "find", "have", "gives", "give", "yields",
        "yield", "becomes", "so", "therefore", "thus", "hence", "that", "finally", "conclude", "to", "as", "answer", "result",
        "value", "solution", "solutions", "roots", "giving", "yielding", "consequently", "accordingly", "simply",
        "是", "为", "得", "即", "故", "等于", "所以", "因此", "综上", "所述", "可得", "有", "知", "解", "答", "于是", "从而", "需要",
        "共", "需", "=", "填", "只要", "结果", "答案", "总之", "因而", "选", "出", "到", NULL };
    const char *low = around_lower(c, p, (size_t)(from - p));
    size_t n = strlen(low), k;
    while (n > 0 && around_mark_at(low + n - 1) > 0)
        n--;
    if (n == 0)
        return 1;
    for (const char *const *w = leads; *w != NULL; w++)
        if (n >= (k = strlen(*w)) && memcmp(low + n - k, *w, k) == 0 && (n == k || (unsigned char)**w >= 0x80 ||
            !isalpha((unsigned char)low[n - k - 1])))
            return 1;
    return 0;
}

/* Does a clause of the sentence begin with a word that concludes? */
static int concludes(struct calc *c, const char *p, const char *end)
{
    static const char *const words[] = {
        "so ", "so,", "so:", "therefore", "thus", "hence", "it follows", "we conclude", "we get", "we obtain", "we find", "we have",
        "in conclusion", "in summary", "to summarize", "finally", "consequently", "accordingly", "as a result", "this gives",
        "this means", "whence", "overall", "to conclude", "the answer", "the final answer", "the result", "the required",
        "the desired", "the value", "the solution", "the requested", "this yields", "it is", "we see", "ultimately", "altogether",
        "综上", "所以", "因此", "因而", "故", "于是", "从而", "由此", "答:", "答,", "答 ", "总之", "可得", "解得", "得", "即", "可知",
        "the roots", "the zeros", "the solutions", "the minimum", "the maximum", "the least value", "the greatest value",
        "the smallest value", "the largest value", "answer", "final answer", "result", "solution", "\\therefore",
        "方程的解", "方程的根", "最小值", "最大值", "答案", "结果", "最终", "最后", "所求", "原式", "计算", "经", "本题", "此题", "则", "那么", "求得", "算得", NULL };
    const char *low = around_lower(c, p, (size_t)(end - p));
    static const char *const anywhere[] = { " therefore ", " hence ", " thus ", " finally ", " equals ", "最终", "最后", NULL };
    if (around_holds_any(low, anywhere))
        return 1;
    for (const char *s = low; s != NULL && *s != '\0'; s = strpbrk(s, ",:")) {
        while (*s != '\0' && around_mark_at(s) > 0 && around_formula_end(s) == NULL && !around_starts(s, "\\therefore"))
            s += around_mark_at(s);
        for (const char *const *w = words; *w != NULL; w++)
            if (around_starts(s, *w))
                return 1;
    }
    return 0;
}

/* A word that is the answer, at the end of the sentence: **无解**, no solution. */
static int last_word(struct calc *c, const char *p, const char *end, struct conclusion *v)
{
    while (end > p && (strchr(" *.\n}$", end[-1]) != NULL || (end - p >= 3 && memcmp(end - 3, "。", 3) == 0)))
        end -= (unsigned char)end[-1] >= 0x80 ? 3 : 1;
    size_t n = parse_word_before(p, end);
    *v = (struct conclusion){ .from = end - n, .to = end, .word = 1 };
    return n > 0 && (c->question != NULL || memchr(p, '=', (size_t)(end - n - p)) == NULL);
}

/* Where a phrase begins that ends the sentence [p, end) or says where a value is taken. */
static const char *without_closing(struct calc *c, const char *p, const char *end)
{
    for (const char *q = p; q < end; q++) {
        const char *f = around_formula_end(q);
        if (f != NULL && f <= end) {
            q = f - 1;
            continue;
        }
        if (end - q <= CONCLUDE_PHRASE && (*q == ',' || *q == ' ' || *q == '(') && (conclude_closes(c, q, end) || conclude_taken_at(c, q, end)))
            return q;
    }
    return end;
}

enum { LONGEST_SENTENCE = 1000 };   /* bytes; what is longer concludes nothing: the text may be hostile */

static int value_of(struct calc *c, const char *p, const char *end, struct conclusion *out)
{
    if (end - p > LONGEST_SENTENCE)
        return 0;
    end = without_closing(c, p, end);
    return last_word(c, p, end, out) || (last_group(c, p, end, out) && (led(c, p, out->from) || out->from[strspn(out->from, " $")] == '='));
}

/* Does [p, end), or its part behind a colon, consist of "x = ..." and what is joined to it? */
static int only_named(const char *p, const char *end, const struct conclusion *v)
{
    const char *from = p;
    for (const char *q = p; q < v->from; q++)
        if (*q == ':')
            from = q + 1;
    const char *name = v->from + strspn(v->from, " $\\([");
    size_t n = isalpha((unsigned char)*name) ? 1 : 0;
    if (n > 0 && name[n] == '_')
        n += 1 + strspn(name + n + 1, "{0123456789}");
    return n > 0 && name[n + strspn(name + n, " ")] == '=' && around_only_marks(from, v->from) && around_only_marks(v->to, end);
}

int conclude_last(struct calc *c, const char *text, struct conclusion *out)
{
    const char *last = NULL, *before = NULL, *e;
    for (const char *p = text; *p != '\0'; p = e) {
        e = around_sentence_end(p);
        if (!around_only_marks(p, e) && !conclude_closes(c, p, e)) {
            before = last;
            last = p;
        }
    }
    if (last == NULL)
        return 0;
    const char *end = around_sentence_end(last), *f = around_formula_end(last + strspn(last, " *"));
    if (before != NULL && f != NULL && around_only_marks(f, end)) {        /* "Therefore" and its formula, a line each */
        const char *stop = last;
        while (stop > before && strchr(" \n*", stop[-1]) != NULL)
            stop--;
        if (strchr(".!?;", stop[-1]) == NULL && !(stop - before >= 3 && around_starts(stop - 3, "。")))
            last = before;
    }
    if (end - last > LONGEST_SENTENCE)
        return 0;
    const char *stop = without_closing(c, last, end);       /* "12 is the final answer" */
    static const char *const what[] = { "answer", "solution", "root", NULL };
    int said = stop < end && (around_holds_any(around_lower(c, stop, (size_t)(end - stop)), what) || conclude_taken_at(c, stop, end));
    if (last_group(c, last, stop, out) && only_named(last, end, out))
        return 1;
    return (said || concludes(c, last, end)) && value_of(c, last, end, out);
}

/* ---- the question once more --------------------------------------------------------------------------- */
/* Without blanks and marks. */
static const char *bare(struct calc *c, const char *s, const char *end)
{
    char *out = calc_alloc(c, (size_t)(end - s) + 1), *o = out;
    for (size_t n; s < end; s += n) {
        if ((n = around_mark_at(s)) > 0)
            continue;
        n = (size_t)norm_len(s);
        memcpy(o, s, n);
        o += n;
    }
    return out;
}

/* Is the sentence the question, with the number [from, to) in the place of 多少?  Then nothing else is said. */
static int restates(struct calc *c, const char *sentence, const char *end, const char *from, const char *to)
{
    static const char *const asks[] = { "多少", "几" }, *const leads[] = { "答", "所以", "因此", "故" };
    if (c->question == NULL)
        return 0;
    const char *q = bare(c, c->question, c->question + strlen(c->question));
    const char *before = bare(c, sentence, from), *after = bare(c, to, end);
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++)
        if (around_starts(before, leads[i])) {
            before += strlen(leads[i]);
            break;
        }
    if (strlen(after) < 6)
        return 0;
    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        const char *want = calc_printf(c, "%s%s%s", before, asks[i], after), *at = strstr(q, want);
        if (at != NULL && strspn(at + strlen(want), "?") == strlen(at + strlen(want)))
            return 1;
    }
    return 0;
}

int conclude_from(struct calc *c, const char *p, struct conclusion *out)
{
    const char *end = around_sentence_end(p);
    if (around_only_marks(p, end) && *end != '\0')     /* "答：" in a line of its own */
        end = around_sentence_end(p = end);
    if (value_of(c, p, end, out))
        return 1;
    for (const char *q = p; q < end && end - p < LONGEST_SENTENCE; q++) {     /* 4 年前她是他的 3 倍 */
        const char *e = number_end(p, q, end);
        if (e != NULL && restates(c, p, end, q, e)) {
            *out = (struct conclusion){ .from = q, .to = e, .restated = 1 };
            return 1;
        }
    }
    return 0;
}
