/* read_trade.c - prices, discounts, profit, percentages, interest, mixtures. */
#include "plugins/calculator/questions/read.h"

#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define GOODS "(一件|一种|一台|一双|一套|一部|一个|某|某种|某件|这件|)(商品|衣服|上衣|外套|夹克|裤子|鞋|鞋子|运动鞋|运动服|电视|电视机|手机|电脑|冰箱|洗衣机|书包|玩具|产品|羽绒服|大衣|服装)"
#define BODY "(某校|某学校|一所学校|某厂|某工厂|某村)"
#define AMOUNT "{a:g:产量|学生人数|人数}"
#define MADE "{a:g:学生|机器}"
#define RISEN "比去年(增加|增长|提高|多)(了|){n:k}"
#define SALT "{a:s:盐|食盐|糖|白糖|蔗糖|酒精|药|农药|碱}"
#define MONEY "(是|为|)(多少({u:unit}|)|)"
#define ITEM "(shirt|jacket|coat|book|bag|bike|bicycle|phone|dress|computer|watch|item|article|toy|camera|tv|television|pair of shoes|ticket|laptop|sweater|radio|lamp|chair|table)"
#define AN "(a|an|the)"
#define WHAT "(what is|what's|find|calculate|compute)"
#define PAGES "一本书(共|有|共有){i:n}页,{p:x}(第一天|第一周)(看|读)了(全书|这本书|总页数)的{n:a},(第二天|第二周)(看|读)了"
#define YR "(per year|a year|per annum|each year|annually|annual interest|simple interest|yearly|)"

const struct family read_trade[] = {
    { .id = "price after tenths", .formula = "p*z", .conds = "p>0, z<1", .dims = "p:$", .unit = "p", .text = "{p}, at {z} of it, find the price", .patterns = P(
        GOODS "(的|)(原价|标价|定价)(为|是|){q:p},(现在|现|)(打|按){o:z}(出售|销售|促销|优惠|后|),(求|)(现价|售价|现在的价格|打折后的价格|实际售价|现在的售价|这件(商品|衣服)的售价|折后价)" MONEY) },
    { .id = "price before tenths", .formula = "p\\div z", .conds = "p>0, z<1", .dims = "p:$", .unit = "p", .text = "{p} is {z} of the price, find the price", .patterns = P(
        GOODS "打{o:z}(后|出售后|出售,|,)(的|)(售价|价格|现价|卖|以)(为|是|){q:p},(求|)(它的|这件商品的|该商品的|)(原价|标价|定价)" MONEY,
        GOODS "(按|)(原价|标价)(的|){o:z}(出售|销售),(售价|现价)(为|是){q:p},(求|)(它的|该商品的|)(原价|标价)" MONEY) },
    { .id = "price after a discount", .formula = "p*(1-a)", .conds = "p>0, a>0, a<1", .dims = "p:$ a:%", .unit = "p", .text = "{p}, less {a}, find the price", .patterns = P(
        GOODS "(的|)(原价|标价|定价)(为|是|){q:p},(现|现在|)(降价|降低|优惠|便宜)(了|){n:a}(出售|销售|后|),(求|)(现价|售价|现在的价格|降价后的价格)" MONEY,
        AN " " ITEM " (costs|is priced at|has a price of|normally costs) {q:p},(it is|and is) (sold|on sale) at a {n:a} discount," WHAT " the (sale|final|new|discounted|selling) price",
        AN " " ITEM " (costs|is priced at|has a price of|normally costs) {q:p},(it is|it's) on sale for {n:a} off," WHAT " the (sale|final|new|discounted|selling) price") },
    { .id = "price after a rise", .formula = "p*(1+a)", .conds = "p>0, a>0", .dims = "p:$ a:%", .unit = "p", .text = "{p}, plus {a}, find the price", .patterns = P(
        GOODS "(的|)(原价|进价|成本)(为|是|){q:p},(现|现在|)(涨价|提价|提高|上涨)(了|){n:a}(后|),(求|)(现价|售价|现在的价格|涨价后的价格)" MONEY,
        "the price of " AN " " ITEM " (is|was) {q:p},it (is|was) (increased|raised) by {n:a}," WHAT " the new price") },
    { .id = "price before a discount", .formula = "p\\div(1-a)", .conds = "p>0, a>0, a<1", .dims = "p:$ a:%", .unit = "p", .text = "{p} after {a} off, find the original price", .patterns = P(
        "after a {n:a} (discount|reduction|decrease),(the price of |)" AN " " ITEM " (costs|is|was sold for|sells for) {q:p},(what was|find) (the|its) original price",
        AN " " ITEM " (is|was) (sold for|on sale for) {q:p} after a {n:a} (discount|reduction),(what was|find) (the|its) original price") },
    { .id = "price before a rise", .formula = "p\\div(1+a)", .conds = "p>0, a>0", .dims = "p:$ a:%", .unit = "p", .text = "{p} after a rise of {a}, find the original price", .patterns = P(
        "after a {n:a} (increase|rise|raise),(the price of |)" AN " " ITEM " (costs|is|was) {q:p},(what was|find) (the|its) original price",
        GOODS "(涨价|提价|上涨|提高){n:a}后(的|)(售价|价格|现价)(为|是|){q:p},(求|)(它的|)(原价|原来的价格)" MONEY,
        "(商店|某商店|)(以{q:p}(的价格|)(卖出|卖|售出)(一件|)(衣服|商品|上衣)|一件(衣服|商品|上衣)卖{q:p}),(结果|)(盈利|获利|赚|赚了|盈利了){n:a},(求|)(这件(衣服|商品|上衣)的|它的|)(进价|成本|成本价)" MONEY,
        "by selling " AN " " ITEM " for {q:p},(a|the) (shop|shopkeeper|merchant|man|dealer|store|trader) (makes|earns|made|gains) (a |)(profit of |){n:a}( profit|),(find|what (is|was)) (the|its) (cost price|cost)") },
    { .id = "price before a loss", .formula = "p\\div(1-a)", .conds = "p>0, a>0, a<1", .dims = "p:$ a:%", .unit = "p", .text = "{p} with a loss of {a}, find the cost", .patterns = P(
        "(商店|某商店|)以{q:p}(的价格|)(卖出|卖|售出)(一件|)(衣服|商品|上衣),(结果|)(亏损|亏本|亏了|亏){n:a},(求|)(这件(衣服|商品|上衣)的|它的|)(进价|成本|成本价)" MONEY,
        "by selling " AN " " ITEM " for {q:p},(a|the) (shop|shopkeeper|merchant|man|dealer|store|trader) (has|makes|made|suffers) a loss of {n:a},(find|what (is|was)) (the|its) (cost price|cost)") },
    { .id = "two discounts", .formula = "p*(1-a)*(1-b)", .conds = "p>0, a>=0, b>=0, a<1, b<1", .dims = "p:$ a:% b:%", .unit = "p", .text = "{p}, less {a}, then less {b}, find the price", .patterns = P(
        GOODS "(的|)原价(为|是|){q:p},先(降价|下降|降低){n:a}(后|),(再|又)(降价|下降|降低){n:b}(后|),(求|)(现价|现在的价格|最后的价格|最终价格|此时的价格)" MONEY) },
    { .id = "two equal cuts", .formula = "1-sqrt(q\\div p)", .conds = "p>0, q>0, q<p", .dims = "p:$ q:$", .unit = "%", .text = "{p} cut twice by the same share to {q}, find the share", .patterns = P(
        GOODS "(的|)原价(为|是|){q:p},(经过|)连续两次降价(后|),(售价|现价)(为|是|降为|){q:q},(若|如果|)(已知|)((每次|两次)(降价|)(的|)(百分率|百分比)(相同|都相同)),(求|)(每次|平均每次)降价的(百分率|百分比)(是多少|)") },
    { .id = "profit rate", .formula = "(q-p)\\div p", .conds = "p>0, q>p", .dims = "p:$ q:$", .unit = "%", .text = "cost {p}, price {q}, find the profit over the cost", .patterns = P(
        GOODS "(的|)进价(为|是|){q:p},售价(为|是|){q:q},(求|)(该商品|这件商品|它|)(的|)利润率(是多少|是百分之几|)",
        "a (shopkeeper|man|merchant|dealer|trader|shop|store) buys " AN " " ITEM " for {q:p} and sells it for {q:q},(what is|find) (his|her|its|the) (profit|percentage profit|profit percentage|profit percent|percent profit) (as a percentage of the cost( price|)|on the cost( price|))") },
    { .id = "list price from tenths and profit", .formula = "p*(1+a)\\div z", .conds = "p>0, a>0, z<1", .dims = "p:$ a:%", .unit = "p", .text = "cost {p}, at {z} of the list price still a profit of {a}, find the list price", .patterns = P(
        GOODS "(的|)(进价|成本)(为|是|){q:p},(按|如果按|若按)(标价|定价)的{o:z}(出售|销售),(仍|仍可|仍能|还能|还可以)(获利|盈利|赚){n:a},(求|)(该商品的|这件商品的|它的|)(标价|定价)" MONEY) },
    { .id = "cost from tenths and profit", .formula = "p*z-m", .conds = "p>0, m>0, p*z>m, z<1", .dims = "p:$ m:$", .unit = "p", .text = "list price {p}, sold at {z} of it with a profit of {m}, find the cost", .patterns = P(
        GOODS "(的|)(标价|定价)(为|是|){q:p},(按|)(打|标价的){o:z}(出售|销售)(后|),(仍|仍可|仍能|还能|还可以|可)(获利|盈利|赚){q:m},(求|)(这件(商品|衣服|上衣)的|该商品的|它的|)(进价|成本|成本价)" MONEY) },
    { .id = "count before a rise", .formula = "a\\div(1+k)", .conds = "a>0, k>0", .dims = "k:%", .unit = "#", .text = "{a} this year, {k} more than last year, find last year's", .patterns = P(
        BODY "今年(的|)" AMOUNT "(为|是|){n:a}({c:m}|)," RISEN ",(求|)去年(的|)" AMOUNT "(是|为|)(多少({c:m}|)|)", BODY "今年{a:v:有|生产}(" MADE "|){n:a}{c:m}(" MADE "|)," RISEN ",(求|)去年{a:v:有|生产}(" MADE "|)多少{c:m}(" MADE "|)") },
    { .id = "pages left", .formula = "n*(1-a)", .conds = "n>0, a>0, a<1", .dims = "a:%", .unit = "#", .text = "{n} pages, {a} read, find what is left", .patterns = P(
        "一本书(共|有|共有){i:n}页,{p:x}(第一天|第一周|已经|)(看|读)了(全书|这本书|总页数)的{n:a},还(剩|剩下|有)多少页(没看|没有看|没读|未看|)") },
    { .id = "pages left after two days", .formula = "n*(1-a)*(1-b)", .conds = "n>0, a>0, a<1, b>0, b<1", .unit = "", .text = "{n} pages, {a} read, then {b} of the rest, find what is left", .patterns = P(
        PAGES "(余下|剩下)的{n:b},还(剩|剩下|有)(多少|几)页(没看|没有看|没读|没有读|未看|)") },
    { .id = "pages left after two shares of all", .formula = "n*(1-a-b)", .conds = "n>0, a>0, b>0, a+b<1", .unit = "", .text = "{n} pages, {a} and {b} of them read, find what is left", .patterns = P(
        PAGES "(全书|这本书|总页数)的{n:b},还(剩|剩下|有)(多少|几)页(没看|没有看|没读|没有读|未看|)") },
    { .id = "percent of a number", .formula = "a*n", .conds = "a>0", .dims = "a:%", .unit = "", .text = "{a} of {n}", .patterns = P(
        "(求|){n:n}的{n:a}(是|等于)多少", "(求|求出|计算){n:n}的{n:a}", "(what is|what number is|find|calculate|compute) {n:a} of {n:n}", "how much is {n:a} of {n:n}") },
    { .id = "so many times the number", .formula = "a*k", .conds = "a>0, k>0", .unit = "", .text = "{a}, {k} times, find the result", .patterns = P("(把|将)(数|){n:a}(扩大|增加|放大)(到|为)(原来的|它的|原数的){n:k}倍,(结果|得数|得到的数|所得的数|它)(是|等于|为|变为)(多少|几)") },
    { .id = "number from a percent", .formula = "n\\div a", .conds = "a>0", .dims = "a:%", .unit = "", .text = "{a} of a number is {n}, find the number", .patterns = P(
        "一个数的{n:a}(是|等于){n:n},(求|)(这个数|这个数是多少|这个数是几)", "{n:n} is {n:a} of (what|which) number", "{n:a} of a number is {n:n},(find|what is) the number", "if {n:a} of a number is {n:n},(find|what is) the number") },
    { .id = "what percent", .formula = "a\\div b", .conds = "a>0, b>0", .unit = "%", .text = "{a} as a percentage of {b}", .patterns = P(
        "{n:a}是{n:b}的百分之(几|多少)", "{n:a} is what (percent|percentage|%) of {n:b}", "what (percent|percentage) of {n:b} is {n:a}") },
    { .id = "what percentage did so", .formula = "k\\div n", .conds = "n>0, k>=0, k<=n", .unit = "%", .text = "{k} of {n}, find the percentage", .patterns = P(
        "in (a|the) {a:g:class|school|group|club|team|year} of {i:n} (pupils|students|children|people|members|players),{i:k} {a:v:passed|failed|took|sat}( the {a:o:exam|test|examination|quiz}|),what (percentage|percent) of the ({a:g:class|school|group|club|team|year}|pupils|students|children|people|members|players) {a:v:passed|failed|took|sat}( the {a:o:exam|test|examination|quiz}|)") },
    { .id = "rate of those who passed", .formula = "k\\div n", .conds = "n>0, k>=0, k<=n", .unit = "%", .text = "{k} of {n}, find the percentage", .patterns = P(
        "(某班|一个班|某班级|全班)(一共|共|)有{i:n}(名|个|位|)(人|学生|同学),(其中|)(某次考试|一次考试|)(有|){i:k}(名|个|位|)(人|学生|同学)(考试|){a:v:及格|达标|优秀},(求|)(这个班的|全班的|该班的|){a:v:及格|达标|优秀}率(是多少|是|)") },
    { .id = "increased by a share", .formula = "a*(1+k)", .conds = "a>0, k>0", .dims = "k:%", .unit = "", .text = "{a} and {k} of it more, find the result", .patterns = P("(if |)((a|the) (quantity|number|value|amount|population|total) of |(a|the) (number|value) |)({n:a}) (is|was) (increased|raised) by {n:k}(,|)( and|)(what is|find|what will be) (the (result|new (value|number|amount|quantity|total)|resulting (number|value)|final (value|number))|it)", "(increase|raise) {n:a} by {n:k}", "(what is|find) (the result (when|if|of increasing)|the value when) {n:a} (is increased |)by {n:k}", "(把|将|)(数|){n:a}(增加|提高|增加了|提高了)(它的|)({n:k})(后|),(结果|得到的数|所得的数|得数|)(是|为|等于)多少") },
    { .id = "decreased by a share", .formula = "a*(1-k)", .conds = "a>0, k>0, k<=1", .dims = "k:%", .unit = "", .text = "{a} and {k} of it less, find the result", .patterns = P("(if |)((a|the) (quantity|number|value|amount|population|total) of |(a|the) (number|value) |)({n:a}) (is|was) (decreased|reduced|lowered) by {n:k}(,|)( and|)(what is|find|what will be) (the (result|new (value|number|amount|quantity|total)|resulting (number|value)|final (value|number))|it)", "(decrease|reduce|lower) {n:a} by {n:k}", "(把|将|)(数|){n:a}(减少|降低|减少了|降低了)(它的|)({n:k})(后|),(结果|得到的数|所得的数|得数|)(是|为|等于)多少") },
    { .id = "so much more than the other", .formula = "a*(1+k)", .conds = "a>0, k>0", .dims = "k:%", .unit = "", .text = "{k} more than {a}", .patterns = P("甲数是{n:a},乙数比甲数多{t:k},(求|)乙数(是多少|)", "what number is {n:k} more than {n:a}", "(求|)比{n:a}多{n:k}的数(是多少|是几|)", "{n:a}增加{n:k}(后|)是多少") },
    { .id = "so much less than the other", .formula = "a*(1-k)", .conds = "a>0, k>0, k<1", .dims = "k:%", .unit = "", .text = "{k} less than {a}", .patterns = P("甲数是{n:a},乙数比甲数少{t:k},(求|)乙数(是多少|)", "what number is {n:k} less than {n:a}", "(求|)比{n:a}少{n:k}的数(是多少|是几|)") },
    { .id = "the other, from so much more", .formula = "a\\div(1+k)", .conds = "a>0, k>0", .dims = "k:%", .unit = "", .text = "{a} is {k} more than it", .patterns = P("甲数是{n:a},甲数比乙数多{t:k},(求|)乙数(是多少|)", "{n:a} is {n:k} more than what number") },
    { .id = "the other, from so much less", .formula = "a\\div(1-k)", .conds = "a>0, k>0, k<1", .dims = "k:%", .unit = "", .text = "{a} is {k} less than it", .patterns = P("甲数是{n:a},甲数比乙数少{t:k},(求|)乙数(是多少|)", "{n:a} is {n:k} less than what number") },
    { .id = "compound amount", .formula = "p*(1+a)^n", .conds = "p>0, a>0, n>0, n<100", .dims = "p:$ a:%", .unit = "p", .text = "{p} at {a} a year, compounded yearly, {n} years, find the amount", .patterns = P("({p:x}|)存入(银行|){q:p},年利率(为|是){n:a},按(年|)复利计算,{i:n}年后(本息|本利和)(共|一共|)(是|为|)多少({u:unit}|)", "{q:p} (are|is) deposited at {n:a} (a|per) year(,|) compounded (annually|yearly),what is the balance (in {u:unit} |)after {i:n} years") },
    { .id = "simple amount", .formula = "p*(1+a*n)", .conds = "p>0, a>0, n>0, n<100", .dims = "p:$ a:%", .unit = "p", .text = "{p} at {a} a year, simple interest, {n} years, find the amount", .patterns = P("({p:x}|)存入(银行|){q:p},年利率(为|是){n:a},按单利计算,{i:n}年后(本息|本利和)(共|一共|)(是|为|)多少({u:unit}|)", "{q:p} (are|is) deposited at {n:a} (a|per) year(,|) simple interest,what is the balance (in {u:unit} |)after {i:n} years") },
    { .id = "percent more", .formula = "(a-b)\\div b", .conds = "a>b, b>0", .unit = "%", .text = "by what percentage of {b} is {a} more", .patterns = P(
        "甲数是{n:a},乙数是{n:b},(那么|)甲(数|)比乙(数|)多百分之(几|多少)", "{n:a}比{n:b}多百分之(几|多少)", "乙数是{n:b},甲数是{n:a},(那么|)甲(数|)比乙(数|)多百分之(几|多少)") },
    { .id = "percent less", .formula = "(b-a)\\div b", .conds = "a<b, a>0", .unit = "%", .text = "by what percentage of {b} is {a} less", .patterns = P(
        "甲数是{n:b},乙数是{n:a},(那么|)乙(数|)比甲(数|)少百分之(几|多少)", "{n:a}比{n:b}少百分之(几|多少)", "乙数是{n:a},甲数是{n:b},(那么|)乙(数|)比甲(数|)少百分之(几|多少)") },
#define GROWN "(the (price|cost|value|rent|population|number|weight|salary|enrollment|temperature|fare) of " THING "|(the|a|his|her) (price|cost|value|rent|population|number|weight|salary|wage|fare|quantity))"
#define THING "((a|an|the) (town|city|village|country|" ITEM "|house|stock|share|school|club|ticket)|gas|oil|{w:thing})"
    { .id = "percentage of growth", .formula = "(b-a)\\div a", .conds = "b>a, a>0", .dims = "a:$ b:$", .unit = "%", .text = "from {a} to {b}, find the percentage increase", .patterns = P("(if |)" GROWN " (increased|rose|went up|grew|increases|rises|was raised|was increased) from ({q:a}|{n:a}) to ({q:b}|{n:b}),(find|what is|what was) the (percentage|percent) (increase|rise|growth)", "(if |)" GROWN " (increased|rose|went up|grew|increases|rises|was raised|was increased) from ({q:a}|{n:a}) to ({q:b}|{n:b}),by what (percent|percentage) did (it|" GROWN ") (increase|rise|grow|go up)") },
    { .id = "percentage of decline", .formula = "(a-b)\\div a", .conds = "b<a, b>0", .dims = "a:$ b:$", .unit = "%", .text = "from {a} to {b}, find the percentage decrease", .patterns = P("(if |)" GROWN " (decreased|fell|dropped|went down|declined|decreases|falls|drops|was reduced|was lowered) from ({q:a}|{n:a}) to ({q:b}|{n:b}),(find|what is|what was) the (percentage|percent) (decrease|drop|decline|reduction|fall)", "(if |)" GROWN " (decreased|fell|dropped|went down|declined|decreases|falls|drops|was reduced|was lowered|is reduced|is lowered|is cut|was cut) from ({q:a}|{n:a}) to ({q:b}|{n:b}),by what (percent|percentage) (did (it|" GROWN ") (decrease|fall|drop|decline|go down)|(was|is|has) (it|the price) (been |)(reduced|lowered|cut|decreased))") },
    { .id = "cost from a marked price and a gain", .formula = "m\\div((1+a)*z-1)", .conds = "m>0, a>0, z<1, (1+a)*z>1", .dims = "m:$ a:%", .unit = "m", .text = "marked {a} above the cost, sold at {z} of that with a gain of {m}, find the cost", .patterns = P("(某商店|商店|某商场|)(将|把|)" GOODS "(按|)(进价|成本)(价|)提高{n:a}(后|)(标价|作为标价),(再|又|然后|)(打|按标价(的|)){o:z}(出售|销售|)(,|)(结果|)(仍|)(每件|每台|)(仍|)(获利|盈利|赚|可获利)(了|){q:m},(求|则|)(这种商品|该商品|每件商品|这件商品|它|)(的|)(进价|成本)(价|)" MONEY) },
    { .id = "share of a class", .formula = "k\\div n", .conds = "n>0, k>=0, k<=n", .unit = "%", .text = "{k} of {n}, find the percentage", .patterns = P("{i:k} (out |)of (the |){i:n} {w:st} {w:did}( (a|the|an) {w:ob}|),(what|find the) (percent|percentage) of the {w:st} {w:did}( (the|a|an) {w:ob}| it|)", "(某班|某校|全班|一个班|某小组)(共|)有(学生|){i:n}(名|人)(学生|同学|),(其中|){a:g:男生|女生|团员|党员}(有|){i:k}(名|人),(求|){a:g:男生|女生|团员|党员}(人数|)占(全班|全校|全组)(人数|学生|学生人数|总人数|)的百分之(几|多少)") },
    { .id = "percentage increase", .formula = "(b-a)\\div a", .conds = "b>a, a>0", .dims = "a:$ b:$", .unit = "%", .text = "from {a} to {b}, find the percentage increase", .patterns = P(
        "(if |)the price of " AN " " ITEM " (increased|rose|went up|increases|rises) from {q:a} to {q:b}," WHAT " the (percentage|percent) increase") },
    { .id = "percentage decrease", .formula = "(a-b)\\div a", .conds = "b<a, b>0", .dims = "a:$ b:$", .unit = "%", .text = "from {a} to {b}, find the percentage decrease", .patterns = P(
        "the price of " AN " " ITEM " (decreased|fell|dropped|went down|decreases|falls) from {q:a} to {q:b}," WHAT " the (percentage|percent) decrease") },
    { .id = "yearly growth", .formula = "a*(1+k)^n", .conds = "a>0, k>0, n>0, n<50", .dims = "k:%", .unit = "#", .text = "{a}, plus {k} each year, find the number after {n} years", .patterns = P(
        "a (town|city|village|country) (had|has) {n:a} (inhabitants|people|residents),the population (increased|grew|increases|grows) by {n:k} (each|every) year,what (was|is|will be) the population (after {i:n} years|be after {i:n} years)") },
    { .id = "simple interest alone", .formula = "p*a*n", .conds = "p>0, a>0, n>0, n<100", .dims = "p:$ a:%", .unit = "p", .text = "{p} at {a} a year, simple, {n} years, find the interest", .patterns = P(
        "({p:x}|)(把|将|){q:p}存入银行,(存期{i:n}年,|)年利率(为|是|){n:a},按单利计算,{i:n}年后(可得|可以得到|得到的|的)(利息)" MONEY,
        "how much simple interest does {q:p} earn at {n:a} " YR " (in|over|for|after) {i:n} years", "{w:x} invests {q:p} at (a |)simple interest (rate |)of {n:a} (per year|a year|per annum),how much interest does (he|she) earn in {i:n} years", "find the simple interest on {q:p} at {n:a} " YR " for {i:n} years", "(what is|calculate|compute|find) the simple interest (earned |)on {q:p} (invested |)at {n:a} " YR " (for|over|after|in) {i:n} years",
        "本金(为|是|){q:p},年利率(为|是|){n:a},按单利计算,{i:n}年(后|)的利息" MONEY) },
    { .id = "compound interest alone", .formula = "p*((1+a)^n-1)", .conds = "p>0, a>0, n>0, n<100", .dims = "p:$ a:%", .unit = "p", .text = "{p} at {a} a year, compounded yearly, {n} years, find the interest", .patterns = P(
        "{q:p} is invested at {n:a} " YR "(,|) compounded (annually|yearly),(what is|find) the compound interest (earned |)after {i:n} years",
        "(find|what is|calculate) the compound interest on {q:p} at {n:a} " YR "(,|) compounded (annually|yearly)(,| )(for|after) {i:n} years", "(把|将|)(本金|){q:p}(存入银行|),年利率(为|是|){n:a},按(年|)复利计算,{i:n}年后(可得|得到的|的)利息" MONEY) },

    /* ---- mixtures ---- */
    { .id = "strength of a solution", .formula = "a\\div(a+b)", .conds = "a>0, b>0", .dims = "a:s b:s", .unit = "%", .text = "{a} dissolved in {b} of water, find the strength", .patterns = P(
        "(把|将){q:a}" SALT "(溶解在|溶于|放入|加入){q:b}水(中|里)(,|)(求|)(得到的|所得|这时|)" SALT "水的(浓度|含盐率|含糖率)(是多少|)", "{q:a} of {w:s} (is|are) dissolved in {q:b} of water,(what is|find) the (concentration|percentage) of (the solution|{w:s} in the solution)") },
    { .id = "salt to add", .formula = "m*(b-a)\\div(1-b)", .conds = "m>0, a>=0, b>a, b<1", .dims = "m:s a:% b:%", .unit = "m", .text = "{m} of strength {a}, add salt to reach {b}, find how much", .patterns = P(
        "(现有|有)浓度(为|是){n:a}的" SALT "水{q:m},要(把它|使它|)(变成|配成|的浓度变为|使其浓度变为)(浓度(为|是)|){n:b}(的" SALT "水|),(需要|需|要|应)(再|)加" SALT "多少{u:unit}",
        "how (much|many {u:unit} of) (pure |){w:s} must be added to {q:m} of a {n:a} {w:s} solution to (obtain|get|make|produce) a {n:b} ({w:s} |)solution") },
    { .id = "water to add", .formula = "m*a\\div b-m", .conds = "m>0, a>0, b>0, b<a, a<=1", .dims = "m:s a:% b:%", .unit = "m", .text = "{m} of strength {a}, add water to reach {b}, find how much", .patterns = P(
        "(现有|有|)(一杯|一桶|一瓶|)(浓度(为|是){n:a}的" SALT "水{q:m}|{q:m}浓度(为|是){n:a}的" SALT "水|浓度(为|是){n:a}的{q:m}" SALT "水),(要|若要|若|想|现要|现在要|)(使(其|它|" SALT "水的|)(的|)浓度(降为|降低到|降到|变为|变成|稀释为|稀释到|为)|(把它|将其|)(稀释成|稀释为|配成|变成)(浓度(为|是)|)){n:b}(的" SALT "水|),(则|)(需要|需|要|应|应该|应当)(再|)(加|加入)(水|)(多少|几){u:unit}(的|)(水|)", "(在|向|往)(浓度(为|是){n:a}的" SALT "水{q:m}|{q:m}浓度(为|是){n:a}的" SALT "水|浓度(为|是){n:a}的{q:m}" SALT "水)(中|里)(加入|加|兑入|倒入)(多少|几){u:unit}(的|)水(后|),(可以|可|能|才能|)(使(其|" SALT "水的|)(的|)|)(得到|配成|)(浓度(变为|降为|降到|为|变成|是)|){n:b}(的" SALT "水|)",
        "(how (much|many {u:unit} of) (pure |)water) (must|should|needs to|has to|do you need to|must you|is needed to) (be added|be mixed|add|dilute) (to|with|) {q:m} of (a |an |)({n:a} {w:s} solution|{w:s} solution (of|with) (concentration |strength |){n:a}) (to (get|obtain|make|produce|reduce it to|dilute it to|have|reduce the concentration to)|so that (it|the result|the mixture) is|so that the concentration becomes|in order to (get|obtain|make)) (a |an |){n:b}( {w:s}|)( solution| concentration| strength|)", "{q:m} of (a |an |)({n:a} {w:s} solution) (is|are) (to be |)diluted (with water |)to (a |an |){n:b}( solution|),how (much|many {u:unit} of) water (must be added|is added|should be added|is needed)") },
    { .id = "price from the profit rate", .formula = "p*(1+a)", .conds = "p>0, a>0", .dims = "p:$ a:%", .unit = "p", .text = "cost {p}, profit {a} of the cost, find the price", .patterns = P(GOODS "(的|)(进价|成本)(为|是|){q:p},(按|以){n:a}的利润率(出售|销售|定价),(求|)(售价|定价)" MONEY) },
    { .id = "salt in a solution", .formula = "m*a", .conds = "m>0, a>0, a<1", .dims = "m:s a:%", .unit = "m", .text = "{m} of strength {a}, find the salt in it", .patterns = P("how many {u:unit} of {w:s} are (there |)in {q:m} of a {n:a} {w:s} solution", "{q:m}浓度(为|是){n:a}的" SALT "水(中|里)(含|有)" SALT "多少{u:unit}") },
    { .id = "strength after adding water", .formula = "m*a\\div(m+w)", .conds = "m>0, a>0, a<1, w>0", .dims = "m:s a:% w:s", .unit = "%", .text = "{m} of strength {a}, add {w} of water, find the strength", .patterns = P(
        "(在|向|)(浓度(为|是){n:a}的" SALT "水{q:m}|浓度(为|是){n:a}的{q:m}" SALT "水|{q:m}浓度(为|是){n:a}的" SALT "水)(中|里)(加入|加){q:w}水(后|),(此时|这时|求|)(" SALT "水的|)浓度(是多少|变为多少|)") },
    { .id = "strength of a mixture", .formula = "(m*a+n*b)\\div(m+n)", .conds = "m>0, n>0, a>=0, b>=0, a<=1, b<=1", .dims = "m:s n:s a:% b:%", .unit = "%", .text = "{m} of strength {a} and {n} of strength {b} mixed, find the strength", .patterns = P(
        "(把|将)浓度(为|是){n:a}的" SALT "水{q:m}(和|与)浓度(为|是){n:b}的" SALT "水{q:n}混合(后|)(,|)(求|)(混合后|所得|)(的|)" SALT "水的浓度(是多少|)",
        "(把|将){q:m}浓度(为|是){n:a}的" SALT "水(和|与){q:n}浓度(为|是){n:b}的" SALT "水混合(后|)(,|)(求|)(混合后|所得|)(的|)" SALT "水的浓度(是多少|)",
        "{q:m} of a {n:a} {w:s} solution (are|is) mixed with {q:n} of a {n:b} {w:s} solution,(what is|find) the (concentration|strength|percentage) of the (resulting |)(mixture|solution)") },
    { .id = "water to evaporate", .formula = "m-m*a\\div b", .conds = "m>0, a>0, b>a, b<=1", .dims = "m:s a:% b:%", .unit = "m", .text = "{m} of strength {a}, evaporate water to reach {b}, find how much", .patterns = P(
        "浓度(为|是){n:a}的" SALT "水{q:m},(需要|要|)蒸发(掉|)多少{u:unit}水(后|),(浓度|才能使浓度|可使浓度)(变为|变成){n:b}",
        "how (much|many {u:unit} of) water must be evaporated from {q:m} of a {n:a} (salt|sugar|) solution to (make it|make|obtain|get) a {n:b} (salt |sugar |)solution") },
    { .id = "amount to mix", .formula = "m*(b-k)\\div(k-a)", .conds = "m>0, (b-k)\\div(k-a)>0", .dims = "m:s a:% b:% k:%", .unit = "m", .text = "{m} of strength {b}, mix with strength {a} to reach {k}, find how much", .patterns = P(
        "how many {u:unit} of a {n:a} {w:s} solution (must|should) be (mixed with|added to) {q:m} of a {n:b} {w:s} solution to (get|obtain|make|produce) a {n:k} ({w:s} |)solution") },
    { .id = NULL },
};
