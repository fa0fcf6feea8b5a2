/* read_inscribed.c - a circle and a square, an equilateral triangle or a regular hexagon,
 * one inscribed in the other: a measure of one of them or of what lies between, from a
 * measure of the other. */
#include "plugins/calculator/stories/clause.h"

#include <string.h>

/* The polygon's number of sides is a mark; "shape" in a clause is the polygon. */
#define POLY "(正方形{!:n4}|正三角形{!:n3}|等边三角形{!:n3}|正六边形{!:n6})"
#define SIDED "(边长(为|是|等于|){m:a}的" POLY "|周长(为|是|等于){m:p}的" POLY "|面积(为|是|等于){s:s}的" POLY "|对角线(长|)(为|是|等于|){m:g}的" POLY ")"
#define ROUND "(圆|圆形)"
#define SIZED "(半径(为|是|等于|){m:r}的" ROUND "|直径(为|是|等于|){m:d}的" ROUND "|面积(为|是|等于){s:z}的" ROUND "|周长(为|是|等于){m:q}的" ROUND ")"
#define AP "(" SIDED "|(一个|)" POLY ")"
#define AC "(" SIZED "|(一个|)" ROUND ")"
#define PART "(的|)(阴影|)(部分|区域|阴影部分|图形|空白部分|空隙|空隙部分|)(的|)"
static const struct clause zh[] = {
    { "SA", 'A', "side", "(已知|设|若|如果|)(一个|)" POLY "(的|)(边长(为|是|等于|){m:a}|周长(为|是|等于){m:p}|面积(为|是|等于){s:s}|对角线(的|)(长|)(为|是|等于|){m:g})" },
    { "SA", 'A', "size", "(已知|设|若|如果|)(一个|)" ROUND "(的|)(半径(为|是|等于|){m:r}|直径(为|是|等于|){m:d}|面积(为|是|等于){s:z}|周长(为|是|等于){m:q})" },
    /* the circle inside */
    { "SA", 'A', "in", "(其内(部|)|其中|它的内部|" POLY "(内|的内部)|里面|)(有|作|画|作出)(一个|它的|一|)内切圆" }, { "SA", 'A', "in", "(一个|一|)" SIZED "(内切于|是)(一个|)" POLY "(的内切圆|)" }, { "SA", 'A', "in", "(一个|一|)圆(内切|内接)于(一个|)" AP },
    { "SA", 'A', "in", "(在|)(一个|)" AP "(内|中|里|内部)(,|)(有|作|画|放入)(它的|其|该正方形的|一个|一|)(内切圆|与(各边|四边|四条边|三边|每条边)(都|)相切的圆|最大的圆)" }, { "SA", 'A', "in", "(从|在|将|把)(一个|一块|一张|)" AP "(的|)(纸片|纸|铁皮|木板|纸板|硬纸板|硬纸片|铁片|钢板|铁板|玻璃|)(中|上|里|)(,|)(剪下|剪|截|剪出|裁|裁出|切|切出|剪去|挖去)(下|出|去|)(一个|)(面积|)(最大|尽可能大)的圆(形|片|){!:cut}" },
    { "SA", 'A', "in", "(一个|)" AP "(外切于|是)(一个|)" AC "(的外切" POLY "|)" "{!:about}" },
    { "S", 'A', "in", "(已知|若|)(一个|)" POLY "(的|)内切圆(的|)(半径(为|是|等于|){m:r}|直径(为|是|等于|){m:d}|面积(为|是|等于){s:z})" }, { "S", 'A', "out", "(已知|若|)(一个|)" POLY "(的|)外接圆(的|)(半径(为|是|等于|){m:r}|直径(为|是|等于|){m:d}|面积(为|是|等于){s:z})" },
    /* the polygon inside */
    { "SA", 'A', "out", "(一个|)" AP "内接于(一个|)" AC }, { "SA", 'A', "out", "(在|)(一个|)" AC "(内|中|里)(,|)(有|作|画)(一个|一|)内接" POLY }, { "SA", 'A', "out", "(" POLY "|它|其)(的(四个|三个|六个|各|所有|)顶点|)(都|)在" AC "(上|的圆周上)" },
    { "SA", 'A', "out", "(从|在|将|把)(一个|一块|一张|)" AC "(的|)(纸片|纸|铁皮|木板|纸板|硬纸板|硬纸片|铁片|钢板|铁板|玻璃|)(中|上|里|内|)(,|)(剪下|剪|截|剪出|裁|裁出|切|切出|画|剪去)(下|出|)(一个|)(面积|)最大的" POLY "{!:cut}" },
    { "SA", 'A', "out", "(一个|)" AC "(的|)(内|)接(一个|)" POLY "(的边长(为|是){m:a}|的面积(为|是){s:s}|)" }, { "SA", 'A', "out", "(一个|)圆(外接于|是)" AP "(的外接圆|)" },
    { "A", 'A', "shadein", "(图中|其中|)(" POLY "|正方形{!:n4})(内|之内|内部|里面|以内)(但|而|且|、|,|)(在|)圆(外|之外|外部|外面|以外)(的|)(部分|区域)(为|是|涂成|涂上|记为)(阴影|)(部分|区域|)" },
    { "A", 'A', "shadeout", "(图中|其中|)圆(内|之内|内部|里面|以内)(但|而|且|、|,|)(在|)" POLY "(外|之外|外部|外面|以外)(的|)(部分|区域)(为|是|涂成)(阴影|)(部分|区域|)" },
    { "A", 'B', "lead", "(求|则|那么|计算|问|)" }, { "A", 'B', "out", "(求|则|)(它|其|该圆|圆|这个圆)的内接{!:inpoly}" }, { "A", 'B', "in", "(求|则|)(它|其|该圆|圆|这个圆)的外切{!:outpoly}" }, { "A", 'B', "in", "(求|则|)(它|其|" POLY "|该" POLY ")(的|)内切{!:incircle}" }, { "A", 'B', "out", "(求|则|)(它|其|" POLY "|该" POLY ")(的|)外接{!:outcircle}" },
    { "AB", '.', "gapin", "(在|)" POLY "(内|之内|内部|里面|以内)(但|而|且|、|,|)(在|)圆(外|之外|外部|外面|以外)" PART "面积(是|为|)(多少|)({u:unit}|)" },
    { "AB", '.', "gapout", "(在|)圆(内|之内|内部|里面|以内)(但|而|且|、|,|)(在|)" POLY "(外|之外|外部|外面|以外)" PART "面积(是|为|)(多少|)({u:unit}|)" },
    { "AB", '.', "gap", "(圆(和|与)" POLY "|" POLY "(和|与)圆)(之间|所夹|中间|间)" PART "面积(是|为|)(多少|)({u:unit}|)" }, { "AB", '.', "gapshade", "(图中|)阴影(部分|区域)(的|)面积(是|为|)(多少|)({u:unit}|)" }, { "AB", '.', "gaprest", "(剩余|剩下|余下|剩)(的|)(部分|边角料|材料|纸片|铁皮|纸板|木板|)(的|)面积(是|为|)(多少|)({u:unit}|)" },
    { "AB", '.', "ask s", "(这个|该|此|)(" POLY "|三角形{!:n3}|六边形{!:n6})(的|)面积(是|为|)(多少|)({u:unit}|)" }, { "B", '.', "ask a", "(这个|该|此|)(" POLY "|三角形{!:n3}|六边形{!:n6})(的|)边长(是|为|)(多少|)({u:unit}|)" }, { "B", '.', "ask p", "(这个|该|此|)(" POLY "|三角形{!:n3}|六边形{!:n6})(的|)周长(是|为|)(多少|)({u:unit}|)" },
    { "AB", '.', "ask z", "(这个|该|此|它的|其|)(内切|外接|)圆(的|)面积(是|为|)(多少|)({u:unit}|)" }, { "B", '.', "ask r", "(这个|该|此|它的|其|)(内切|外接|)圆(的|)半径(是|为|)(多少|)({u:unit}|)" }, { "B", '.', "ask d", "(这个|该|此|它的|其|)(内切|外接|)圆(的|)直径(是|为|)(多少|)({u:unit}|)" }, { "B", '.', "ask q", "(这个|该|此|它的|其|)(内切|外接|)圆(的|)周长(是|为|)(多少|)({u:unit}|)" },
    { "S", 'B', "in1", "(求|)" SIDED "(的|)内切{!:incircle}" }, { "S", 'B', "out1", "(求|)" SIDED "(的|)外接{!:outcircle}" }, { "S", 'B', "out1", "(求|)" SIZED "(的|)内接{!:inpoly}" }, { "S", 'B', "in1", "(求|)" SIZED "(的|)外切{!:outpoly}" },
    { NULL, 0, NULL, NULL },
};

#define EPOLY "(square{!:n4}|equilateral triangle{!:n3}|regular hexagon{!:n6})"
#define PIECE "((piece|sheet) of (cardboard|paper|metal|wood|tin|cloth|sheet metal|card|plywood) |(cardboard|sheet|board|plate) |)"
#define SIDEOF "(with |of |whose |which has |that has |having |has |)(a |)(side|sides|side length|side lengths|sides of length|side of length)( length|)( is| of| equal to|) {m:a}"
#define ESIDED EPOLY " " PIECE "(" SIDEOF "|(with|of|whose) (a |)perimeter (of |is |){m:p}|(with|of|whose) (an |)area (of |is |){s:s}|(with|of|whose) (a |)diagonal (of |is |of length |){m:g}|)"
#define ESIZED "circle ((with|of|whose|having) (a |)radius (of |is |){m:r}|(with|of|whose|having) (a |)diameter (of |is |){m:d}|(with|of|whose) (an |)area (of |is |){s:z}|(with|of|whose) (a |)circumference (of |is |){m:q}|)"
#define EREF "(square{!:n4}|(equilateral |)triangle{!:n3}|(regular |)hexagon{!:n6})"
#define REGION "(region|part|area|space|portion)"
#define ASKE "(find|what is|calculate|compute|determine|how large is) "
#define INP "(inside|within|in) (the|this|that) " EREF " (but |and |that is |that are |)(not inside|outside( of|)|not in|not within|not covered by) (the|this|that) (inscribed |)circle"
#define INC "(inside|within|in) (the|this|that) circle (but |and |that is |)(not inside|outside( of|)|not in|not within|not covered by) (the|this|that) (inscribed |)" EREF
static const struct clause en[] = {
    { "SA", 'A', "in", "(a|the) " ESIZED " (is|has been|was) (inscribed in|drawn inside|drawn in) (a|an|the) " ESIDED "( so that it touches (all|every|each) (its |four |three |six |of its |)(side|sides)| touching (all|every|each) (its |four |three |six |)(side|sides)|)" }, { "A", 'A', "in", "(a|the) " ESIZED " (touches|is tangent to) (all|every one|each one|each) (three |four |six |)(of |)its (three |four |six |)sides" }, { "SA", 'A', "in", "(a|the) " ESIZED " (touches|is tangent to) (all|every|each) (of the |the |)(sides|side|four sides|three sides|six sides) of (a|an|the) " ESIDED },
    { "SA", 'A', "in", "(a|an|the) " ESIDED " (is circumscribed (about|around)|circumscribes) (a|the) " ESIZED }, { "SA", 'A', "in", "(a|an|the) " ESIDED " (has|contains) (a|an|its) (inscribed circle|incircle)" },
    { "SA", 'A', "in", "(the|a) (largest|biggest) (possible |)circle (possible |)(that (fits|can be cut|can be drawn) |is (cut|drawn) |)(out |)(from|in|inside|out of|into) (a|an|the) " ESIDED "( is (cut out|drawn|removed|cut)|){!:cut}" },
    { "SA", 'A', "in", "(a|the) circle (that |which |)(touches|touching|tangent to|is tangent to) (all|every|each)( of|) (its |the |)(four |three |six |)(of its |)(side|sides) (is|was|has been) (cut|cut out|removed)( out|) (of|from) (it|the " EREF "){!:cut}" },
    { "SA", 'A', "out", "(a|an|the) " ESIDED " (is|has been|was) inscribed in (a|the) " ESIZED }, { "SA", 'A', "out", "(a|the) " ESIZED " (is circumscribed (about|around)|circumscribes) (a|an|the) " ESIDED }, { "SA", 'A', "out", "(all |)(the |)(four |three |six |)vertices of (a|an|the) " ESIDED " (lie|are) on (a|the) " ESIZED },
    { "SA", 'A', "out", "(the|a) (largest|biggest) (possible |)" EPOLY " (possible |)(that (fits|can be cut|can be drawn) |is (cut|drawn) |)(out |)(from|in|inside|out of|into) (a|the) " ESIZED "( is (cut out|drawn|removed|cut)|){!:cut}" },
    { "S", 'A', "size", "(a|the) circle has (a |an |)(radius (of |){m:r}|diameter (of |){m:d}|area (of |){s:z}|circumference (of |){m:q})" }, { "S", 'A', "side", "(a|an|the) " EPOLY " has (a |)(side|side length|sides)( of length|)( of|) {m:a}" },
    { "A", 'A', "side", "(the |)(side|side length|sides|length of the sides) (of the " EPOLY " |of each side |)(is|are|has length|measures|of length|have length) {m:a}" }, { "A", 'A', "side", "the " EPOLY " (has|is of) (side|sides|side length|sides of length)( of|) {m:a}" }, { "A", 'A', "size", "the radius of the circle is {m:r}" }, { "A", 'A', "size", "the circle has (radius {m:r}|diameter {m:d}|area {s:z}|circumference {m:q})" },
    { "A", 'A', "shadein", "the " REGION " " INP " is shaded" }, { "A", 'A', "shadeout", "the " REGION " " INC " is shaded" },
    { "A", '.', "gapin", ASKE "the (exact |)area (of the |)(shaded |)(" REGION " |that is |which is |)(that is |that lies |which lies |)" INP }, { "A", '.', "gapout", ASKE "the (exact |)area (of the |)(shaded |)(" REGION " |that is |which is |)(that is |that lies |which lies |)" INC },
    { "A", '.', "gapin", ASKE "the (exact |)area of the " REGION " of the " EREF " (that (is|lies) |which (is|lies) |lying |)(outside( of|)|not covered by|not inside|not in) the (inscribed |)circle" }, { "A", '.', "gapout", ASKE "the (exact |)area of the " REGION " of the circle (that (is|lies) |which (is|lies) |lying |)(outside( of|)|not covered by|not inside|not in) the (inscribed |)" EREF },
    { "A", '.', "gaprest", "(what|how much) area(,|) (remains|is left|is left over)" }, { "A", '.', "gapin", "(how much (of the |)area of|what area of|what is the area of the part of|find the area of the part of|how much of) the " EREF " (is |that is |lies |)(not covered by|outside( of|)|not inside|not in) the circle" }, { "A", '.', "gapout", "(how much (of the |)area of|what area of|what is the area of the part of|find the area of the part of|how much of) the circle (is |that is |lies |)(not covered by|outside( of|)|not inside|not in) the " EREF },
    { "A", '.', "gap", ASKE "the (exact |)area (of the |)(shaded |)(" REGION " |)(that lies |)between (the|them|the two figures)( circle and the " EREF "| " EREF " and the circle|)" }, { "A", '.', "gapshade", ASKE "the area of the shaded (region|part|area)|" ASKE "the shaded area" },
    { "A", '.', "gaprest", "how (much|many {u:unit} of) (the |)(cardboard|paper|metal|wood|material|tin|cloth|card) (is|are) (left|left over|wasted|not used|remaining|thrown away)" }, { "A", '.', "gaprest", ASKE "the (exact |)(area (of the (part|piece|rest|material|metal|paper|cardboard|wood|tin|cloth|sheet|square) |)(that is left over|that is left|that remains|left over|remaining|which is left|which remains|which is left over|wasted|that is wasted|thrown away)|(remaining|leftover|left-over) area|area of the (remaining|leftover|left-over) (part|piece|metal|paper|material|cardboard|wood|sheet))" },
    { "A", '.', "ask z", ASKE "the area of (the|this|that) (inscribed |circumscribed |)circle" }, { "A", '.', "ask r", ASKE "(the |its )radius( of (the|this|that) (inscribed |circumscribed |)circle|)" }, { "A", '.', "ask d", ASKE "(the |its )diameter( of (the|this|that) circle|)" }, { "A", '.', "ask q", ASKE "(the |its )circumference( of (the|this|that) circle|)" },
    { "A", '.', "ask s", ASKE "the area of (the|this|that) (inscribed |)" EREF }, { "A", '.', "ask a", ASKE "the (side|side length|length of a side|length of each side|length of the side) of (the|this|that) (inscribed |)" EREF }, { "A", '.', "ask p", ASKE "the perimeter of (the|this|that) (inscribed |)" EREF },
    { "S", 'Q', "ask z", ASKE "the area of (the|a) (largest |biggest |)circle" }, { "Q", '.', "in", "(that|which) can be (cut|cut out|drawn|inscribed|made) (from|in|out of|inside) (a|an|the) " ESIDED }, { "S", 'Q', "ask r", ASKE "the radius of (the|a) circle" }, { "S", 'Q', "ask q", ASKE "the circumference of (the|a) circle" }, { "Q", '.', "in", "(that is |)(inscribed in|tangent to all sides of) (a|an|the) " ESIDED }, { "Q", '.', "out", "(that is |)circumscribed (about|around) (a|an|the) " ESIDED },
    { "S", 'P', "ask s", ASKE "the (exact |)area of (the|a|an) " EPOLY }, { ".", '.', "size", "if the radius of the circle is {m:r}" }, { ".", '.', "side", "if the (side|side length|side of the " EREF ") (of the " EREF " |)is {m:a}" }, { "S", 'P', "ask a", ASKE "the (side|side length) of (the|a|an) " EPOLY }, { "S", 'P', "ask p", ASKE "the perimeter of (the|a|an) " EPOLY }, { "P", '.', "out", "(that is |)inscribed in (a|the) " ESIZED }, { "P", '.', "in", "(that is |)circumscribed (about|around) (a|the) " ESIZED },
    { NULL, 0, NULL, NULL },
};

/* The side of a regular polygon by its circle's radius, and its area by its side. */
struct shape_of { int n; const char *in, *out, *area, *from_area; };
static const struct shape_of shapes[] = {
    { 3, "(2*sqrt(3))", "sqrt(3)", "(sqrt(3)\\div 4)", "sqrt(4*s\\div sqrt(3))" },
    { 4, "2", "sqrt(2)", "1", "sqrt(s)" },
    { 6, "(2\\div sqrt(3))", "1", "(3*sqrt(3)\\div 2)", "sqrt(2*s\\div(3*sqrt(3)))" },
};

/* The side and the radius as formulas over the one measure that is given; 0 if none or two. */
static int given_measure(struct calc *c, struct facts *f, const struct shape_of *h, const char *k, char *given, const char **side, const char **radius)
{
    *given = '\0';
    for (int i = 0; i < f->n; i++)
        for (int j = 0; j < f->f[i].m.n; j++) {
            struct capture *m = &f->f[i].m.c[j];
            if (m->type == '!' || m->type == 'u')
                continue;
            if (*given != '\0')
                return 0;
            *given = m->name[0];
        }
    const char *s = NULL, *r = NULL;
    switch (*given) {
    case 'a': s = "a"; break;
    case 'p': s = calc_printf(c, "(p\\div %d)", h->n); break;
    case 's': s = h->from_area; break;
    case 'g': s = h->n == 4 ? "(g\\div sqrt(2))" : NULL; break;
    case 'r': r = "r"; break;
    case 'd': r = "(d\\div 2)"; break;
    case 'q': r = "(q\\div(2*\\pi))"; break;
    case 'z': r = "sqrt(z\\div\\pi)"; break;
    default: return 0;
    }
    if (s == NULL && r == NULL)
        return 0;
    *side = s != NULL ? s : calc_printf(c, "(%s*%s)", r, k);
    *radius = r != NULL ? r : calc_printf(c, "(%s\\div %s)", s, k);
    return 1;
}

static int inscribed_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    const struct shape_of *h = NULL;
    char given;
    const char *side, *radius, *formula = NULL, *text = "";
    struct match all = { 0 };
    (void)arg;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        if (fact_has(f, calc_printf(c, "n%d", shapes[i].n))) {
            if (h != NULL)
                return 0;
            h = &shapes[i];
        }
    int in = fact_count(f, "in") + fact_count(f, "in1"), out = fact_count(f, "out") + fact_count(f, "out1");
    const char *ask = NULL, *gap = NULL;
    for (int i = 0; i < f->n; i++) {
        const char *t = f->f[i].tag;
        if (strncmp(t, "ask ", 4) == 0 || strncmp(t, "gap", 3) == 0) {
            if (ask != NULL || gap != NULL)
                return 0;
            *(*t == 'a' ? &ask : &gap) = *t == 'a' ? t + 4 : t;
        }
        for (int j = 0; j < f->f[i].m.n; j++) {
            struct capture *k = &f->f[i].m.c[j];
            if (k->type != '!' && all.n < 24)
                all.c[all.n++] = *k;
            if (k->type != '!' && k->type != 'u' && k->e != NULL)
                text = calc_printf(c, "%s = %s%s%s", k->name, ex_text(c, k->e), k->unit != NULL ? " " : "", k->unit != NULL ? k->unit->text : "");
        }
    }
    if (h == NULL || in + out != 1 || (ask == NULL) == (gap == NULL) || !given_measure(c, f, h, in ? h->in : h->out, &given, &side, &radius))
        return 0;
    int shaded = fact_count(f, "shadein") - fact_count(f, "shadeout");
    if (gap != NULL) {                                /* it must lie between: inside the outer, outside the inner one */
        if ((strcmp(gap, "gapin") == 0 && !in) || (strcmp(gap, "gapout") == 0 && in) || (strcmp(gap, "gapshade") == 0 ? shaded != (in ? 1 : -1) : shaded != 0 && shaded != (in ? 1 : -1)) || (strcmp(gap, "gaprest") == 0) > fact_has(f, "cut"))
            return 0;
        formula = calc_printf(c, in ? "%s*%s^2-\\pi*%s^2" : "\\pi*%3$s^2-%1$s*%2$s^2", h->area, side, radius);
    } else {
        if (shaded != 0 || fact_count(f, "shadein") > 0)
            return 0;
        if ((fact_has(f, "incircle") + fact_has(f, "outcircle") && strchr("zrdq", *ask) == NULL) || (fact_has(f, "inpoly") + fact_has(f, "outpoly") && strchr("sap", *ask) == NULL))
            return 0;                                 /* the measure of the figure that the words lead to */
        switch (*ask) {
        case 's': formula = calc_printf(c, "%s*%s^2", h->area, side); break;
        case 'a': formula = side; break;
        case 'p': formula = calc_printf(c, "%d*%s", h->n, side); break;
        case 'z': formula = calc_printf(c, "\\pi*%s^2", radius); break;
        case 'r': formula = radius; break;
        case 'd': formula = calc_printf(c, "2*%s", radius); break;
        case 'q': formula = calc_printf(c, "2*\\pi*%s", radius); break;
        default: return 0;
        }
    }
    int area = gap != NULL || *ask == 's' || *ask == 'z';
    struct family fam = { .id = "inscribed", .formula = formula, .conds = calc_printf(c, "%c>0", given), .unit = area ? "^2" : "^1", .text = "" };
    if (!read_formula(c, &fam, &all, r))
        return 0;
    const char *poly = h->n == 4 ? "square" : h->n == 3 ? "equilateral triangle" : "regular hexagon";
    r->text = calc_printf(c, "%s inscribed in a %s, %s, find %s", in ? "circle" : poly, in ? poly : "circle", text, gap != NULL ? "the area between them" : calc_printf(c, "%s of the %s", area ? "the area" : *ask == 'r' ? "the radius" : *ask == 'd' ? "the diameter" : *ask == 'q' ? "the circumference" : *ask == 'a' ? "the side" : "the perimeter", strchr("zrdq", *ask) != NULL ? "circle" : poly));
    r->family = "inscribed";
    return 1;
}

int read_inscribed(struct calc *c, struct question *q, struct reading *r)
{
    return (clause_mentions(q, "圆") && clause_read(c, q, zh, inscribed_done, r, NULL)) || (clause_mentions(q, "circle") && clause_read(c, q, en, inscribed_done, r, NULL));
}
