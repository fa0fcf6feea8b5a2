/* read_works.c - who needs how long alone, and how long all need together: workers, pipes
 * that fill a tank, pipes that empty it.  Rates add up, and an emptying one counts down. */
#include "plugins/calculator/stories/clause.h"

#include <ctype.h>
#include <string.h>

#define POOL "(水池|水箱|游泳池|空池|空水池|空水箱|一池水|满池水|满池的水|全池水|全池|池|池水|蓄水池|满池|一水池|)"
#define FULL "(注满|灌满|放满|装满|充满){!:in}"
#define EMPTY "(放完|排完|排空|放空|流完|放尽|排尽|抽完|抽干){!:out}"
#define OPEN "(单开|单独开|只开|单独打开|打开|开|单独开放|单独用|若单开|如果单开|若单独打开|如果单独打开)"
#define CAN "(,|)(需要|需|要|用|)"
#define ABLE "(可以|可|能|就能|就可以|才能|恰好|)(把|将|)"
#define ZWHO "((甲{!:n1}|乙{!:n2}|丙{!:n3})(队|人|工程队|车间|打字员|师傅|机器|组|)|{p:x})"
#define ZDO "(做|完成|加工|打印|打|抄|修|干|做完|打完|修完|生产|)(这项工程|这批零件|这份稿件|这项工作|)"
#define ZDONE "(完成|做完|加工完|打完|打印完|修完|抄完|干完|生产完|完工|)(这项工程|这批零件|这份稿件|这项工作|)"
static const struct clause zh[] = {
    { "S", 'A', "who", "(有|)(一个|某|一|)(水池|水箱|游泳池|蓄水池)(装有|有|安装有|装了|设有|安装了)(甲,乙{!:set2}|甲,乙,丙{!:set3}|)(两{!:two}|2{!:two}|三{!:three}|3{!:three}|)(个|根|条|)(进水管|水管|注水管|管)(,|)" },
    { "S", 'A', "who", "(有|)(一个|某|一|)(水池|水箱|游泳池|蓄水池)(装有|有|安装有|装了|设有|安装了)(一个|一根|)进水管(和|、|,)(一个|一根|)(出水管|排水管){!:setio}" },
    { "SA", 'A', "alone", "(,|)(如果|若|)" OPEN "(甲{!:n1}|乙{!:n2}|丙{!:n3}|进水{!:in1}|注水{!:in1}|出水{!:out1}|排水{!:out1}|放水{!:out1})(管|水管|)" CAN "{q:t}" ABLE POOL "(" FULL "|" EMPTY ")" POOL }, { "SA", 'A', "alone", "(,|)(甲{!:n1}|乙{!:n2}|丙{!:n3}|进水{!:in1}|注水{!:in1}|出水{!:out1}|排水{!:out1}|放水{!:out1})(管|水管)(单独(开|打开|开放|注水|)|)" CAN "{q:t}" ABLE POOL "(" FULL "|" EMPTY ")" POOL },
    { "SA", 'A', "alone", "(,|)" OPEN "(甲{!:n1}|乙{!:n2}|丙{!:n3}|进水{!:in1}|出水{!:out1}|排水{!:out1})(管|水管|)" ABLE POOL "(" FULL "|" EMPTY ")" POOL CAN "{q:t}" },
    { "A", '.', "together", "(现在|现|那么|如果|若|则|,|)(同时打开|同时开|)(甲,乙{!:set2}|甲,乙,丙{!:set3}|进水管和出水管{!:setio}|进水管,出水管{!:setio}|)(两{!:two}|2{!:two}|三{!:three}|)(个|根|)(水管|管|)(同时|一起|)(打开|开放|齐开|同开|开|)(,|)" CAN "(几|多少){u:unit}(后|)" ABLE POOL "(" FULL "|" EMPTY ")" POOL },
    /* several at once, and workers by their names */
    { "S", 'A', "who", "(有|)(一个|某|一|)(水池|水箱|游泳池|蓄水池)(,|)" },
    { "S", 'A', "pair", "(一个|某|有一个|)(浴缸|水池|水箱|游泳池|蓄水池|水槽)(有|装有)(两|2)(个|根|条)(水龙头|进水管|水管|进水口)(,|)(如果|若|)(单独(打开|开|开放|用)|单开)(它们|)(,|)(分别|各)(需要|需|要)({n:t1}|{q:t1})(和|,|与){q:t2}(可|可以|)(把|将|)" POOL FULL POOL "(水|)" },
    { "S", 'J', "job", "(一项|一件|某项|某|一批|一份|一段|一条|有一项|有一批|)(工程|工作|任务|零件|稿件|文件|公路|作业|水渠|书稿|活)(,|)" },
    { "S", 'J', "job", "(加工|打印|修|修建|修筑|完成|抄写|抄|打|生产|铺设|挖|做)(一批|一份|一项|一段|一条|一件|这批|同一批|)(零件|稿件|文件|工程|工作|任务|公路|水渠|书稿|产品|作业)(,|)" },
    { "J", 'J', "alone", "(,|)(由|如果由|若由|如果|若|)" ZWHO "(单独|独自|一个人|单独一人|)" ZDO "(,|)(需要|需|要用|要|用|){q:t}(才能|可以|可|能|就能|)" ZDONE "{!:job}" },
    { "J", '.', "together", "(,|)(现在|现|如果|若|那么|)(由|)(甲,乙{!:set2}|甲,乙,丙{!:set3}|甲(队|)(和|与)乙(队|){!:set2}|" "{p:p}(和|与|、){p:r}{!:two}|师徒{!:setmaster}|两{!:two}|二{!:two}|2{!:two}|三{!:three})(两{!:two}|二{!:two}|三{!:three}|2{!:two}|3{!:three}|)(人|队|个队|个人|个工程队|工程队|台机器|)(同时|一起|共同|)(合作|合做|合修|合打|一起做|做|打印|加工|打|修|干|完成|工作)(完成|)(这项工程|这批零件|这份稿件|这项工作|)(,|)(需要|需|要|)(几|多少){u:unit}(可以|可|能|才能|就能|)(把|)" ZDONE "{!:with}" },
    { "A", '.', "together", "(两{!:two}|2{!:two}|三{!:three})(个|根)(水龙头|水管|管|)(一起|同时)(打开|开|用)(,|)" CAN "(几|多少){u:unit}(后|)" ABLE POOL "(" FULL "|" EMPTY ")" POOL },
    { NULL, 0, NULL, NULL },
};

#define THE "(the |a |an |one |her |his |my |)"
#define SUBJ(x) "(" THE "(pipe|tap|pump|machine|worker|painter|printer|faucet|hose|inlet|drain|valve) {w:" x "}|(his|her|my|their|a|the|an) {w:" x "}|" THE "{w:" x "} (pipe|tap|pump|machine|worker|faucet|hose|drain|printer)|{w:" x "})"
#define ALONE "( alone| by itself| by himself| by herself| on its own| on his own| on her own| working alone|)"
#define JOBV "(finish|finishes|complete|completes|do|does|(paint|paints){!:v1}|(mow|mows){!:v2}|(clean|cleans){!:v3}|(build|builds){!:v4}|(type|types){!:v5}|(wash|washes){!:v6}|(dig|digs){!:v7}|(plough|ploughs){!:v8}|(print|prints|assemble|assembles){!:v9}){!:job}"
#define DOES "finish|complete|do|paint{!:v1}|mow{!:v2}|clean{!:v3}|build{!:v4}|type{!:v5}|wash{!:v6}|dig{!:v7}|print{!:v9}|assemble{!:v9}"
#define FILLV "(fill|fills){!:in}"
#define DRAINV "(empty|empties|drain|drains){!:out}"
#define NOUN "(piece of |swimming |){w:what}"   /* see one_job */
#define OBJ "(it|(a|an|the|one|this|that|the same|her|his) (whole |entire |full |empty |same |)" NOUN ")"
#define DOV "(can |could |would |will |)(" FILLV "|" DRAINV "|" JOBV ")"
#define BOTHOF "((both|both of them|both (pipes|taps|pumps|machines|workers|men)|the two|the two (pipes|taps|pumps|machines|workers)|them both){!:two}|(all three|all three of them|the three|all three (pipes|taps|pumps|machines|workers)){!:three})"
#define NEEDS "(do|does|will|would|can) (they|" BOTHOF ")"
#define TAKE "(does|will|would) it take (for |)(them|" BOTHOF ")"
#define TOGETHER "(working together|together|if they work together|if both work together|if they do it together|if they work on it together|if the two work together|when they work together|(if|when) " BOTHOF " (work|run|are used|operate|are running|are working|are operated|are operating)( together| at the same time| simultaneously| at once|))"
#define JOIN "( working together| together| if they work together| when working together| if both are open| if all are open| working simultaneously| if both are opened at the same time| from empty| if it is empty at first|)"
static const struct clause en[] = {
    { "SA", 'A', "alone", "(if |and |while |,|working alone,|)" SUBJ("x") ALONE " " DOV " " OBJ ALONE " in {q:t}(,| and|)" }, { "A", 'A', "alone2", "(and |while |,|)(by |)" SUBJ("x") ALONE " in {q:t}(,| and|)" },
    { "S", 'B', "passive", "(if |)(a|an|the) (empty |)" NOUN " (is|can be|is being) (filled{!:in}|emptied{!:out}|drained{!:out}) by" }, { "B", 'A', "alone2", SUBJ("x") ALONE " in {q:t}(,| and|)" }, { "A", 'A', "alone2", "and by " SUBJ("x") ALONE " in {q:t}" }, { "A", 'A', "alone", "and (is |can be |)(filled{!:in}|emptied{!:out}|drained{!:out}) by " SUBJ("x") ALONE " in {q:t}" },
    { "S", 'A', "alone", "(if |)it takes " SUBJ("x") " {q:t} to (" FILLV "|" DRAINV "|" JOBV ") " OBJ ALONE "(,| and|)" }, { "A", 'A', "alone2", "(and |while |,|)(it takes |)" SUBJ("x") " {q:t}( alone|)(,|)" }, { "A", 'A', "alone2", "(and |while |,|)" SUBJ("x") ALONE " (needs|takes|requires|would need|would take|would require) {q:t}( alone|)( for (it|(the|that) same " NOUN "|that " NOUN ")| to do (it|so|the same)|)( alone|)(,|)" },
    { "S", 'A', "pair", "{i:k} (pipes|taps|pumps|hoses|workers|machines|printers|painters) (can |)(" FILLV "|" DRAINV "|" JOBV ") " OBJ " (alone |)in ({n:t1}|{q:t1}) and {q:t2}(,|)( respectively|)" }, { "A", 'A', "alone", "(and |while |,|)(it takes |)" SUBJ("x") " {q:t} to (" FILLV "|" DRAINV "|" JOBV ") " OBJ ALONE }, { "SA", 'A', "alone", "(and |while |,|)" SUBJ("x") " (needs|takes|requires) {q:t} to (" FILLV "|" DRAINV "|" JOBV ") " OBJ ALONE },
    { "A", 'A', "open", "(if |when |suppose |now |)((both|both (pipes|taps)|the two pipes){!:two}|(all three|all three (pipes|taps)){!:three}) (are |)(open|opened|turned on|working)( at the same time| simultaneously| together|)(,|)" }, { "A", 'A', "open", "(if |when |)they work together" },
    { "A", '.', "together", "(working together,|together,|)how (long|many {u:unit}) " NEEDS "( of them|)( together|)( working together|) (need|take|require|need to take)( working|)( together|)( to (fill{!:ain}|empty{!:aout}|drain{!:aout}|" DOES ") " OBJ "|)" JOIN }, { "A", '.', "together", "(working together,|together,|)how (long|many {u:unit}) " TAKE "( of them|)( working|)( together|)(,|)( to (fill{!:ain}|empty{!:aout}|drain{!:aout}|" DOES ") " OBJ "|)" JOIN },
    { "A", '.', "together", "(working together,|together,|)(in |)how (long|many {u:unit}) " NEEDS "( of them|)( working|)( together|) (fill{!:ain}|empty{!:aout}|drain{!:aout}|" DOES ") " OBJ JOIN }, { "A", '.', "together", "how (long|many {u:unit}) (does|will|would) it take to (fill{!:ain}|empty{!:aout}|drain{!:aout}) " OBJ JOIN }, { "A", '.', "together", "how (long|many {u:unit}) (will|does|would) (the|this|that) (whole |same |)" NOUN " take " TOGETHER }, { "A", '.', "together", "how (long|many {u:unit}) (does|will|would) it take (them |)(to (fill{!:ain}|empty{!:aout}|drain{!:aout}) " OBJ " |)(when|if|with) " BOTHOF "( are| is|) (turned on|open|opened|running|used|working)( together| at the same time| simultaneously|)" },
    { "A", '.', "together", "if (they|both|both of them|the two) work together,how (long|many {u:unit}) (will|does|would) it take( them|)( to (" DOES ") " OBJ "|)" },
    { "A", '.', "together", "(in|after) how (long|many {u:unit}) (is|will) " OBJ " (be |)(full{!:ain}|filled{!:ain}|empty{!:aout}|finished|done|completed)" JOIN },
    { NULL, 0, NULL, NULL },
};

/* Both together and one alone: how long the other takes. */
static const struct clause other[] = {
    { "S", 'J', "joint", "(if |)(working together,|together,|)({w:j} and {w:k}) (together |)(can |)(" FILLV "|" JOBV ") " OBJ " (together |working together |)in {q:tj}(,| and| if they work together|)" }, { "S", 'J', "joint", "(if |)(working together,|together,|)it takes ({w:j} and {w:k}) {q:tj} (working together |together |)to (" FILLV "|" JOBV ") " OBJ "( together| working together|)(,| and|)" },
    { "S", 'N', "joint", "(two|both) (pipes|taps|pumps|workers|machines|painters|printers|men) (together |working together |)(can |)(" FILLV "|" JOBV ") " OBJ " (together |working together |)in {q:tj}{!:nameless}" }, { "N", 'M', "alone", "(and |if |)(one|one of them|the first|the first (one|pipe|machine|worker))" ALONE " (needs|takes|requires|would need|would take|" DOV " " OBJ " in) {q:t}( alone|)" }, { "M", '.', "asked", "how (long|many {u:unit}) (would|does|will) (the other|the second|the other one|the other (pipe|machine|worker)|the second (one|pipe|machine|worker))" ALONE " (need|take|require)( alone| by itself|)( to (" DOES "|fill) " OBJ "|)" },
    { "J", 'K', "alone", "(and |if |while |but |)({w:x}|(pipe|machine|pump) {w:x})" ALONE " (needs|takes|requires|would need|would take|could do it in|can do it in|does it in|would do it in|needed|" DOV " " OBJ " in) {q:t}( alone| by (himself|herself|itself)| to do (it|the job) alone|)(,|)" }, { "J", 'K', "alone", "(and |if |)it (takes|would take) {w:x} {q:t} (to do it |working |)(alone|by (himself|herself|itself))(,|)" },
    { "K", '.', "asked", "how (long|many {u:unit}) (would|does|will|did) {w:z}" ALONE " (need|take|require)( alone| by (himself|herself|itself)| working alone|)( to (" DOES "|fill) " OBJ "( alone| by (himself|herself|itself)|)|)" }, { "K", '.', "asked", "how (long|many {u:unit}) (would|does|will) it take {w:z} (to (" DOES "|fill) " OBJ " |working |)(alone|by (himself|herself|itself)|on (his|her|its) own)" }, { "K", '.', "asked", "in how many {u:unit} (can|could|would|does) {w:z} (alone |)(" DOES "|fill) " OBJ "( alone| by (himself|herself|itself)|)" },
    { NULL, 0, NULL, NULL },
};

enum { MAX_WORKERS = 4 };

/* One plain name: 甲队, 小明, 师傅, B.  "甲乙", "甲与乙", "甲的一半" and "师徒" are not one worker who does
 * the whole.  The name without what follows it; NULL if it is none. */
static const char *plain_worker(struct calc *c, const char *w)
{
    static const char *const heads[] = { "甲", "乙", "丙", "丁", "师傅", "徒弟", "爸爸", "妈妈", "父亲", "母亲", "哥哥", "弟弟", "姐姐", "妹妹", "儿子", "爷爷", "奶奶", "小明", "小红", "小华", "小刚", "小强", "小丽", "小芳", "小军", "小亮", "小东", "小林", "小兰",
        "小英", "小李", "小王", "小张", "小刘", "小陈", "小赵", "小周", "小吴", "小杨", "小孙", "老王", "老李", "老张", "老刘", "老陈", "老赵", "老周", "老吴", "老杨", "老孙", "王师傅", "李师傅", "张师傅", "刘师傅", "陈师傅", "赵师傅", "周师傅", "吴师傅", "杨师傅", "孙师傅" };
    static const char *const tails[] = { "", "队", "组", "人", "师傅", "工程队", "施工队", "车间", "打字员", "机器", "工人", "小组", "车" };
    size_t head = isupper((unsigned char)w[0]) ? 1 : 0;
    for (size_t i = 0; i < sizeof heads / sizeof *heads && head == 0; i++)
        if (strncmp(w, heads[i], strlen(heads[i])) == 0)
            head = strlen(heads[i]);
    for (size_t i = 0; i < sizeof tails / sizeof *tails && head > 0; i++)
        if (strcmp(w + head, tails[i]) == 0)
            return calc_strn(c, w, head);
    return NULL;
}

/* Do all do the same to the same thing?  "Paints a house" and "washes a car" are two jobs; "the job" is either. */
static int one_job(struct facts *f)
{
    static const char *const things[] = { "job", "task", "work", "project", "tank", "pool", "bathtub", "tub", "bath", "cistern", "basin", "reservoir", "house", "room", "wall", "fence", "lawn", "garden", "kitchen", "report", "order", "field", "car", "ditch", "barn" };
    const size_t any = 4, n = sizeof things / sizeof *things;   /* the first ones name no thing */
    size_t seen = n;
    int verb;
    for (int i = 0; i < f->n; i++) {
        struct capture *what = match_get(&f->f[i].m, "what");
        size_t k = 0;
        while (what != NULL && k < n && strcasecmp(what->raw, things[k]) != 0)
            k++;
        if (what == NULL || k < any)
            continue;
        if (k == n || (seen < n && seen != k))
            return 0;
        seen = k;
    }
    return fact_choice(f, "v", &verb) <= 1;
}

/* Are the workers exactly those of the set that the text names?  1 too if it names none. */
static int same_workers(struct facts *f, const char *const *name, int n)
{
    static const struct { const char *mark; int n; const char *who[3]; } sets[] = {
        { "set2", 2, { "甲", "乙" } }, { "set3", 3, { "甲", "乙", "丙" } }, { "setio", 2, { "进水管", "出水管" } }, { "setmaster", 2, { "师傅", "徒弟" } },
    };
    for (size_t s = 0; s < sizeof sets / sizeof *sets; s++) {
        int found = 0;
        for (int i = 0; i < n; i++)
            for (int j = 0; j < sets[s].n; j++)
                found += strcmp(name[i], sets[s].who[j]) == 0;
        if (fact_has(f, sets[s].mark) && (n != sets[s].n || found != n))
            return 0;
    }
    return 1;
}

static int works_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    const char *name[MAX_WORKERS], *text = "";
    val sum = val_si(c, 0), one = val_si(c, 1);
    int n = 0, way = 0, drains = 0, days = 0, hours = 0, job = 0, pair = 0;
    struct capture *u = fact_capture(f, "unit");
    const struct unit *first = NULL;
    for (int i = 0; i < f->n; i++) {
        struct match *m = &f->f[i].m;
        const char *tag = f->f[i].tag;
        if (strcmp(tag, "passive") == 0)
            way = has(m, "out") ? -1 : 1;
        if (strcmp(tag, "pair") == 0) {               /* two at once, who have no names */
            struct capture *t2 = match_get(m, "t2"), one_of = *match_get(m, "t1");
            long said = 2;
            if (one_of.unit == NULL)
                one_of.unit = t2->unit;
            val a = fact_measure(c, &one_of, 0, 1), b = fact_measure(c, t2, 0, 1), q = val_new(c);
            if (n > 0 || a == NULL || b == NULL || (match_ex(m, "k") != NULL && (!ex_is_int(match_ex(m, "k"), &said) || said != 2)))
                return 0;
            job |= has(m, "job");
            drains = has(m, "out") ? 2 : 0;
            ca_div(a, one, a, c->ca);
            ca_div(b, one, b, c->ca);
            ca_add(q, a, b, c->ca);
            if (drains)
                ca_neg(q, q, c->ca);
            sum = q;
            n = 2;
            pair = 1;
            *(t2->unit->p >= 86400 ? &days : &hours) = 1;
            first = t2->unit;
            text = calc_printf(c, "one alone %s, another alone %s %s, ", ex_text(c, one_of.e), ex_text(c, t2->e), t2->unit->text);
        }
        if (strncmp(tag, "alone", 5) != 0)
            continue;
        struct capture *x = match_get(m, "x"), *k = match_get(m, "t");
        const char *who = x != NULL ? x->raw : has(m, "n1") ? "甲" : has(m, "n2") ? "乙" : has(m, "n3") ? "丙" : has(m, "in1") ? "进水管" : "出水管";
        if ((has(m, "in1") && has(m, "out")) || (has(m, "out1") && has(m, "in")))
            return 0;                                 /* an inlet that empties it */
        if (x != NULL && *(const char *)arg == 'z' && (who = plain_worker(c, who)) == NULL)
            return 0;
        val t = fact_measure(c, k, 0, 1), q = val_new(c);
        if (t == NULL || n == MAX_WORKERS || pair)
            return 0;
        if (has(m, "job"))
            job = 1;
        if (strcmp(tag, "alone") == 0)                /* the second, without a verb, does as the first */
            way = has(m, "out") ? -1 : 1;
        else if (way == 0)
            return 0;
        static const char *const kinds[] = { "one", "another", "other", "larger", "smaller", "old", "new", "inlet", "outlet", "big", "small", "hot", "cold", "brother", "sister", "friend", "father", "mother", "son", "daughter", "wife", "husband", "partner", "colleague", "assistant", "pipe", "drain", "tap", "pump", "leak", "hose" };
        static const char *const several[] = { "two", "three", "four", "five", "others", "twins", "brothers", "sisters", "friends", "parents", "workers", "men", "women", "people", "couple", "partners", "neither", "either", "nobody", "pipes", "pumps" };
        int named = (isupper((unsigned char)who[0]) && fact_is_name(who)) || strcasecmp(who, "first") == 0 || strcasecmp(who, "second") == 0 || strcasecmp(who, "third") == 0 || (unsigned char)who[0] >= 0x80;
        for (size_t j = 0; j < sizeof kinds / sizeof *kinds; j++)
            named |= strcasecmp(kinds[j], who) == 0;
        for (size_t j = 0; j < sizeof several / sizeof *several; j++)
            named &= strcasecmp(several[j], who) != 0;
        if (!named)
            return 0;
        for (int j = 0; j < n; j++)
            if (strcasecmp(name[j], who) == 0)
                return 0;
        name[n++] = who;
        *(k->unit->p >= 86400 ? &days : &hours) = 1;
        first = first == NULL ? k->unit : first;
        ca_div(q, one, t, c->ca);
        if (way < 0) {
            ca_neg(q, q, c->ca);
            drains++;
        }
        ca_add(sum, sum, q, c->ca);
        text = calc_printf(c, "%s%s %s %s %s, ", text, who, way < 0 ? "empties in" : "alone", ex_text(c, k->e), k->unit->text);
    }
    struct capture *p = fact_capture(f, "p"), *o = fact_capture(f, "r");
    if (p != NULL) {
        const char *a = plain_worker(c, p->raw), *b = o != NULL ? plain_worker(c, o->raw) : NULL;
        if (n != 2 || pair || a == NULL || b == NULL || !((strcmp(a, name[0]) == 0 && strcmp(b, name[1]) == 0) || (strcmp(a, name[1]) == 0 && strcmp(b, name[0]) == 0)))
            return 0;                                 /* others than those who were named */
    }
    if (!one_job(f) || !same_workers(f, name, pair ? 0 : n))
        return 0;
    if (n < 2 || (fact_has(f, "two") && n != 2) || (fact_has(f, "three") && n != 3) || (job && drains > 0))
        return 0;
    int to_empty = fact_has(f, "aout") || (fact_count(f, "together") == 1 && has(fact_get(f, "together"), "out"));
    if (to_empty)
        ca_neg(sum, sum, c->ca);
    if (job && (to_empty || fact_has(f, "ain")))
        return 0;
    if (drains > 0 && drains < n && !to_empty && !fact_has(f, "ain") && !(fact_count(f, "together") == 1 && has(fact_get(f, "together"), "in")))
        return 0;                                     /* to fill it or to empty it? */
    if (value_sign_is(c, sum, 1) != YES)
        return 0;
    val v = val_new(c);
    ca_div(v, one, sum, c->ca);
    static const signed char time[UNIT_DIMS] = { 0, 0, 1 };
    r->unit_open = u == NULL;
    r->unit = u != NULL ? u->unit : first;
    if (r->unit == NULL || r->unit->noun || memcmp(r->unit->dim, time, sizeof time) != 0)
        return 0;
    *(r->unit->p >= 86400 ? &days : &hours) = 1;
    if (days && hours)
        return 0;                                     /* how many hours has a day of work? */
    ca_mul(v, v, val_q(c, r->unit->q, r->unit->p), c->ca);
    r->k = S_VALUE;
    r->v = v;
    r->text = calc_printf(c, "%sfind the time of all together%s", text, to_empty ? ", emptying" : "");
    return 1;
}

static int is_worker(const struct capture *a, const struct capture *b)
{
    return a != NULL && b != NULL && strcasecmp(a->raw, b->raw) == 0;
}

static int other_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    struct capture *j = fact_capture(f, "j"), *k = fact_capture(f, "k"), *x = fact_capture(f, "x"), *z = fact_capture(f, "z"), *u = fact_capture(f, "unit");
    val both = fact_measure(c, fact_capture(f, "tj"), 0, 1), one = fact_measure(c, fact_capture(f, "t"), 0, 1), v = val_new(c), d = val_new(c);
    (void)arg;
    if (both == NULL || one == NULL || value_cmp(c, both, one) != -1 || !one_job(f))
        return 0;
    int nameless = fact_has(f, "nameless");
    if (!nameless && (!fact_is_name(j->raw) || !fact_is_name(k->raw) || is_worker(j, k)))
        return 0;
    if (!nameless && !((is_worker(x, j) && is_worker(z, k)) || (is_worker(x, k) && is_worker(z, j))))
        return 0;                                     /* somebody else */
    const struct unit *own = fact_capture(f, "t")->unit, *want = u != NULL ? u->unit : own;
    static const signed char time[6] = { 0, 0, 1 };
    if (want->noun || memcmp(want->dim, time, sizeof time) != 0 || (want->p >= 86400) != (own->p >= 86400) || (own->p >= 86400) != (fact_capture(f, "tj")->unit->p >= 86400))
        return 0;
    ca_mul(v, both, one, c->ca);
    ca_sub(d, one, both, c->ca);
    ca_div(v, v, d, c->ca);
    ca_mul(v, v, val_q(c, want->q, want->p), c->ca);
    r->k = S_VALUE;
    r->v = v;
    r->unit = want;
    r->text = calc_printf(c, "together %s %s, one alone %s %s, find the other alone", ex_text(c, fact_capture(f, "tj")->e), fact_capture(f, "tj")->unit->text, ex_text(c, fact_capture(f, "t")->e), own->text);
    return 1;
}

int read_works(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "works";
    return clause_mentions(q, "管|合作|合做|合修|一起|共同|龙头|打印|加工|alone|together|both|fill|empt") && (clause_read(c, q, zh, works_done, r, "z") || clause_read(c, q, en, works_done, r, "e") || clause_read(c, q, other, other_done, r, NULL));
}
