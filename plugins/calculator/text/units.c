/* units.c - units of measure, Chinese and English, as exact multiples of base units. */
#include "plugins/calculator/text/norm.h"
#include "plugins/calculator/text/parse.h"

#include <ctype.h>
#include <string.h>

struct row { const char *name; long p, q; signed char dim[UNIT_DIMS]; signed char noun; };
#define LEN(n) { n, 0, 0, 0, 0, 0 }
#define MASS   { 0, 1, 0, 0, 0, 0 }
#define TIME   { 0, 0, 1, 0, 0, 0 }
#define SPEED  { 1, 0, -1, 0, 0, 0 }
#define YUAN   { 0, 0, 0, 1, 0, 0 }
#define DOLLAR { 0, 0, 0, 0, 1, 0 }
#define YEAR   { 0, 0, 0, 0, 0, 1 }
#define COUNT  { 0, 0, 0, 0, 0, 0 }
#define CELSIUS { 0, 0, 0, 0, 0, 0, 1 }
#define FORCE  { 1, 1, -2, 0, 0, 0 }
#define ENERGY { 2, 1, -2, 0, 0, 0 }
#define POWER  { 2, 1, -3, 0, 0, 0 }
#define PRESSURE { -1, 1, -2, 0, 0, 0 }

static const struct row rows[] = {
    { "millimetres", 1, 1000, LEN(1), 0 }, { "millimeters", 1, 1000, LEN(1), 0 }, { "mm", 1, 1000, LEN(1), 0 }, { "毫米", 1, 1000, LEN(1), 0 },
    { "centimetres", 1, 100, LEN(1), 0 }, { "centimeters", 1, 100, LEN(1), 0 }, { "centimetre", 1, 100, LEN(1), 0 }, { "centimeter", 1, 100, LEN(1), 0 },
    { "cm", 1, 100, LEN(1), 0 }, { "厘米", 1, 100, LEN(1), 0 }, { "公分", 1, 100, LEN(1), 0 },
    { "dm", 1, 10, LEN(1), 0 }, { "分米", 1, 10, LEN(1), 0 },
    { "metres", 1, 1, LEN(1), 0 }, { "meters", 1, 1, LEN(1), 0 }, { "metre", 1, 1, LEN(1), 0 }, { "meter", 1, 1, LEN(1), 0 }, { "m", 1, 1, LEN(1), 0 }, { "米", 1, 1, LEN(1), 0 },
    { "kilometres", 1000, 1, LEN(1), 0 }, { "kilometers", 1000, 1, LEN(1), 0 }, { "kilometre", 1000, 1, LEN(1), 0 }, { "kilometer", 1000, 1, LEN(1), 0 },
    { "km", 1000, 1, LEN(1), 0 }, { "千米", 1000, 1, LEN(1), 0 }, { "公里", 1000, 1, LEN(1), 0 },
    { "inches", 254, 10000, LEN(1), 0 }, { "inch", 254, 10000, LEN(1), 0 }, { "feet", 3048, 10000, LEN(1), 0 }, { "foot", 3048, 10000, LEN(1), 0 }, { "ft", 3048, 10000, LEN(1), 0 },
    { "mph", 1609344, 3600000, SPEED, 0 }, { "miles", 1609344, 1000, LEN(1), 0 }, { "mile", 1609344, 1000, LEN(1), 0 },
    { "mg", 1, 1000, MASS, 0 }, { "毫克", 1, 1000, MASS, 0 }, { "grams", 1, 1, MASS, 0 }, { "gram", 1, 1, MASS, 0 }, { "g", 1, 1, MASS, 0 }, { "克", 1, 1, MASS, 0 },
    { "kilograms", 1000, 1, MASS, 0 }, { "kilogram", 1000, 1, MASS, 0 }, { "kg", 1000, 1, MASS, 0 }, { "千克", 1000, 1, MASS, 0 }, { "公斤", 1000, 1, MASS, 0 },
    { "斤", 500, 1, MASS, 0 }, { "tonnes", 1000000, 1, MASS, 0 }, { "tons", 1000000, 1, MASS, 0 }, { "吨", 1000000, 1, MASS, 0 }, { "t", 1000000, 1, MASS, 0 },
    { "seconds", 1, 1, TIME, 0 }, { "second", 1, 1, TIME, 0 }, { "sec", 1, 1, TIME, 0 }, { "s", 1, 1, TIME, 0 }, { "秒钟", 1, 1, TIME, 0 }, { "秒", 1, 1, TIME, 0 },
    { "minutes", 60, 1, TIME, 0 }, { "minute", 60, 1, TIME, 0 }, { "mins", 60, 1, TIME, 0 }, { "min", 60, 1, TIME, 0 }, { "分钟", 60, 1, TIME, 0 },
    { "hours", 3600, 1, TIME, 0 }, { "hour", 3600, 1, TIME, 0 }, { "hrs", 3600, 1, TIME, 0 }, { "hr", 3600, 1, TIME, 0 }, { "h", 3600, 1, TIME, 0 },
    { "小时", 3600, 1, TIME, 0 }, { "个小时", 3600, 1, TIME, 0 }, { "时", 3600, 1, TIME, 0 }, { "days", 86400, 1, TIME, 0 }, { "day", 86400, 1, TIME, 0 }, { "天", 86400, 1, TIME, 0 }, { "日", 86400, 1, TIME, 0 },
    { "weeks", 604800, 1, TIME, 0 }, { "week", 604800, 1, TIME, 0 }, { "years old", 1, 1, YEAR, 0 }, { "years", 1, 1, YEAR, 0 }, { "year", 1, 1, YEAR, 0 }, { "年", 1, 1, YEAR, 0 }, { "岁", 1, 1, YEAR, 0 },
    { "毫升", 1, 1000000, LEN(3), 0 }, { "mL", 1, 1000000, LEN(3), 0 }, { "ml", 1, 1000000, LEN(3), 0 }, { "millilitres", 1, 1000000, LEN(3), 0 }, { "milliliters", 1, 1000000, LEN(3), 0 },
    { "litres", 1, 1000, LEN(3), 0 }, { "liters", 1, 1000, LEN(3), 0 }, { "litre", 1, 1000, LEN(3), 0 }, { "liter", 1, 1000, LEN(3), 0 }, { "L", 1, 1000, LEN(3), 0 }, { "升", 1, 1000, LEN(3), 0 },
    { "公顷", 10000, 1, LEN(2), 0 }, { "hectares", 10000, 1, LEN(2), 0 }, { "平方千米", 1000000, 1, LEN(2), 0 }, { "平方米", 1, 1, LEN(2), 0 },
    { "平方分米", 1, 100, LEN(2), 0 }, { "平方厘米", 1, 10000, LEN(2), 0 }, { "平方毫米", 1, 1000000, LEN(2), 0 },
    { "立方米", 1, 1, LEN(3), 0 }, { "立方分米", 1, 1000, LEN(3), 0 }, { "立方厘米", 1, 1000000, LEN(3), 0 },
    { "square centimetres", 1, 10000, LEN(2), 0 }, { "square centimeters", 1, 10000, LEN(2), 0 }, { "square metres", 1, 1, LEN(2), 0 }, { "square meters", 1, 1, LEN(2), 0 },
    { "cubic centimetres", 1, 1000000, LEN(3), 0 }, { "cubic centimeters", 1, 1000000, LEN(3), 0 }, { "cubic metres", 1, 1, LEN(3), 0 }, { "cubic meters", 1, 1, LEN(3), 0 },
    { "square centimetre", 1, 10000, LEN(2), 0 }, { "square centimeter", 1, 10000, LEN(2), 0 }, { "square metre", 1, 1, LEN(2), 0 }, { "square meter", 1, 1, LEN(2), 0 }, { "cubic centimetre", 1, 1000000, LEN(3), 0 }, { "cubic centimeter", 1, 1000000, LEN(3), 0 }, { "cubic metre", 1, 1, LEN(3), 0 }, { "cubic meter", 1, 1, LEN(3), 0 },
    { "square decimetres", 1, 100, LEN(2), 0 }, { "square decimeters", 1, 100, LEN(2), 0 }, { "square millimetres", 1, 1000000, LEN(2), 0 }, { "square millimeters", 1, 1000000, LEN(2), 0 }, { "square kilometres", 1000000, 1, LEN(2), 0 }, { "square kilometers", 1000000, 1, LEN(2), 0 }, { "hectare", 10000, 1, LEN(2), 0 },
    { "cubic decimetres", 1, 1000, LEN(3), 0 }, { "cubic decimeters", 1, 1000, LEN(3), 0 }, { "cubic millimetres", 1, 1000000000, LEN(3), 0 }, { "cubic millimeters", 1, 1000000000, LEN(3), 0 }, { "立方毫米", 1, 1000000000, LEN(3), 0 },
    { "decimetres", 1, 10, LEN(1), 0 }, { "decimeters", 1, 10, LEN(1), 0 }, { "decimetre", 1, 10, LEN(1), 0 }, { "decimeter", 1, 10, LEN(1), 0 }, { "millimetre", 1, 1000, LEN(1), 0 }, { "millimeter", 1, 1000, LEN(1), 0 }, { "yards", 9144, 10000, LEN(1), 0 }, { "yard", 9144, 10000, LEN(1), 0 },
    { "milligrams", 1, 1000, MASS, 0 }, { "milligram", 1, 1000, MASS, 0 }, { "tonne", 1000000, 1, MASS, 0 }, { "millilitre", 1, 1000000, LEN(3), 0 }, { "milliliter", 1, 1000000, LEN(3), 0 }, { "星期", 604800, 1, TIME, 0 }, { "个星期", 604800, 1, TIME, 0 }, { "刻钟", 900, 1, TIME, 0 },
    { "rad", 1, 1, COUNT, UNIT_RADIAN }, { "radians", 1, 1, COUNT, UNIT_RADIAN }, { "radian", 1, 1, COUNT, UNIT_RADIAN }, { "弧度", 1, 1, COUNT, UNIT_RADIAN },
    { "摄氏度", 1, 1, CELSIUS, 0 }, { "degrees Celsius", 1, 1, CELSIUS, 0 }, { "牛顿", 1000, 1, FORCE, 0 }, { "焦耳", 1000, 1, ENERGY, 0 }, { "千焦", 1000000, 1, ENERGY, 0 },
    { "千瓦", 1000000, 1, POWER, 0 }, { "newtons", 1000, 1, FORCE, 0 }, { "joules", 1000, 1, ENERGY, 0 }, { "watts", 1000, 1, POWER, 0 },
    { "块钱", 1, 1, YUAN, 0 },  { "kilometre per hour", 1000, 3600, SPEED, 0 }, { "kph", 1000, 3600, SPEED, 0 }, { "毫秒", 1, 1000, TIME, 0 },
    { "square units", 1, 1, COUNT, 1 }, { "cubic units", 1, 1, COUNT, 1 }, { "平方单位", 1, 1, COUNT, 1 }, { "units", 1, 1, COUNT, 1 }, { "unit", 1, 1, COUNT, 1 },
    { "元钱", 1, 1, YUAN, 0 }, { "元", 1, 1, YUAN, 0 }, { "yuan", 1, 1, YUAN, 0 }, { "RMB", 1, 1, YUAN, 0 }, { "角", 1, 10, YUAN, 0 },
    { "dollars", 1, 1, DOLLAR, 0 }, { "dollar", 1, 1, DOLLAR, 0 }, { "美元", 1, 1, DOLLAR, 0 }, { "USD", 1, 1, DOLLAR, 0 }, { "cents", 1, 100, DOLLAR, 0 },
    { "ways", 1, 1, COUNT, 1 }, { "people", 1, 1, COUNT, 1 }, { "students", 1, 1, COUNT, 1 }, { "arrangements", 1, 1, COUNT, 1 }, { "buses", 1, 1, COUNT, 1 }, { "apples", 1, 1, COUNT, 1 },
    { "terms", 1, 1, COUNT, 1 }, { "divisors", 1, 1, COUNT, 1 }, { "numbers", 1, 1, COUNT, 1 }, { "times", 1, 1, COUNT, 1 },
    { "种选法", 1, 1, COUNT, 1 }, { "种排法", 1, 1, COUNT, 1 }, { "种站法", 1, 1, COUNT, 1 }, { "种排列", 1, 1, COUNT, 1 }, { "种方法", 1, 1, COUNT, 1 }, { "种", 1, 1, COUNT, 1 },
    { "个", 1, 1, COUNT, 1 }, { "人", 1, 1, COUNT, 1 }, { "名", 1, 1, COUNT, 1 }, { "次", 1, 1, COUNT, 1 }, { "只", 1, 1, COUNT, 1 }, { "本", 1, 1, COUNT, 1 }, { "件", 1, 1, COUNT, 1 },
    { "块", 1, 1, COUNT, 1 }, { "张", 1, 1, COUNT, 1 }, { "辆", 1, 1, COUNT, 1 }, { "条", 1, 1, COUNT, 1 }, { "支", 1, 1, COUNT, 1 }, { "棵", 1, 1, COUNT, 1 }, { "项", 1, 1, COUNT, 1 },
};

/* Of letters that are points and variables, too: only where they are set upright, as units are. */
static const struct row upright[] = {
    { "N", 1000, 1, FORCE, 0 }, { "kN", 1000000, 1, FORCE, 0 }, { "J", 1000, 1, ENERGY, 0 }, { "kJ", 1000000, 1, ENERGY, 0 },
    { "W", 1000, 1, POWER, 0 }, { "kW", 1000000, 1, POWER, 0 }, { "Pa", 1000, 1, PRESSURE, 0 }, { "kPa", 1000000, 1, PRESSURE, 0 },
    { "Hz", 1, 1, { 0, 0, -1 }, 0 }, { "ha", 10000, 1, LEN(2), 0 }, { "hm", 100, 1, LEN(1), 0 }, { "in", 254, 10000, LEN(1), 0 },
    { "yd", 9144, 10000, LEN(1), 0 }, { "mi", 1609344, 1000, LEN(1), 0 }, { "dL", 1, 10000, LEN(3), 0 }, { "cL", 1, 100000, LEN(3), 0 },
    { "d", 86400, 1, TIME, 0 }, { "ms", 1, 1000, TIME, 0 },
};

static const struct row *find_in(const struct row *row, size_t count, const char *s, size_t *len, int in_text)
{
    const struct row *best = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(row[i].name);
        if (n <= *len || strncmp(s, row[i].name, n) != 0)
            continue;
        if (isalpha((unsigned char)s[n - 1]) && isalpha((unsigned char)s[n]))
            continue;                                 /* only whole words */
        if (!in_text && n == 1)
            continue;                                 /* one letter is a variable */
        best = &row[i];
        *len = n;
    }
    return best;
}

static const struct row *find(const char *s, size_t *used, int in_text, int is_upright)
{
    *used = 0;
    const struct row *best = find_in(rows, sizeof rows / sizeof *rows, s, used, in_text), *more = NULL;
    if (is_upright)
        more = find_in(upright, sizeof upright / sizeof *upright, s, used, 1);
    return more != NULL ? more : best;
}

/* ^{\circ}C and its spellings: degrees Celsius or Fahrenheit. */
static const struct unit *temperature(struct calc *c, const char *s, size_t *used)
{
    static const char *const sign[] = { "^{\\circ}", "^\\circ" }, *const wraps[] = { "\\text{", "\\mathrm{", "\\textrm{", "\\rm{" };
    const char *p = s;
    int open = 0;
    for (size_t i = 0; p == s && i < sizeof sign / sizeof *sign; i++)
        p += strncmp(p, sign[i], strlen(sign[i])) == 0 ? strlen(sign[i]) : 0;
    if (p == s)
        return NULL;
    p += strspn(p, " ");
    for (size_t i = 0; !open && i < sizeof wraps / sizeof *wraps; i++)
        if (strncmp(p, wraps[i], strlen(wraps[i])) == 0) {
            p += strlen(wraps[i]);
            open = 1;
        }
    p += strspn(p, " ");
    if ((*p != 'C' && *p != 'F') || isalpha((unsigned char)p[1]) || (open && p[1] != '}'))
        return NULL;
    struct unit *u = calc_alloc(c, sizeof *u);
    *u = (struct unit){ *p == 'C' ? "°C" : "°F", 1, 1, { 0 }, 0 };
    u->dim[*p == 'C' ? 6 : 7] = 1;
    *used = (size_t)(p + 1 + open - s);
    return u;
}

/* The bytes of what stands between two units: a sign that divides, or one that multiplies (times = 1); 0: neither. */
static size_t between(const char *q, int *times)
{
    static const struct { const char *sign; int times; } t[] = {
        { "/", 0 }, { "每", 0 }, { " per ", 0 }, { "\\cdot", 1 }, { " \\cdot", 1 }, { "\\,", 1 } };
    for (size_t i = 0; i < sizeof t / sizeof *t; i++)
        if (strncmp(q, t[i].sign, strlen(t[i].sign)) == 0) {
            *times = t[i].times;
            return strlen(t[i].sign);
        }
    return 0;
}

static size_t power(const char *s, int *e, int *open)
{
    const char *p = s;
    *e = 1;
    int closes = p[0] == '}' && *open;                /* \text{cm}^2 */
    p += closes;
    const char *q = p;
    while (*q == ' ')
        q++;
    if (*q != '^')
        return 0;
    q++;
    int brace = *q == '{';
    q += brace;
    int neg = *q == '-';
    q += neg;
    if (*q < '1' || *q > '3' || (brace && q[1] != '}'))
        return 0;
    *e = neg ? -(*q - '0') : *q - '0';
    if (closes)
        *open = 0;
    return (size_t)(q + 1 + brace - s);
}

/* Is a unit that is set upright next, as in km \cdot h^{-1}? */
static int another_unit(struct calc *c, const char *s, size_t *used)
{
    s += strspn(s, " ");
    return *s == '\\' && parse_unit(c, s, used, 0) != NULL;
}

const struct unit *parse_unit(struct calc *c, const char *s, size_t *used, int in_text)
{
    static const char *const wraps[] = { "\\text{", "\\mathrm{", "\\textrm{", "\\rm{", "\\mbox{", "\\operatorname{", "\\, \\text{" };
    const char *p = s;
    struct unit u = { "", 1, 1, { 0 }, 0 };
    int sign = 1, any = 0, times;
    const struct unit *warm = temperature(c, s, used);
    if (warm != NULL)
        return warm;
    for (int part = 0; part < 4; part++) {
        int open = 0;
        while (*p == ' ')
            p++;
        for (size_t i = 0; i < sizeof wraps / sizeof *wraps; i++)
            if (strncmp(p, wraps[i], strlen(wraps[i])) == 0) {
                p += strlen(wraps[i]);
                open = 1;
                break;
            }
        while (*p == ' ')
            p++;
        size_t n;
        const struct row *r = find(p, &n, in_text || open || any, open || any);
        if (r == NULL)
            return NULL;
        const char *q = p + n;
        int e = 1;
        q += power(q, &e, &open);
        if (open && *q == '}')
            q++, open = 0;
        for (int k = 0; k < (e < 0 ? -e : e); k++) {
            int s1 = e < 0 ? -sign : sign;
            u.p *= s1 > 0 ? r->p : r->q;
            u.q *= s1 > 0 ? r->q : r->p;
            for (int d = 0; d < UNIT_DIMS; d++)
                u.dim[d] = (signed char)(u.dim[d] + s1 * r->dim[d]);
        }
        u.noun = r->noun;
        any = 1;
        size_t more = between(q, &times), next;
        if (more > 0 && times && (open || !another_unit(c, q + more, &next)))
            more = 0;                                 /* 5 \text{ m} \cdot 3: a product goes on */
        if (more == 0) {
            while (open && *q == ' ')
                q++;
            if (open && *q++ != '}')
                return NULL;
            *used = (size_t)(q - s);
            u.text = calc_strn(c, s, *used);
            struct unit *out = calc_alloc(c, sizeof *out);
            *out = u;
            if (strchr(u.text, '\\') != NULL)
                out->text = r->name;
            return out;
        }
        p = q + more;
        if (times)
            continue;
        if (open) {                                   /* \text{km/h}: stay inside */
            in_text = 1;
        }
        sign = -1;
        while (*p == ' ')
            p++;
        if (open) {
            size_t m;
            const struct row *r2 = find(p, &m, 1, 1);
            if (r2 == NULL)
                return NULL;
            u.p *= r2->q;
            u.q *= r2->p;
            for (int d = 0; d < UNIT_DIMS; d++)
                u.dim[d] = (signed char)(u.dim[d] - r2->dim[d]);
            p += m;
            int e2;
            size_t above = power(p, &e2, &open);      /* \\text{m/s}^2 */
            if ((above == 0 && *p != '}') || e2 < 1 || (above > 0 && open))
                return NULL;
            for (int k = 1; k < e2; k++) {
                u.p *= r2->q;
                u.q *= r2->p;
                for (int d = 0; d < UNIT_DIMS; d++)
                    u.dim[d] = (signed char)(u.dim[d] - r2->dim[d]);
            }
            *used = (size_t)(p + (above > 0 ? above : 1) - s);
            u.text = e2 == 1 ? calc_printf(c, "%s/%s", r->name, r2->name) : calc_printf(c, "%s/%s^%d", r->name, r2->name, e2);
            struct unit *out = calc_alloc(c, sizeof *out);
            *out = u;
            return out;
        }
    }
    return NULL;
}
