/* read_draws.c - drawing from kinds with counts (balls, people, products), with or without
 * replacement: the probability of an event on the numbers drawn, or the number of
 * selections.  Every composition of the draw is counted. */
#include "plugins/calculator/stories/clause.h"
#include "plugins/calculator/questions/slots.h"

#include <string.h>

enum { KINDS = 4, MAX_POP = 200, MAX_DRAW = 12 };

#define BALLS "(球|小球|玻璃球|乒乓球|弹珠)"
#define PERSON "(生|同学|医生|教师|老师|学生|队员|职工|选手|运动员|工人|士|性|班干部|干部|志愿者|记者|歌手|成员|员工|护士|代表|)"
#define MEN "(名|个|位|)男" PERSON
#define WOMEN "(名|个|位|)女" PERSON
#define SIZE "(大小(和|,|)(形状|质地|)(完全|都|)(相同|一样)(的|)|除颜色外(都|完全|)(相同|一样)(的|)|只有颜色不同的|)"
#define BAG "(在|)(一个|一只|)(不透明的|)(袋子|布袋|口袋|袋|盒子|纸盒|盒|箱子|箱|暗箱)(中|里|内|)(共|)(装|放|)(有|着|)" SIZE
#define EBAG "(a|an|the) (opaque |)(bag|box|jar|urn|basket|drawer|container)"
#define THING "(balls|marbles|counters|beads|sweets|candies|discs|chips|ball|marble|)"
#define PLACES "(医院|学校|公司|单位|某单位|某医院|某学校|学校里|班上|队里|组里|车间)有|"
#define TAKE "(摸|取|抽|拿|选|挑选|选派|抽取|摸取|选取)"
#define PERSONS "(人|名|个人|名同学|名学生|名代表|位同学|个|位|名志愿者|名医生|名运动员)"
#define PURPOSE "(参加(活动|比赛|演讲比赛|数学竞赛|竞赛|座谈会|会议|志愿者活动|劳动|植树)|参加(志愿活动|志愿服务|实践活动|社会实践|义务劳动|培训|演出|辩论赛)|支教|去支教|参赛|参会|外出学习|出席会议|当代表|组成(一个|)(小组|委员会|医疗队|代表队)|担任志愿者|组队|去参加活动|)"
#define DRAWN1 "(第一|第1)(次|个)(球|)(摸到的|摸出的|取到的|取出的|抽到的|)(球|)(也|)(是|为|摸到|摸出|取到|取出|抽到)"
#define DRAWN2 "(第二|第2)(次|个)(球|)(摸到的|摸出的|取到的|取出的|抽到的|)(球|)(也|)(是|为|摸到|摸出|取到|取出|抽到)"
#define DRAWNONES "(选出的|所选的|所选|选到的|取出的|取到的|抽到的|抽出的|抽取的|摸出的|摸到的|其中|)({i:k2}(人|个球|件产品|件|名同学|名学生)(中|)|球中|产品中|人中|)(的|)"
#define ASKP "的概率(是|为|等于|)(多少|几分之几|)"
#define ASKN "(的|则|那么|问|)(不同的|)(组队方案|组队方法|选派方案|方案|挑法|选法|取法|选派方法|选取方法|抽法|方法|不同选法|不同取法|选择方法)(的|)(种数|总数|)(一共|总共|共|)(有|是|为|)(多少|几)(种|)"
#define ASKN2 "(问|)(一共|总共|共|)有(多少|几)种(不同的|)(组队方案|组队方法|选派方案|方案|挑法|选法|取法|选派方法|选取方法|抽法|方法)"
#define MUST "(要求|其中|且|若|如果|使得|并且|必须|)"
#define REL "(至少{!:ge}|不少于{!:ge}|至多{!:le}|最多{!:le}|不多于{!:le}|不超过{!:le}|恰好{!:eq}|恰{!:eq}|正好{!:eq}|刚好{!:eq}|多于{!:gt}|超过{!:gt}|少于{!:lt}|不足{!:lt})"
#define EREL "(at least{!:ge}|no fewer than{!:ge}|not less than{!:ge}|at most{!:le}|no more than{!:le}|not more than{!:le}|exactly{!:eq}|precisely{!:eq}|more than{!:gt}|fewer than{!:lt}|less than{!:lt})"

static const struct clause zh[] = {
    /* population */
    { "S", 'D', "pop", BAG "{i:a}(个|只){w:A}" BALLS "(和|,|与|,和){i:b}(个|只){w:B}" BALLS },
    { "S", 'D', "pop", BAG "{i:a}(个|只){w:A}" BALLS "(,|和|与){i:b}(个|只){w:B}" BALLS "(和|,|与|,和){i:c}(个|只){w:C}" BALLS },
    { "S", 'D', "pop", "从(装有|放有|装着){i:a}(个|只){w:A}" BALLS "(和|,|与){i:b}(个|只){w:B}" BALLS "的(不透明的|)(袋子|布袋|口袋|袋|盒子|盒|箱子)(中|里|内)" },
    { "S", 'D', "people", "(" PLACES "要从|从|某班有|某小组有|一个小组有|小组里有|一个班有|在|现有|有|某校有|现从|)(某班|)(的|){i:a}" MEN "(和|,|与|,和){i:b}" WOMEN "(中|里|报名|报名参加|)" },
    { "S", 'D', "peopleB", "(从|某班有|某小组有|在|现有|有|某校有|现从|)(某班|)(的|){i:b}" WOMEN "(和|,|与|,和){i:a}" MEN "(中|里|)" },
    { "S", 'D', "lot", "(在|从|现有|有|){i:n}(件|个|只)(产品|零件|灯泡|商品|样品)(,|\\(|)(其中|)(中|)(有|){i:d}(件|个|只)(是|)(次品|不合格品|坏的)(,|\\)|)(其余(为|是|都是)(正品|合格品)|)(中|)" },
    { "S", 'D', "lot", "(某|一批|某种|某批|这批|)(产品|零件|灯泡|商品|样品)(一共|共|共有|有|){i:n}(件|个|只)(,|)(其中|)(中|)(有|){i:d}(件|个|只)(是|)(次品|不合格品|坏的)(,其余(为|是|都是)(正品|合格品)|)" },
    { "S", 'D', "classB", "(某班|某班级|一个班|某小组)(共|)(有|)男生{i:a}(人|名)(和|,|与)女生{i:b}(人|名)" },
    { "D", 'D', "same", "(,|)(这些球|它们|)(除颜色(外|以外|不同外|外都|之外)(都|完全|其他都|其他完全|其余都|其它都|其余完全|)(相同|一样)|(除了颜色|除颜色不同)外(,|)(没有其他区别|其余均相同|都相同|完全相同)|(大小|形状|质地)(,|和)(大小|形状|质地)(都|完全|)(相同|一样))" },
    /* draw */
    { "D", 'D', "distinct", "(\\(|,|)(球|这些球|它们|小球|每个球)(各不相同|互不相同|都不相同|编号不同)(\\)|){!:distinct}" },
    { "D", 'E', "once", "(若|如果|现|)(从中|从袋中|从盒中|从袋子里|从中的|从盒子里|从口袋里|)(任意|随机(地|)|任|随意|)(地|)" TAKE "(出|取|)(1|一)(个|只|件|人|名)(球|产品|零件|学生|同学|)(当班长|参加比赛|参加活动|)" },
    { "D", 'E', "draw", "(若|如果|现|要|)(从中|从袋中|从盒中|从袋子里|从盒子里|从口袋里|)(一次(性|)(任意|随机|)|同时(任意|随机|)|任意|随机(地|)|任|随意|)(地|)" TAKE "(出|取|)(了|){i:k}(个|只|件)(球|产品|零件|)" },
    { "D", 'E', "pick", "(要|若|现|现要|)(从中|)(任意|随机(地|)|任|)(选出|选|挑选|挑|挑出|选取|选派|选拔|抽取|抽调|派出)(了|){i:k}" PERSONS PURPOSE },
    { "D", 'E', "pick2", "(中|)(要|现|)(选出|选|挑选|选取|选派)(了|){i:x}" MEN "(和|,|与){i:y}" WOMEN PURPOSE },
    { "D", 'E', "pick2b", "(中|)(要|现|)(选出|选|挑选|选取|选派)(了|){i:y}" WOMEN "(和|,|与){i:x}" MEN PURPOSE },
    { "D", 'E', "without", "(若|如果|现|)(从中|从袋中|从盒中|)(任意|随机|)(不放回(地|)(依次|连续|先后|)(随机|)" TAKE "(出|取|){i:k}(个|次)(球|)|(每次(任意|随机|)(地|)(摸|取)(出|)(一|1)个(球|)(,|)(后不放回|不放回|取出后不放回|摸出后不放回)(,|)(连续|连|共|)(摸|取)(了|){i:k}次))" },
    { "D", 'E', "with", "(若|如果|现|)(从中|从袋中|从盒中|)(任意|随机|)((有放回|放回)(地|)(依次|连续|先后|)(随机|)" TAKE "(球|出|取|){i:k}(个|次)(球|)(,每次(摸|取)(出|)(一|1)个(球|)|)|(每次(任意|随机|)(地|)(摸|取)(出|)(一|1)个(球|)(,|)(记下颜色后|)(,|)(后放回|放回|取出后放回|摸出后放回)(袋中|)(,|)(再|)(连续|连|共|)(摸|取)(了|){i:k}次))" },
    /* event */
    { "E", 'E', "lead", "(求|则|那么|问)" },
    { "E", 'A', "rel", MUST "(摸出的|取出的|选出的|抽出的|其中的|摸到|取到|抽到|)(球中|人中|{i:k2}个球中|{i:k2}人中|产品中|中|)" REL "(有|摸到|取到|抽到|)(了|){i:j}(个|名|件|位|次|只)(是|){w:X}(球|)" },
    { "E", 'A', "relB", MUST "{w:X}(球|)(的人数|)(多于{!:gt}|超过{!:gt}|少于{!:lt}|不少于{!:ge}|至少有{!:ge}|至少要有{!:ge}|最多有{!:le}|至多要有{!:le}|不多于{!:le}|至多有{!:le}|恰有{!:eq}|恰好有{!:eq}|不超过{!:le}){i:j}(个|名|件|位|人|只)" },
    { "E", 'A', "all", MUST "(摸到的|摸出的|取出的|选出的|抽到的|两次{!:is2}|两次都{!:is2}|{i:k3}次(都|)|)(的|)(两个球{!:is2}|{i:k2}个(球|)|{i:k2}人|两人{!:is2}|球|)(都|均|全|全部)(是|为|摸到|取到|摸出|取出){w:X}(球|)(的|)" },
    { "E", 'A', "notall", MUST "(摸出的|取出的|)(两个球{!:is2}|{i:k2}个(球|)|球|)不(都|全)是{w:X}(球|)(的|)" },
    { "E", 'A', "order", DRAWN1 "{w:X}(球|)(且|,|而|,且|,而)" DRAWN2 "{w:Y}(球|)" }, { "E", 'A', "second", DRAWN2 "{w:Y}(球|)" }, { "E", 'A', "given", "(已知|若|若已知|在)" DRAWN1 "{w:X}(球|)(的条件下|)(,|)(求|则|)" DRAWN2 "{w:Y}(球|)" },
    { "E", 'A', "none", MUST "(摸出的|取出的|选出的|摸到的|)(两个球{!:is2}|{i:k2}个(球|)|两球{!:is2}|球|两次{!:is2}|)(都|)(没有|不含|都不是|不是|无){w:X}(球|)(的|)" },
    { "E", 'A', "is", "(选到|选出的是|抽到|选中|摸到|摸出|取到|取出|抽到|摸到的球是|摸出的球是|取出的球是|摸到的是|取到的是|摸出的是|恰好是|恰为|它是|是){w:X}(球|)" },
    { "E", 'A', "isnot", "(摸到的|摸出的|取出的|取到的|抽到的|)(球|)(不是|不为){w:X}(球|)(的|)" },
    { "E", 'A', "samekind", "(摸出的|摸到的|取出的|取到的|抽到的|抽出的|所取的|两次摸到的{!:is2}|两次取出的{!:is2}|两次摸出的{!:is2}|)(两个球{!:is2}|两球{!:is2}|球|{i:k2}个(小|)球|)(的|)颜色(都|恰好|)(相同|一样)(的|)" },
    { "E", 'A', "otherkind", "(摸出的|摸到的|取出的|取到的|抽到的|抽出的|所取的|两次摸到的{!:is2}|两次取出的{!:is2}|两次摸出的{!:is2}|)(两个球{!:is2}|两球{!:is2}|球|{i:k2}个(小|)球|)(的|)颜色(恰好|)(不同|不相同|不一样)(的|)" },
    { "E", 'A', "comp", MUST "(摸出的|取出的|选出的|)(球中|{i:k2}人|{i:k2}个球|)(恰好|)(选到|取到|摸到|取出|恰好|恰|正好|)(是|为|有|)(一|1)(个|名|){w:X}(球|)(和|,|)(一|1)(个|名|){w:Y}(球|)" },
    { "E", 'A', "comp2", MUST "(恰好|恰|正好|)(取到|摸到|取出|有|){i:x}(个|名){w:X}(球|)(和|,){i:y}(个|名){w:Y}(球|)" },
    { "E", 'A', "both", MUST "(至少|至少要|最少)(有|)(一|1)(名|个|位)男" PERSON "(,|和|、|与|及)(至少|)(有|)(一|1)(名|个|位)女" PERSON },
    { "E", 'A', "comp2", MUST "(恰有|有|)({w:X}{i:x}(人|名|个)(,|和|、|与|){w:Y}{i:y}(人|名|个)|{i:x}{a:X:男|女}(,|和|、|){i:y}{a:Y:男|女})" },
    { "E", 'A', "both", MUST "((男,女|男|男女)(生|医生|教师|老师|同学|队员|)(,|和|)(女(生|医生|教师|老师|同学|队员)|)(都|均)(要|必须|必须要|)有|男生和女生都(有|要有)|男女生都有|既有男生又有女生|男,女生都有|既有男生也有女生|既要有男生又要有女生)" },
    /* how many of one kind: a number of chance */
    { "E", 'X', "count", "(记|设|令|用|以|若|)" DRAWNONES "{w:C}(球|)(的|)(人数|个数|件数|数量|数)(为|是|记为)({w:v}|{r:v})" }, { "E", 'X', "count", "(记|设|令|用|以|若)({w:v}|{r:v})(表示|为)" DRAWNONES "{w:C}(球|)(的|)(人数|个数|件数|数量|数)" },
    { "X", '.', "mean", "(求|则|)(随机变量|)({w:v2}|{r:v2}|{r:ev})(的|)(数学期望|期望值|期望|均值|)(是多少|为多少|等于多少|是|为|)({r:ev2}|)" }, { "E", '.', "mean", "(求|则|)" DRAWNONES "{w:C}(球|)(的|)(人数|个数|件数|数量|数)({w:v}|{r:v}|)的(数学期望|期望值|期望|均值)(是多少|为多少|是|为|)" },
    /* ask */
    { "A", '.', "p", ASKP }, { "AE", '.', "n", ASKN }, { "AE", '.', "n", ASKN2 },
    { NULL, 0, NULL, NULL },
};

#define DREW "(drawn|picked|taken|chosen|selected)"
#define BALLWORD "(balls|bulbs|items|parts|marbles|counters|beads|sweets|candies|discs|chips|ball|marble|)"
#define FROMIT "(from (it|the bag|the box|the jar|the urn)|)"
static const struct clause en[] = {
    { "S", 'D', "pop", EBAG " (holds|contains|has|is filled with) {i:a} {w:A} " THING " and {i:b} {w:B} " THING },
    { "S", 'D', "pop", EBAG " (holds|contains|has) {i:a} {w:A} " THING ",{i:b} {w:B} " THING "(,|) and {i:c} {w:C} " THING },
    { "S", 'D', "pop", "there are {i:a} {w:A} " THING " and {i:b} {w:B} " THING " in " EBAG },
    { "S", 'D', "people", "(from (a group of |a class of |)|(a|the) (club|class|group|committee|team) (has|of|consists of|contains) |there are |given |)({i:a} {w:A} and {i:b} {w:B})( (doctors|teachers|students|players|workers|nurses|members|applicants|candidates)|)( in (a|the) (club|class|group|team|room|committee)|)" },
    { "S", 'D', "pop", EBAG " (holds|contains|has) {i:a} {w:A},{i:b} {w:B}(,|) and {i:c} {w:C} " THING },
    { "S", 'D', "lotE", "(a|an) (box|lot|batch|shipment) (contains|has|of|holds) {i:n} (light |)(bulbs|items|products|parts|chips),{i:d} of (which|them) are (defective|faulty)" },
    { "D", 'E', "once", "(if |)(one|a) (ball|marble|counter|bead|sweet|candy|bulb|item) is (randomly |)" DREW " (at random|randomly|) " FROMIT },
    { "D", 'E', "draw", "(if |){i:k} (of them|" BALLWORD ") are " DREW " (at random |randomly |)(simultaneously|at the same time|at once|together) (at random|) " FROMIT },
    { "D", 'E', "draw", "(if |){i:k} (of them|" BALLWORD ") are (randomly |)" DREW " (at random |randomly |)(one after (another|the other) |one by one |in succession |)" FROMIT " (one after (another|the other) |one by one |)(without replacement|without replacing (it|them|the first))( at random|)" },
    { "D", 'E', "with", "(if |){i:k} (of them|" BALLWORD ") are (randomly |)" DREW " (at random |randomly |)(one after (another|the other) |one by one |in succession |)" FROMIT " (one after (another|the other) |one by one |)with replacement( at random|)" },
    { "D", 'E', "draw", "(if |){i:k} (of them|" BALLWORD ") (are|is) (randomly " DREW "|" DREW " at random|" DREW " randomly)( " FROMIT "|)" },
    { "D", 'E', "withtwo", "(a|one) (ball|marble) is " DREW " (at random|),(its colour noted,|)(put back|replaced|and replaced|and put back|and it is put back|returned),(and |then |)a second (ball|marble|one) is " DREW }, { "D", 'E', "outtwo", "(a|one) (ball|marble) is " DREW " (at random|),(set aside|not replaced|and not replaced|kept out|and kept out|and set aside),(and |then |)a second (ball|marble|one) is " DREW },
    { "D", 'E', "pick", "(a (committee|team|group|jury|delegation) of |){i:k} (students|people|persons|members|children|players|) (is|are) (to be |)(chosen|selected|picked|formed) (from (them|this group|these people)|) (for a (medical |new |school |)(team|committee|group)|to form a committee|)" }, { "D", 'E', "pick", "{i:k} of (them|the (students|members|people|children)) (go|are sent|will go|are going|are chosen to go) to a (contest|competition|meeting|camp|conference|match)" },
    { "E", 'K', "both", "(with|so that|and|,|)( both (sexes|genders)( are| must be| being|) represented| at least one of each (sex|gender))" }, { "E", 'K', "notall", "(and |but |so that |)not all (of (the |)({i:k2}|them) |)are {w:X}" }, { "E", 'K', "none", "(and |but |so that |)none (of (the |)({i:k2}|them) |)(is|are) {w:X}" },
    { "K", '.', "n", "(in |)how many (different |)(teams|committees|groups|choices|selections|ways)( are possible| are there| can be formed|)" },
    { "S", '.', "relS", "how many {i:k}-(person|member|people) (teams|committees|groups) (with|containing|that contain|that include|that have|which contain) " EREL " {i:j} {w:X} (can be|are) (formed|chosen|selected|made) from {i:a} {w:A} and {i:b} {w:B}" },
    { "S", 'E', "popQ", "{i:k} " BALLWORD " are (drawn|taken|picked) (simultaneously|at the same time|at random and simultaneously|together) from " EBAG " (containing|that contains|with|of) {i:a} {w:A} " THING " and {i:b} {w:B} " THING },
    { "S", 'E', "popQ", "{i:k} " BALLWORD " are (drawn|taken|picked) (at random |)without replacement from " EBAG " (containing|that contains|with|of) {i:a} {w:A} " THING " and {i:b} {w:B} " THING },
    { "S", 'E', "kp", "(a (committee|team|group|jury) of ){i:k} (people|students|members|persons|) (is|are) (to be |)(chosen|selected|picked|formed) from (a group of |){i:a} {w:A} and {i:b} {w:B}" },
    { "E", '.', "mean", "(find|what is|calculate|determine) the expected number of {w:C}( " BALLWORD "|)( (chosen|drawn|selected|picked)| on the committee| among them| in the (sample|group)|)" },
    { "E", 'X', "count", "(let |)({w:v}|{r:v}) (be|is|denote|denotes) the number of {w:C}( " BALLWORD "|)( (chosen|drawn|selected|picked)| on the committee| among them| in the (sample|group|committee)|)" }, { "X", '.', "mean", "(find|what is|calculate|determine) ({r:ev}|the (expected value|mean|expectation) of ({w:v2}|{r:v2}))" },
    { "E", 'L', "lead", "(find|what is|calculate|determine) the probability (that|of getting|of drawing|of|it)" },
    { "L", '.', "rel", "(there (is|are) |we (get|draw) |it contains |)" EREL " {i:j} (of them |of the " BALLWORD " |" BALLWORD " |)(is |are |)({w:X}) " BALLWORD },
    { "L", '.', "rel", EREL " {i:j} {w:X} " BALLWORD " (is|are) " DREW },
    { "L", '.', "all", "(both{!:is2}|all|all {i:k2}) (balls |marbles |of them |of the balls |of the marbles |)(are|drawn are|is) {w:X}" },
    { "L", '.', "notall", "not (both{!:is2}|all) (balls |marbles |)are {w:X}" },
    { "L", '.', "none", "(none|neither{!:is2}|neither one{!:is2}) (of (them|the balls|the marbles) |ball |marble |)(is|are) {w:X}" },
    { "L", '.', "is", "(it|the (ball|marble|bead|counter|sweet|candy)) is {w:X}" }, { "L", '.', "is", "a {w:X} (ball|marble)" },
    { "L", '.', "isnot", "(it|the (ball|marble|bead|counter|sweet|candy)) is not {w:X}" },
    { "L", '.', "samekind", "(both{!:is2} (balls |marbles |)(are|have) (of |)the same (color|colour)|(they|the (two {!:is2}|)(balls|marbles)) (are (of |)|have )the same (color|colour)|(they|the (two {!:is2}|)(balls|marbles)) match in (color|colour))" },
    { "L", '.', "otherkind", "(they|the (two {!:is2}|)(balls|marbles)) (are of|are|have) different (colors|colours)" },
    { "L", '.', "comp", "(one (is {w:X} and (the other|one) is {w:Y})|one {w:X} and one {w:Y} (ball|marble) (is|are) drawn)" },
    { "L", '.', "first", "the first (ball |marble |one |)is {w:X} and the second (ball |marble |one |)is {w:Y}" },
    /* numbers of selections */
    { "E", 'F', "leadn", "(in how many (different |)ways (can this be done|is this possible|can (it|the (committee|team|group)) be (chosen|formed|selected))|how many (different |)(committees|teams|groups|selections|ways) are (possible|there)) (if|so that|with|such that|) (there must be|there (is|are)|it must (include|contain|have)|it (includes|contains)|)" },
    { "F", '.', "rel", EREL " {i:j} {w:X} (must be chosen|are chosen|is chosen|must be included|are included|is included|must be selected|are selected|is selected|)" },
    { "E", '.', "relQ", "how many (different |)(committees|teams|groups) (contain|have|include|consist of|are possible with) " EREL " {i:j} {w:X}" },
    { "S", 'G', "leadk", "(in how many (different |)ways can {i:k} (people|students|persons|members|children|players) be (chosen|selected|picked)|how many (different |)ways are there to (choose|select|pick|form) (a (committee|team|group) of |){i:k} (people|students|persons|members|children|players|)) from (a group of|)" }, { "S", 'G', "leadk", "((in |)how many ways can a (committee|team|group) of {i:k} (people|students|persons|members|) be (formed|chosen|selected)|how many (different |)(committees|teams|groups) of {i:k} (people |students |members |)(can be|are) (formed|chosen|selected)) from (a group of|)" },
    { "G", 'H', "people", "{i:a} {w:A} and {i:b} {w:B}" },
    { "H", '.', "none", "(if|so that) (it|the (team|committee|group|delegation)) must not (include|contain|have) (a|any) {w:X}" },
    { "H", '.', "rel", "(if|so that|with|such that|) (there (must be|is|are)|(it|the (team|committee|group|delegation)) (must (include|contain|have)|includes|contains|has)|) " EREL " {i:j} {w:X} (must be chosen|are chosen|is chosen|must be included|)" },
    { "S", '.', "ask2", "in how many (different |)ways can (a (committee|team) of {i:x} {w:X} and {i:y} {w:Y} be (chosen|formed|selected) from {i:a} {w:A} and {i:b} {w:B})" },
    { "D", '.', "ask2", "(how many (different |)ways are there to|in how many (different |)ways can (you|we|one)) (choose|select|pick) {i:x} {w:X} and {i:y} {w:Y}" },
    { "D", 'E', "pick", "a (committee|team) of {i:k} is (picked|chosen|selected)" }, { "E", '.', "relM", "(and |)it must (include|contain) " EREL " {i:j} {w:X} (\\(s\\)|),how many (different |)(committees|teams) are possible" },
    { "S", 'H', "kpx", "how many (different |)(committees|teams) of {i:k} (people|) (can be|are) (formed|chosen) from {i:a} {w:A} and {i:b} {w:B}" }, { "H", '.', "relE", "if " EREL " {i:j} (must be|are|is) {w:X}" },
    { "E", '.', "askB", "how many (different |)(teams|committees|groups) (have|contain) more {w:X} than {w:Y}" },
    { "D", '.', "lotn", "in how many (different |)ways can {i:k} (bulbs|items|products|parts|chips) be (chosen|selected|drawn) so that " EREL " {i:j} (is|are) {w:X}" },
    { NULL, 0, NULL, NULL },
};

struct model {
    int kinds, k, people, replace;
    long n[KINDS];
    const char *name[KINDS];
};

static int same_word(const char *a, const char *b)
{
    static const char *const forms[][2] = { { "man", "men" }, { "woman", "women" }, { "child", "children" }, { "person", "people" } };
    size_t n = strlen(a), m = strlen(b);
    if (n > m)
        return same_word(b, a);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strcasecmp(b, forms[i][0]) == 0 && strcasecmp(a, forms[i][1]) == 0)
            return 1;
        else if (strcasecmp(a, forms[i][0]) == 0)
            return strcasecmp(b, forms[i][0]) == 0 || strcasecmp(b, forms[i][1]) == 0;
    return strncasecmp(a, b, n) == 0 && (n == m || (m == n + 1 && (b[n] == 's' || b[n] == 'S')));
}

/* Only words for kinds that exclude each other: colours, men and women. */
static int is_kind(const char *w, int people)
{
    static const char *const persons[] = { "boys", "girls", "men", "women", "male", "female", "teachers", "students", "adults", "children", "seniors", "juniors", "senior", "junior", "boy", "girl", "man", "woman", NULL };
    if (!people)
        return slot_is_colour(w, strlen(w));
    for (const char *const *p = persons; *p != NULL; p++)
        if (strcasecmp(*p, w) == 0)
            return 1;
    return 0;
}

static const char *colour(struct calc *c, const char *w)
{
    size_t n = strlen(w);
    return n > 3 && strcmp(w + n - 3, "色") == 0 ? calc_strn(c, w, n - 3) : w;
}

static int kind_of(struct calc *c, const struct model *m, const char *w)
{
    static const char *const suffix[] = { "生", "同学", "医生", "教师", "老师", "学生", "队员", "职工", "选手", "运动员", "工人", "士", "性", "班干部", "干部", "志愿者", "记者", "歌手", "成员", "员工", "护士", "代表", "" };
    for (int i = 0; i < m->kinds; i++) {
        if (same_word(m->name[i], colour(c, w)))
            return i;
        if (strcmp(m->name[i], "男") == 0 || strcmp(m->name[i], "女") == 0)
            for (size_t s = 0; s < sizeof suffix / sizeof *suffix; s++)
                if (strcmp(calc_printf(c, "%s%s", m->name[i], suffix[s]), w) == 0)
                    return i;
    }
    return -1;
}

static int population(struct calc *c, struct facts *f, struct model *m)
{
    long v;
    static const char *const names[] = { "A", "B", "C" }, *const counts[] = { "a", "b", "c" };
    if (fact_count(f, "lot") + fact_count(f, "lotE") == 1) {
        long d;
        if (!fact_int(f, "n", &v) || !fact_int(f, "d", &d) || d < 0 || d > v || v > MAX_POP)
            return 0;
        m->kinds = 2;
        m->people = 1;
        m->name[0] = fact_count(f, "lot") ? "正品" : "good";
        m->name[1] = fact_count(f, "lot") ? "次品" : "defective";
        m->n[0] = v - d;
        m->n[1] = d;
        return 1;
    }
    int zh_people = fact_count(f, "peopleB") + fact_count(f, "classB") == 1 || (fact_count(f, "people") == 1 && fact_capture(f, "A") == NULL);
    m->people = fact_count(f, "people") + fact_count(f, "peopleB") + fact_count(f, "kp") + fact_count(f, "kpx") + fact_count(f, "relS") + fact_count(f, "classB") + (fact_get(f, "ask2") != NULL && match_get(fact_get(f, "ask2"), "A") != NULL) == 1;
    for (int i = 0; i < 3; i++) {
        struct capture *k = fact_capture(f, names[i]);
        if (!fact_int(f, counts[i], &v))
            break;
        if (v < 0 || v > MAX_POP || (k == NULL && !zh_people))
            return 0;
        m->name[i] = zh_people ? (i == 0 ? "男" : "女") : colour(c, k->raw);
        if (!zh_people && !is_kind(m->name[i], m->people))
            return 0;
        m->n[i] = v;
        m->kinds = i + 1;
    }
    for (int i = 0; i < m->kinds; i++)
        for (int j = 0; j < i; j++)
            if (same_word(m->name[i], m->name[j]))
                return 0;
    if (m->people && !zh_people && (m->kinds != 2 || !slot_excludes(m->name[0], m->name[1])))
        return 0;                                     /* students may be girls */
    return m->kinds >= 2;
}

/* An event on the composition x. */
struct event { const char *tag; int rel; long j; int kx, ky; long x, y; };

static int holds(const struct model *m, const struct event *e, const long *x)
{
    long t = e->kx >= 0 ? x[e->kx] : 0;
    if (strcmp(e->tag, "rel") == 0)
        return e->rel > 0 ? t >= e->j : e->rel < 0 ? t <= e->j : t == e->j;
    if (strcmp(e->tag, "all") == 0)
        return t == m->k;
    if (strcmp(e->tag, "notall") == 0)
        return t < m->k;
    if (strcmp(e->tag, "none") == 0)
        return t == 0;
    if (strcmp(e->tag, "comp2") == 0)
        return t == e->x && x[e->ky] == e->y && e->x + e->y == m->k;
    if (strcmp(e->tag, "more") == 0)
        return t > x[e->ky];
    int used = 0;
    for (int i = 0; i < m->kinds; i++)
        used += x[i] > 0;
    if (strcmp(e->tag, "samekind") == 0)
        return used == 1;
    if (strcmp(e->tag, "otherkind") == 0)
        return used == m->k;
    if (strcmp(e->tag, "both") == 0)
        return used == m->kinds;
    return strcmp(e->tag, "any") == 0;
}

/* Sums the weights of all compositions, and of those in the event, into all and hit. */
static void compositions(struct calc *c, const struct model *m, const struct event *e, int i, long left, long *x, fmpz_t w, fmpz_t all, fmpz_t hit)
{
    calc_step(c, 1);
    if (i == m->kinds) {
        if (left > 0)
            return;
        fmpz_add(all, all, w);
        if (holds(m, e, x))
            fmpz_add(hit, hit, w);
        return;
    }
    for (long t = 0; t <= left; t++) {
        fmpz_t b, v;
        fmpz_init(b);
        fmpz_init(v);
        if (m->replace) {                             /* the places of this kind, and which of it each time */
            fmpz_set_si(v, m->n[i]);
            fmpz_pow_ui(v, v, (ulong)t);
            fmpz_bin_uiui(b, (ulong)left, (ulong)t);
            fmpz_mul(b, b, v);
        } else {
            fmpz_bin_uiui(b, (ulong)m->n[i], (ulong)t);
        }
        fmpz_mul(v, w, b);
        x[i] = t;
        if (!fmpz_is_zero(v))
            compositions(c, m, e, i + 1, left - t, x, v, all, hit);
        fmpz_clear(b);
        fmpz_clear(v);
    }
}

static int event_of(struct calc *c, struct facts *f, const struct model *m, struct event *e)
{
    static const char *const tags[] = { "rel", "relB", "relE", "relQ", "relM", "relS", "lotn", "all", "notall", "none", "is", "isnot", "samekind", "otherkind", "comp", "comp2", "both", "askB", "ask2", "pick2", "pick2b" };
    const char *tag = NULL;
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
        if (fact_count(f, tags[i]) > 0) {
            if (tag != NULL || fact_count(f, tags[i]) > 1)
                return 0;
            tag = tags[i];
        }
    *e = (struct event){ "any", 0, 0, -1, -1, 0, 0 };
    if (tag == NULL)
        return 1;
    struct capture *X = fact_capture(f, "X"), *Y = fact_capture(f, "Y");
    e->tag = strncmp(tag, "rel", 3) == 0 || strcmp(tag, "lotn") == 0 ? "rel" : strcmp(tag, "is") == 0 ? "all" : strcmp(tag, "isnot") == 0 ? "none" : strcmp(tag, "askB") == 0 ? "more" : strcmp(tag, "ask2") == 0 || strncmp(tag, "pick2", 5) == 0 ? "comp2" : tag;
    if (strncmp(tag, "pick2", 5) == 0) {
        e->kx = 0;
        e->ky = 1;
        return fact_int(f, "x", &e->x) && fact_int(f, "y", &e->y);
    }
    if (strcmp(tag, "samekind") == 0 || strcmp(tag, "both") == 0)
        return 1;
    if (strcmp(tag, "otherkind") == 0)
        return m->k == 2;
    if (fact_has(f, "each")) {
        e->tag = "both";
        return m->kinds == 2 && m->k == 2;
    }
    if (X == NULL || (e->kx = kind_of(c, m, X->raw)) < 0 || (Y != NULL && ((e->ky = kind_of(c, m, Y->raw)) < 0 || e->ky == e->kx)))
        return 0;
    if (strcmp(e->tag, "rel") == 0) {
        int gt = fact_has(f, "gt"), lt = fact_has(f, "lt");
        e->rel = fact_has(f, "ge") || gt ? 1 : fact_has(f, "le") || lt ? -1 : 0;
        if (fact_has(f, "ge") + fact_has(f, "le") + fact_has(f, "eq") + gt + lt != 1 || !fact_int(f, "j", &e->j) || e->j < 0)
            return 0;
        e->j += gt - lt;                              /* more than 2: at least 3 */
        return 1;
    }
    if (strcmp(tag, "comp") == 0) {
        e->tag = "comp2";
        e->x = e->y = 1;
        return Y != NULL && m->k == 2;
    }
    if (strcmp(e->tag, "comp2") == 0)
        return Y != NULL && fact_int(f, "x", &e->x) && fact_int(f, "y", &e->y) && e->x >= 0 && e->y >= 0 && e->x + e->y == m->k;
    if (strcmp(e->tag, "more") == 0)
        return Y != NULL;
    if (strcmp(tag, "is") == 0 || strcmp(tag, "isnot") == 0)
        return m->k == 1;
    return 1;
}

/* Is the formula the mean of the name: "E(X)", "EX"? */
static int is_mean_of(struct calc *c, const struct capture *k, const char *name)
{
    return k == NULL || (k->raw != NULL && (strcmp(k->raw, calc_printf(c, "E(%s)", name)) == 0 || strcmp(k->raw, calc_printf(c, "E%s", name)) == 0 || strcmp(k->raw, calc_printf(c, "E\\left(%s\\right)", name)) == 0));
}

/* The mean of the number of one kind in the draw, whether it is put back or not. */
static int mean_count(struct calc *c, struct facts *f, const struct model *m, long total, struct reading *r)
{
    struct capture *C = fact_capture(f, "C"), *v = fact_capture(f, "v"), *v2 = fact_capture(f, "v2");
    int kind = C != NULL ? kind_of(c, m, C->raw) : -1;
    if (kind < 0 || (v2 != NULL && (v == NULL || strcmp(v->raw, v2->raw) != 0)) || !is_mean_of(c, fact_capture(f, "ev"), v != NULL ? v->raw : "") || !is_mean_of(c, fact_capture(f, "ev2"), v != NULL ? v->raw : ""))
        return 0;
    r->v = val_q(c, m->k * m->n[kind], total);
    r->text = calc_printf(c, "%d drawn of %ld, %ld of them %s, find the mean number of %s", m->k, total, m->n[kind], m->name[kind], m->name[kind]);
    return 1;
}

static int draws_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    struct model m = { 0 };
    struct event e;
    long k = 0, k2, x[KINDS] = { 0 };
    (void)arg;
    if (!population(c, f, &m))
        return 0;
    static const char *const count[] = { "n", "ask2", "lotn", "leadn", "relQ", "relM", "relS", "kpx", "leadk", "askB" };
    int ways = 0, p;
    for (size_t i = 0; i < sizeof count / sizeof *count; i++)
        ways += fact_count(f, count[i]);
    p = ways == 0;
    m.replace = fact_count(f, "with") + fact_count(f, "withtwo") == 1;
    if (fact_count(f, "once") == 1)
        k = 1;
    else if (fact_count(f, "withtwo") + fact_count(f, "outtwo") == 1)
        k = 2;
    else if (fact_count(f, "pick2") + fact_count(f, "pick2b") + fact_count(f, "ask2") == 1) {
        long a, b;
        if (!fact_int(f, "x", &a) || !fact_int(f, "y", &b) || a < 0 || b < 0 || a > MAX_DRAW || b > MAX_DRAW)
            return 0;
        k = a + b;
    } else if (!fact_int(f, "k", &k))
        return 0;
    if (k < 1 || k > MAX_DRAW || (fact_int(f, "k2", &k2) && k2 != k) || (fact_int(f, "k3", &k2) && k2 != k) || (fact_has(f, "is2") && k != 2))
        return 0;
    m.k = (int)k;
    long total = 0;
    for (int i = 0; i < m.kinds; i++)
        total += m.n[i];
    if (total < 1 || (!m.replace && k > total) || (ways && !m.people && !fact_has(f, "distinct")))
        return 0;
    r->k = S_VALUE;
    struct match *first = fact_count(f, "order") == 1 ? fact_get(f, "order") : fact_get(f, "first");
    int one_by_one = fact_count(f, "without") + fact_count(f, "with") == 1;
    if (first != NULL) {                              /* in this order */
        int a = kind_of(c, &m, match_get(first, "X")->raw), b = kind_of(c, &m, match_get(first, "Y")->raw);
        if (a < 0 || b < 0 || k != 2 || ways || fact_count(f, "popQ") > 0 || (fact_count(f, "order") > 0 && !one_by_one))
            return 0;
        long second = m.n[b] - (!m.replace && a == b), rest = m.replace ? total : total - 1;
        if (rest < 1 || second < 0)
            return 0;
        r->v = val_q(c, m.n[a] * second, total * rest);
        r->text = calc_printf(c, "two drawn %s replacement, P(first %s, second %s)", m.replace ? "with" : "without", m.name[a], m.name[b]);
        return 1;
    }
    struct match *later = fact_count(f, "second") == 1 ? fact_get(f, "second") : fact_get(f, "given");
    if (later != NULL) {                              /* the second, by itself or after the first */
        int given = fact_count(f, "given") == 1, a = given ? kind_of(c, &m, match_get(later, "X")->raw) : -1, b = kind_of(c, &m, match_get(later, "Y")->raw);
        if (b < 0 || !one_by_one || (given && (a < 0 || m.n[a] < 1)) || k != 2 || ways || fact_count(f, "popQ") > 0)
            return 0;
        long one_gone = given && !m.replace;
        if (total - one_gone < 1)
            return 0;
        r->v = val_q(c, m.n[b] - (one_gone && a == b), total - one_gone);
        r->text = calc_printf(c, "two drawn %s replacement, P(second %s%s%s)", m.replace ? "with" : "without", m.name[b], given ? " after first " : "", given ? m.name[a] : "");
        return 1;
    }
    if (fact_count(f, "mean") == 1)
        return mean_count(c, f, &m, total, r);
    if (!event_of(c, f, &m, &e) || fact_count(f, "count") > 0 || (p && strcmp(e.tag, "any") == 0))
        return 0;
    fmpz_t one, all, hit;
    fmpz_init_set_ui(one, 1);
    fmpz_init(all);
    fmpz_init(hit);
    compositions(c, &m, &e, 0, m.k, x, one, all, hit);
    int ok = !fmpz_is_zero(all);
    if (ok) {
        r->v = val_new(c);
        ca_set_fmpz(r->v, hit, c->ca);
        if (p)
            ca_div_fmpz(r->v, r->v, all, c->ca);
    }
    fmpz_clear(one);
    fmpz_clear(all);
    fmpz_clear(hit);
    const char *t = "";
    for (int i = 0; i < m.kinds; i++)
        t = calc_printf(c, "%s%s%ld %s", t, i ? ", " : "", m.n[i], m.name[i]);
    r->text = calc_printf(c, "%s; draw %ld %s; %s of (%s%s%s%s%s)", t, k, m.replace ? "with replacement" : "without replacement", p ? "probability" : "number of selections", e.tag, e.kx >= 0 ? " " : "", e.kx >= 0 ? m.name[e.kx] : "",
                          strcmp(e.tag, "rel") == 0 ? (e.rel > 0 ? " ≥ " : e.rel < 0 ? " ≤ " : " = ") : "", strcmp(e.tag, "rel") == 0 ? calc_printf(c, "%ld", e.j) : "");
    return ok;
}

int read_draws(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "draws";
    return clause_read(c, q, zh, draws_done, r, NULL) || clause_read(c, q, en, draws_done, r, NULL);
}
