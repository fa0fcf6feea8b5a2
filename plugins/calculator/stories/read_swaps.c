/* read_swaps.c - everybody leaves a thing, and all are given out again so that nobody gets the own one: the number of
 * derangements. */
#include "plugins/calculator/stories/clause.h"

#include <string.h>

#define ITEM(x) "{a:" x ":贺卡|贺年卡|卡片|礼物|礼品|帽子|雨伞|书|本子|作业本|试卷|名片}"
#define FOLK "(同学|人|学生|朋友|小朋友|老师|教师|好友)"
static const struct clause zh[] = {
    { "S", 'A', "all", "(有|)({i:n})(位|名|个|)" FOLK "(各|每人|每人各|各自|分别|)(写|准备|带|买|制作|做|送|出|有|放)(了|)(一|1)(张|份|件|顶|把|本)" ITEM("x") },
    { "A", 'A', "mixed", "(,|)(先|)(把|将|)(这些|它们|)(" ITEM("x") "|)(集中|混合|放在一起|混放|收集|打乱|集中起来|混在一起)(起来|)(后|,|)" },
    { "A", 'A', "each", "(,|)(然后|再|)(每人|每位同学|每个人|每名同学|各自|各人)(再|)(从中|)(各|随机|)(拿|取|抽|抽取|取走|拿走|领取)(一|1)(张|份|件|顶|把|本)" },
    { "A", 'B', "take", "(,|)(然后|再|要求|)(每人|每位同学|每个人|每名同学|各自|各人)(再|)(从中|)(各|随机|)(拿|取|抽|抽取|取走|拿走|拿到|得到|领取)(一|1)(张|份|件|顶|把|本)(别人|其他人|他人)(写|准备|带|送|做|送出|带来)(来|)的(" ITEM("x") "|)" },
    { "A", 'B', "take", "(,|)(且|若|要求|)(每人|每个人|每位同学|每名同学)(都|)(不|不能)(拿|取|抽|抽到|拿到|取到|得到)(到|)自己(写|准备|带|送|做|)(来|)的(" ITEM("x") "|)" },
    { "S", 'N', "balls", "(将|把|)编号(分别|)为{l:c1}的{i:n}个(小球|球)(随机|)(放入|放进|放到)编号(分别|)为{l:c2}的{i:n}个(盒子|盒|箱子)(中|里|内|),每个(盒子|盒|箱子)(中|里|内|)(只|恰|)(放|)(一|1)个(球|小球|)" }, { "N", '.', "apart", "(,|)(且|要求|若|则|)(每个|)(球|小球)(的编号|)(与|和)(它|)(所在的|)(盒子|盒|箱子)(的|)编号(都|均|全|)不(相同|同|一致)(,|的|)(则|)(不同的|)(放法|方法)(一共|共|)(有|)(多少|几)种" },
    { "B", '.', "ask", "(,|)(则|那么|问|)(不同的|)(分配|取|拿|抽|分|发放)(方式|法|方法|方案)(一共|总共|共|)(有|)(多少|几)种" }, { "B", '.', "ask", "(,|)(则|那么|问|)(一共|总共|共|)有(多少|几)种(不同的|)(分配|取|拿|抽|分|发放)(方式|法|方法|方案)" },
    { NULL, 0, NULL, NULL },
};

#define PEOPLE "(people|men|women|friends|students|guests|persons|children|gentlemen|teachers|players|professors|diners)"
#define NOBODY "(nobody|no one|no person|no man|none of them|no student|no guest|no child|no friend|not one of them|no gentleman|no player)"
#define GETS "(gets|receives|gets back|takes|has|ends up with|picks|is given|gets handed|leaves with)"
#define OWN "(his|her|their|his or her|the) (own |)"
static const struct clause en[] = {
    { "S", 'A', "all", "({i:n}) " PEOPLE "( at a (party|restaurant|dinner|theatre|theater)|)( each|) (leave|left|check|checked|hand in|handed in|put|toss|throw|bring|brought|write|deposit|drop|check in|place|wrote) (their |a |an |his |one )({w:x})( each|)( (at|in|into|on|to) (the|a) (door|cloakroom|checkroom|box|pile|hat|bag|coat check|table|party|basket|entrance)|)( and|)" },
    { "A", 'A', "mixed", "(and |then |)the {w:x} (are|get) (mixed up|shuffled|mixed)( and|)( then|)( (returned|given back|handed back|handed out|redistributed)( at random| randomly|)|)" },
    { "A", 'B', "lead", "(in |)how many (different |)ways (can|could|may) (the {w:x}|they) be (returned|given back|handed back|handed out|redistributed|distributed|given out|dealt out)( to (them|the " PEOPLE ")|)" }, { "A", 'B', "lead", "(in |)how many (different |)ways are there( to (return|give back|hand back|hand out|redistribute|distribute) (the {w:x}|them))" },
    { "A", '.', "each", "(in |)how many (different |)ways can (they|the " PEOPLE ") (each |)(take|pick|pick up|draw|get) (one|a) {w:x}( each|) (so that|such that|if) " NOBODY " " GETS " " OWN "{w:x}( back|)" },
    { "B", '.', "none", "(so that|such that|if|with the condition that|where) " NOBODY " " GETS " " OWN "(one|{w:x})( back|)" }, { "B", '.', "none", "(so that|such that|if|where) (everyone|everybody|each person|each of them|each man|each student|each guest) " GETS " (the {w:x} of somebody else|someone else's {w:x}|somebody else's {w:x}|another person's {w:x}|the wrong {w:x}|a wrong {w:x}|a {w:x} that is not (his|her|their) own)( back|)" },
    { "S", 'E', "all", "{i:n} (different |)letters (are|are to be) (placed|put|inserted) (in|into) {i:n} (different |)(addressed |)envelopes(,|)( one (in|into|per) each( envelope|)|) (so that|such that) (no letter (goes|is put|is placed|is) (into|in) (the|its) (correct|right|own|proper) envelope|(every|each) letter (goes|is put|is) (into|in) (a|the) wrong envelope|none of them (goes|is) (into|in) (the|its) (correct|right|own) envelope)" }, { "S", 'E', "all", "{i:n} " PEOPLE " (swap|change|exchange|switch|rearrange) (seats|chairs|places) so that " NOBODY " (sits in|has|keeps|gets|ends up in|is in) (his|her|their|his or her|the) (own|original|old|former) (seat|chair|place)" }, { "E", '.', "ways", "(in |)how many (different |)ways (can this (be done|happen)|is this possible|are there)" },
    { "S", '.', "among", "in how many (different |)ways can {i:n} {w:x} be (distributed|given|returned|given out) (among|to) (the |their |){i:n} (people who (brought|own|bought|left) them|owners|" PEOPLE " who (brought|own|bought|left) them) (so that|such that|if) " NOBODY " " GETS " " OWN "{w:x2}( back|)" },
    { "S", '.', "pure", "how many derangements (are there of|does|do|of) (a set of |){i:n} (objects|elements|things|items|letters|people)( have| are there|)" }, { "S", '.', "pure", "how many permutations of (the numbers 1 (to|through) |a set of |){i:n} (objects |elements |things |items |)(have|leave|with) no (fixed (point|points)|element (fixed|in its original (position|place)))( are there|)" },
    { NULL, 0, NULL, NULL },
};

/* Hat and hats are the same thing. */
static int one_thing(struct facts *f)
{
    const char *first = NULL;
    for (int i = 0; i < f->n; i++)
        for (int j = 0; j < f->f[i].m.n; j++) {
            struct capture *k = &f->f[i].m.c[j];
            if (k->type != 'w' || k->raw == NULL)
                continue;
            size_t n = first != NULL ? strlen(first) : 0, m = strlen(k->raw);
            if (first != NULL && ((m > n ? m - n : n - m) > 1 || strncasecmp(first, k->raw, m < n ? m : n) != 0 || (m != n && strchr("sS", m > n ? k->raw[n] : first[m]) == NULL)))
                return 0;
            first = first == NULL ? k->raw : first;
        }
    return 1;
}

static int swaps_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    long n;
    (void)arg;
    if (!fact_int(f, "n", &n) || n < 2 || !one_thing(f))
        return 0;
    struct capture *c1 = fact_capture(f, "c1"), *c2 = fact_capture(f, "c2");
    if (c1 != NULL && (c1->e->n != n || !ex_same(c1->e, c2->e)))
        return 0;
    return read_derangements(c, n, r);
}

int read_swaps(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "swaps";
    return (clause_mentions(q, "别人|他人|其他人|自己|编号") && clause_read(c, q, zh, swaps_done, r, NULL)) || (clause_mentions(q, "own|else|wrong|derangements|fixed|original|another|correct|right") && clause_read(c, q, en, swaps_done, r, NULL));
}
