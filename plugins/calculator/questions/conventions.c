/* conventions.c - see conventions.h: a table of words.
 *
 * A list is "phrase|phrase".  In a phrase a blank is any blanks and dollar signs, # a number (12, 0.5, three, 三),
 * & a number above 1, @ a letter that is used as an unknown, ~ up to 40 bytes of one sentence; all else is itself, in
 * capitals or small letters.  Only whole words count: "log" is not in "log_2" or "logic". */
#include "plugins/calculator/questions/conventions.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LISTS = 3, GAP_BYTES = 40 };

static const struct row {
    const char *all[LISTS];            /* the words that show it: one phrase of each list */
    const char *settled;               /* a phrase of these says which is meant, or that it makes no difference */
    struct convention en, zh;
} rows[] = {
    { { "variance|variances|standard deviation|standard deviations|方差|标准差",
        "# , #|# 、 #|data|数据" },
      "sample|samples|population|unbiased|n - 1|n-1|样本|总体|分母|除以|协方差|分布|随机变量|distribution|"
      "random variable|x_1|x_{1}|and variance|with variance|variance is #|variance = #|deviation is #|"
      "deviation = #|差是 #|差为 #|差 = #",
      { "variance", "of a sample (divided by n − 1)", "of a population (divided by n)" },
      { "方差", "样本方差（除以 n − 1）", "总体方差（除以 n）" } },
    { { "多 # 倍|多了 # 倍|增加 # 倍|增加了 # 倍|大 # 倍|大了 # 倍|增长 # 倍|增长了 # 倍|提高 # 倍|提高了 # 倍|"
        "上升了 # 倍|上涨了 # 倍|高 # 倍|长 # 倍|重 # 倍|快 # 倍|翻了 # 倍|# times more|# times larger|"
        "# times greater|# times bigger|# times higher|# times longer|# times heavier|# times older|"
        "# times faster|increased by # times|increases by # times|increase by # times|rises by # times|"
        "rose by # times|grows by # times|grew by # times" },
      "至多|最多|最大|不多",
      { "\"N times more\"", "N times as much", "N + 1 times as much" },
      { "“增加 N 倍”“多 N 倍”", "增加到 N 倍", "增加了 N 倍，成为 N + 1 倍" } },
    { { "少 # 倍|少了 # 倍|减少 # 倍|减少了 # 倍|缩小 # 倍|缩小了 # 倍|降低 # 倍|降低了 # 倍|# times less|"
        "# times fewer|# times smaller|# times lower|# times cheaper|# times lighter|# times shorter|"
        "# times slower" },
      "至少|最少|不少",
      { "\"N times less\"", "1/N as much", "1/(N + 1) as much" },
      { "“减少 N 倍”“少 N 倍”", "成为 1/N", "成为 1/(N + 1)" } },
    { { "rate ~ #%|percentage ~ #%|率 ~ #%",
        "rises by #%|rose by #%|increases by #%|increased by #%|falls by #%|fell by #%|drops by #%|dropped by #%|"
        "decreases by #%|decreased by #%|上升 #%|上升了 #%|提高 #%|提高了 #%|下降 #%|下降了 #%|降低 #%|降低了 #%|"
        "增加了 #%|减少了 #%" },
      "percentage points|percentage point|百分点|百分比点|interest|利率|利息|price|prices|价|税率|tax",
      { "a rate that changes by N %", "by N percentage points", "by N % of itself" },
      { "百分率变化 N%", "变化 N 个百分点", "变化它自身的 N%" } },
    { { "interest|利息|利率|本利和|本息",
        "#%",
        "& years|& year|& months|& 年|& 个月" },
      "simple|compound|compounded|compounding|compounds|单利|复利|利滚利|continuously",
      { "interest", "simple", "compound" },
      { "利息", "单利", "复利" } },
    { { "log|logarithm of|logarithms of" },
      "base|natural|common|denotes|means|底|自然对数|常用对数|\\frac{\\log|= \\log|\\ln|ln",
      { "log without a base", "to base 10", "to base e" },
      { "没有写底数的 log", "以 10 为底", "以 e 为底" } },
    { { "between # and #|# 和 # 之间|# 与 # 之间|# 到 # 之间|# 至 # 之间|介于 # 和 #|介于 # 与 #",
        "how many|number of|sum of|多少|几个|个数|之和|的和",
        "integers|whole numbers|整数" },
      "inclusive|inclusively|exclusive|exclusively|strictly|including|included|excluding|excluded|ends|endpoints|"
      "包括|包含|含|区间|divisible|multiple|multiples|prime|primes|composite|odd|even|square|squares|cube|cubes|"
      "power|powers|remainder|digit|digits|distance|整除|倍数|质数|素数|合数|奇数|偶数|平方数|立方数|余|距离|数字",
      { "\"between a and b\"", "with both ends", "without them" },
      { "“a 和 b 之间”", "包括两端", "不包括两端" } },
    { { "how many days|多少天|几天|多少日",
        "from january #|from february #|from march #|from april #|from may #|from june #|from july #|"
        "from august #|from september #|from october #|from november #|from december #|from monday to|"
        "from tuesday to|from wednesday to|from thursday to|from friday to|from saturday to|from sunday to|"
        "# 日到|# 日至|# 号到|# 号至" },
      "inclusive|including|included|excluding|both days|包括|包含|含|都算|不算",
      { "from one day to another", "with the first day and the last", "with one of the two" },
      { "从某日到某日", "首尾两天都算", "首尾两天只算一天" } },
    { { "trees|tree|posts|poles|lamps|flags|树|电线杆|路灯|彩旗|红旗",
        "every #|metres apart|meters apart|m apart|feet apart|intervals of #|每隔 #|间隔 #|每 # 米",
        "how many|多少|几棵|几盏|几根|几面" },
      "end|ends|at the start|start|端|首尾|头尾|起点|圆|环|周长|四周|周围|一圈|circle|circular|round|around|"
      "perimeter|pond",
      { "things at equal distances along a line", "one at both ends, too", "not at both ends" },
      { "沿一条线等距放置", "两端都有", "两端不都有" } },
    { { "letter words|letter word|letter codes|letter code|letter passwords|digit codes|digit code|"
        "digit passwords|digit password|digit numbers|digit number|位数|位密码|位的密码|位偶数|位奇数",
        "from the digits|from digits|formed from #|made from #|with the digits|using the digits|using digits|"
        "only the digits|from the letters|using the letters|with the letters|用数字|由数字|从数字|这 # 个数字|"
        "个数字 ~ 组成|用字母|个字母" },
      "repeat|repeats|repeated|repeating|repetition|repetitions|twice|once|distinct|different digits|"
      "different letters|all different|digits different|replacement|重复|互不相同|各不相同|不同的数字|不同数字|"
      "一次",
      { "digits or letters that are chosen", "each at most once", "with repetition" },
      { "所选的数字或字母", "不能重复", "可以重复" } },
    { { "then a second|then another|one after the other|one after another|in succession|先后|依次|接连|连续摸|"
        "连续抽|连续取",
        "ball|balls|marble|marbles|card|cards|chip|chips|球|牌|卡片|签",
        "probability|chance|概率|可能性" },
      "replacement|replaced|replacing|replaces|put back|puts back|returned|returns|without|back|放回|同时",
      { "draws one after another", "without replacement", "with replacement" },
      { "先后抽取", "不放回", "放回" } },
    { { "natural numbers less than #|natural numbers smaller than #|natural numbers below #|"
        "natural numbers up to #|natural numbers are less than #|natural numbers are smaller than #|"
        "natural numbers are there below #|natural numbers not exceeding #|natural numbers at most #|"
        "natural numbers satisfy|natural number solutions|natural solutions|first # natural numbers|"
        "小于 # 的自然数|小于等于 # 的自然数|不大于 # 的自然数|不超过 # 的自然数|# 以内的自然数|自然数解|"
        "前 # 个自然数" },
      "positive|nonzero|non-zero|including 0|including zero|excluding 0|with 0|without 0|zero|正整数|非零|非 0|"
      "包括 0|包含 0|含 0|不含|除 0|零|prime|primes|质数|素数|multiple|multiples|倍数",
      { "natural numbers", "from 1 on", "from 0 on" },
      { "自然数", "从 1 起", "从 0 起" } },
    { { "#/#@|#/@@|#/#(|#/#\\pi|#/#\\sqrt|\\div #(|\\div #@" },
      NULL,
      { "a division before a product without a sign (1/2x)", "(1/2)·x", "1/(2·x)" },
      { "除号后面省略乘号的写法（1/2x）", "(1/2)·x", "1/(2·x)" } },
    { { "return trip|return journey",
        "average speed" },
      "round|there and back|way back|whole|entire|both ways",
      { "the average speed for a return trip", "of the way back", "there and back" },
      { "return trip 的平均速度", "只算返回", "往返全程" } },
    { { "a_0|a_{0}",
        "second term|third term|fourth term|fifth term|sixth term|seventh term|eighth term|ninth term|tenth term|"
        "#th term|# th term|第 # 项" },
      "first term|zeroth|首项|第一项|第 1 项|第零项|第 0 项",
      { "the n-th term where a_0 is given", "counted from a_0", "counted from a_1" },
      { "给出 a_0 时的第 n 项", "从 a_0 数起", "从 a_1 数起" } },
    { { "first quartile|third quartile|lower quartile|upper quartile|interquartile range|quartiles|四分位数|"
        "四分位距",
        "# , #|# 、 #" },
      "interpolate|interpolation|interpolated|inclusive|exclusive|method|halves|百分位|插值|方法",
      { "quartiles", "the medians of the two halves", "values between the ranks" },
      { "四分位数", "取前后两半的中位数", "按位次插值" } },
    { { "ton|tons",
        "kilogram|kilograms|kg|pound|pounds|lb|lbs|千克|公斤|磅" },
      "metric|short|long|us|tonne|tonnes|吨",
      { "tons", "metric (1000 kg)", "short (2000 pounds)" },
      { "ton", "公吨（1000 千克）", "美吨（2000 磅）" } },
    { { "gallon|gallons|pint|pints|quart|quarts|加仑|品脱|夸脱",
        "litre|litres|liter|liters|millilitres|milliliters|ml|升|毫升" },
      "us|u.s.|american|imperial|uk|british|美制|英制|美|英",
      { "gallons, quarts and pints", "US", "imperial" },
      { "加仑、品脱和夸脱", "美制", "英制" } },
    { { "sin #|cos #|tan #|cot #|sin(#)|cos(#)|tan(#)|sin{#}|cos{#}|tan{#}" },
      "degree|degrees|radian|radians|度|弧度|\\circ|\\pi|\\int|\\lim|integral|limit|derivative|积分|极限|导数",
      { "an angle without a unit", "in degrees", "in radians" },
      { "没有单位的角", "度", "弧度" } },
    { { "0^0|0^{0}" },
      "0^0 =|0^{0} =|limit|indeterminate|\\lim|极限|未定式|不定式",
      { "0^0", "1", "undefined" },
      { "0^0", "等于 1", "无意义" } },
};

/* A number at s: its bytes, 0 where there is none; above: is it more than 1? */
static size_t number_at(const char *s, int *above)
{
    size_t n = strspn(s, "0123456789");
    long v = n > 6 ? 2 : strtol(s, NULL, 10);
    if (n == 0) {
        int words = norm_en_num(s, &v);
        n = (size_t)(words > 0 ? words : norm_zh_num(s, &v));
    } else if (s[n] == '.' && isdigit((unsigned char)s[n + 1])) {
        n += 1 + strspn(s + n + 1, "0123456789");
    }
    *above = n > 0 && v > 1;
    return n;
}

/* What begins or ends with a word or a number ends there in the text, too. */
static int borders(const char *text, const char *at, const char *end, char first, char last)
{
    int begins = first == '#' || first == '&' || isalnum((unsigned char)first), number = last == '#' || last == '&';
    int counts = begins && !isalpha((unsigned char)first);
    if (begins && at > text && (isalnum((unsigned char)at[-1]) || (counts && strchr("._^{", at[-1]) != NULL)))
        return 0;
    if (number && (strchr("_^\\%/(", *end) != NULL ? *end != '\0' : *end == '.' && isdigit((unsigned char)end[1])))
        return 0;
    return (!number && last != '@' && !isalnum((unsigned char)last)) || (!isalnum((unsigned char)*end) && *end != '_');
}

/* Where phrase[0..n) ends when it begins at s; NULL: it does not stand there. */
static const char *match(const char *phrase, size_t n, const char *s)
{
    for (size_t i = 0; i < n; i++) {
        int above;
        size_t k = 1;
        switch (phrase[i]) {
        case ' ': k = strspn(s, " \n$"); break;
        case '#':
            if ((k = number_at(s, &above)) == 0)
                return NULL;
            break;
        case '&':
            if ((k = number_at(s, &above)) == 0 || !above)
                return NULL;
            break;
        case '@':
            if (*s == '\0' || strchr("abcnxyz", *s) == NULL)
                return NULL;
            break;
        case '~':
            for (k = 0; k <= GAP_BYTES && s[k] != '\0' && strchr(".?\n", s[k]) == NULL; k++) {
                const char *end = match(phrase + i + 1, n - i - 1, s + k);
                if (end != NULL)
                    return end;
            }
            return NULL;
        case '%':
            s += *s == '\\';
            /* fall through */
        default:
            if (tolower((unsigned char)*s) != (unsigned char)phrase[i])
                return NULL;
        }
        s += k;
    }
    return s;
}

static int stands(struct calc *c, const char *text, const char *phrase, size_t n)
{
    int wild = strchr("#&", phrase[0]) != NULL;
    for (const char *s = text; *s != '\0'; s++) {
        if (!wild && tolower((unsigned char)*s) != (unsigned char)phrase[0])
            continue;
        if ((*s & 0xc0) == 0x80)
            continue;                                 /* inside a character */
        calc_step(c, 1);
        const char *end = match(phrase, n, s);
        if (end != NULL && borders(text, s, end, phrase[0], phrase[n - 1]))
            return 1;
    }
    return 0;
}

/* Does a phrase of the list stand in the text? */
static int any(struct calc *c, const char *text, const char *list)
{
    while (list != NULL && *list != '\0') {
        size_t n = strcspn(list, "|");
        if (stands(c, text, list, n))
            return 1;
        list += n + (list[n] == '|');
    }
    return 0;
}

static int leaves_open(struct calc *c, const char *text, const struct row *r)
{
    for (int i = 0; i < LISTS && r->all[i] != NULL; i++)
        if (!any(c, text, r->all[i]))
            return 0;
    return !any(c, text, r->settled);
}

int conventions_find(struct calc *c, const char *text, struct convention *out, int max)
{
    int n = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows && n < max; i++)
        if (leaves_open(c, text, &rows[i]))
            out[n++] = c->lang_zh ? rows[i].zh : rows[i].en;
    return n;
}

const char *conventions_say(struct calc *c, const struct convention *v)
{
    return calc_printf(c, c->lang_zh ? "%s：%s，还是%s？题目没有说明" : "%s: %s or %s? The question does not say",
                       v->about, v->one, v->other);
}
