/* read_figures.c - one figure, its given measures, the measure that is asked: circles,
 * triangles, quadrilaterals, solids.  A figure's measures are rows of `attrs`; a row of
 * `rules` says how one follows from exactly these given ones. */
#include "plugins/calculator/stories/clause.h"
#include "plugins/calculator/text/parse.h"

#include <string.h>

/* type: m length, s area, k volume, n angle or number; the key is the formula's symbol.
 * all: the row is a whole clause, with its captures. */
struct attr { const char *figs, *key; char type; const char *zh, *en; int all; };
struct fig { const char *id, *zh, *en; };
struct rule { const char *fig, *given, *asked, *formula, *conds; };

static const struct fig figs[] = {
    { "circle", "(圆|圆形)", "circle" },
    { "semicircle", "半圆(形|)", "(semicircle|semi-circle|half circle)" },
    { "square", "正方形", "square" },
    { "rectangle", "(长方形|矩形)", "rectangle" },
    { "parallelogram", "平行四边形", "parallelogram" },
    { "rhombus", "菱形", "rhombus" },
    { "trapezoid", "梯形", "(trapezoid|trapezium)" },
    { "equilateral", "(等边三角形|正三角形)", "equilateral triangle" },
    { "isosceles", "等腰三角形", "isosceles triangle" },
    { "right", "直角三角形", "(right triangle|right-angled triangle)" },
    { "triangle", "三角形", "triangle" },
    { "hexagon", "正六边形", "regular hexagon" },
    { "octagon", "正八边形", "regular octagon" },
    { "ring", "圆环", "(ring|annulus)" },
    { "sector", "扇形", "(sector|sector of a circle)" },
    { "cube", "正方体", "cube" },
    { "cuboid", "长方体", "(cuboid|rectangular box|rectangular prism|rectangular solid)" },
    { "cylinder", "圆柱(体|)", "(cylinder|right circular cylinder)" },
    { "cone", "圆锥(体|形(帐篷|零件|容器|沙堆|谷堆|漏斗|帽子)|)", "(cone|right circular cone)" },
    { "sphere", "(球|球体)", "(sphere|ball)" },
    { "hemisphere", "半球", "hemisphere" },
    { "pyramid4", "正四棱锥", "(square pyramid|regular square pyramid)" },
    { "pyramid", "(三棱锥|四棱锥|棱锥)", "pyramid" },
    { "prism", "(三棱柱|直三棱柱|四棱柱|棱柱)", "prism" },
    { "tetrahedron", "正四面体", "regular tetrahedron" },
};

static const struct attr attrs[] = {
    { "circle sphere hemisphere sector semicircle", "r", 'm', "半径", "radius", 0 },
    { "circle sphere semicircle", "d", 'm', "直径", "diameter", 0 },
    { "semicircle", "p", 'm', "周长", "perimeter", 0 }, { "semicircle", "s", 's', "面积", "area", 0 },
    { "circle", "p", 'm', "周长", "circumference", 0 },
    { "circle square rectangle parallelogram rhombus trapezoid equilateral isosceles right triangle hexagon ring sector", "s", 's', "面积", "area", 0 },
    { "octagon", "s", 's', "面积", "area", 0 },
    { "square rectangle parallelogram rhombus equilateral isosceles right triangle hexagon octagon sector", "p", 'm', "周长", "perimeter", 0 },
    { "square equilateral hexagon octagon rhombus", "a", 'm', "(边长|每条边(的|)(长|)|每边(长|))", "(side length|length of a side|length of each side|length of its side|sides|side|edge length|sides of length)", 0 },
    { "square rectangle", "d", 'm', "对角线(的长|长|)", "(diagonal|diagonal length)", 0 },
    { "square", "r", 'm', "内切圆(的|)半径", "(inradius|radius of the inscribed circle)", 0 },
    { "square", "x", 's', "内切圆(的|)面积", "area of the inscribed circle", 0 },
    { "square", "y", 's', "外接圆(的|)面积", "area of the circumscribed circle", 0 },
    { "rectangle", "a", 'm', "长", "length", 0 },
    { "rectangle", "b", 'm', "宽", "width", 0 },
    { "rectangle", "a b", 'm', "长和宽分别(为|是){m:a}(和|、|与){m:b}", "(sides|side lengths|dimensions) (of |)(length |)({m:a} and {m:b}|{m:a} by {m:b})", 1 },
    { "rectangle", "a b", 'm', "长{m:a}(、|,|和)宽{m:b}", "({m:a} long and {m:b} wide|{m:b} wide and {m:a} long|{m:a} by {m:b})", 1 },
    { "rectangle", "k", 'n', "长(是|为|等于)宽的{n:k}倍", "(length (of (a|the|this) rectangle |)is|length which is|length that is) (twice{!:twice}|{n:k} times) (its|the) width", 1 },
    { "rectangle", "x", 'm', "(长比宽(多|长|大)|宽比长(少|短|小)){m:x}", "(length (of (a|the|this) rectangle |)is {m:x} (more than|longer than|greater than) (its|the) width|width (of (a|the|this) rectangle |)is {m:x} (less than|shorter than) (its|the) length)", 1 },
    { "parallelogram triangle", "b", 'm', "(底|底边|底边长)", "base", 0 },
    { "parallelogram triangle trapezoid", "h", 'm', "高", "(height|altitude)", 0 },
    { "rhombus", "u w", 'm', "(两条|两|)对角线(的|)(长|)(分别|)(为|是|)(长|){m:u}(和|、|与|,){m:w}", "(the |)diagonals (are |of |of length |of lengths |measure |)(length |)(lengths |){m:u} and {m:w}", 1 },
    { "trapezoid", "a", 'm', "上底(长|)", "(upper base|shorter base|top base)", 0 },
    { "trapezoid", "b", 'm', "下底(长|)", "(lower base|longer base|bottom base)", 0 },
    { "trapezoid", "a b", 'm', "(上、下底|上底和下底|上底与下底|两底)(长|)分别(为|是){m:a}(和|、|与|,){m:b}", "(parallel sides|bases) (are |of |of length |of lengths |measuring |)(length |)(lengths |){m:a} and {m:b}", 1 },
    { "equilateral", "h", 'm', "高", "(height|altitude)", 0 },
    { "equilateral triangle right", "r", 'm', "内切圆(的|)半径", "(inradius|radius of (its |the )(inscribed circle|incircle))", 0 },
    { "equilateral triangle right", "x", 'm', "外接圆(的|)半径", "(circumradius|radius of (its |the )circumscribed circle|radius of (its|the) circumcircle)", 0 },
    { "right triangle equilateral", "z", 's', "内切圆(的|)面积", "(area of (its |the |)inscribed circle|area of (its|the) incircle)", 0 },
    { "right triangle equilateral", "y", 's', "外接圆(的|)面积", "(area of (its |the |)circumscribed circle|area of (its|the) circumcircle)", 0 },
    { "isosceles", "a", 'm', "(腰长|腰|两腰|两腰长)", "(equal sides|legs) (of |)(length |each of length |)", 0 },
    { "isosceles", "a", 'm', "两腰(长|)(都|均|)(为|是|){m:a}", "two (equal |)sides (of |)(length |equal to |){m:a}", 1 },
    { "isosceles", "b", 'm', "(底边长|底边|底)", "(base|base length)", 0 },
    { "isosceles", "h", 'm', "(底边上的高|底边上的中线)", "(height|altitude) (to|on) (the|its) base", 0 },
    { "isosceles", "t", 'n', "(顶角|顶角的度数)", "(vertex angle|apex angle)", 0 },
    { "isosceles", "w", 'n', "(底角|底角的度数|每个底角|一个底角)", "(base angle|base angles|each base angle)", 0 },
    { "right", "a b", 'm', "(两条|两|二)直角边(的|)(长|)(分别|)(为|是){m:a}(和|、|与|,){m:b}", "(two |)(legs|perpendicular sides|shorter sides) (of |)(length |lengths |that measure |measure |measuring |are |){m:a} and {m:b}", 1 },
    { "right", "g", 'm', "(斜边(的|)长|斜边)", "hypotenuse", 0 },
    { "right", "a", 'm', "(一条直角边(的|)长|一条直角边|其中一条直角边(长|)|一直角边(长|))", "(one leg|a leg|leg|one of the legs|one of its legs)", 0 },
    { "right", "b", 'm', "另一(条|)直角边(的|)(长|)", "(other leg|second leg)", 0 },
    { "right", "h", 'm', "斜边上的高", "(altitude|height) (to|on) the hypotenuse", 0 },
    { "right", "m", 'm', "斜边上的中线", "median to the hypotenuse", 0 },
    { "triangle", "a b g", 'm', "三(条|)边(的|)(长|)(分别|)(为|是|){m:a}(、|,){m:b}(、|,|和){m:g}", "(sides|side lengths|three sides) (of |have |)(length |lengths |are |measuring |measure |){m:a},{m:b}(,|) and {m:g}", 1 },
    { "triangle", "a b w", 'm', "(两边|两条边)(的|)(长|)(分别|)(为|是){m:a}(和|、|与|,){m:b},(它们的|)夹角(为|是){n:w}", "(two |)sides (of |)(length |lengths |are |){m:a} and {m:b} and (the |an |)(included angle (of |is |)|angle between them (of |is |)){n:w}", 1 },
    { "hexagon", "q", 'm', "(内切圆的半径|内切圆半径|边心距)", "(inradius|apothem|radius of (its |the |)(inscribed circle|incircle))", 0 },
    { "hexagon", "r", 'm', "(外接圆的半径|外接圆半径)", "(circumradius|radius of the circumscribed circle)", 0 },
    { "ring", "a", 'm', "(外圆(的|)半径|外半径|大圆(的|)半径)", "(outer radius)", 0 },
    { "ring", "b", 'm', "(内圆(的|)半径|内半径|小圆(的|)半径)", "(inner radius)", 0 },
    { "sector", "w", 'n', "圆心角(的度数|)", "(central angle|angle)", 0 },
    { "sector", "l", 'm', "弧长", "arc length", 0 },
    { "cube", "a", 'm', "棱长", "(edge length|edges of length|edge|side length|side|sides of length|length of an edge)", 0 },
    { "cube cuboid cylinder cone sphere pyramid4 tetrahedron", "s", 's', "(表面积|全面积)", "(total surface area|surface area)", 0 },
    { "cube cuboid cylinder cone sphere hemisphere pyramid4 pyramid prism tetrahedron", "v", 'k', "体积", "volume", 0 },
    { "cube", "d", 'm', "(体对角线|体对角线(的|)长)", "(space diagonal|body diagonal|long diagonal)", 0 },
    { "cube cuboid", "x", 's', "外接球的表面积", "surface area of (the|its) circumscribed sphere", 0 },
    { "cube cuboid", "y", 'k', "外接球的体积", "volume of (the|its) circumscribed sphere", 0 },
    { "cube cuboid", "q", 'm', "外接球的半径", "radius of (the|its) circumscribed sphere", 0 },
    { "cube", "t", 's', "内切球的表面积", "surface area of (the|its) inscribed sphere", 0 },
    { "cube", "u", 'k', "内切球的体积", "volume of (the|its) inscribed sphere", 0 },
    { "cuboid", "a", 'm', "长", "length", 0 },
    { "cuboid", "b", 'm', "宽", "width", 0 },
    { "cuboid", "h", 'm', "高", "height", 0 },
    { "cuboid", "a b h", 'm', "长、宽、高(分别|)(为|是){m:a}(、|,){m:b}(、|,|和){m:h}", "(dimensions|edges|sides) (of |are |)({m:a},{m:b}(,|) and {m:h}|{m:a} by {m:b} by {m:h})", 1 },
    { "cuboid", "a b h", 'm', "长{m:a},宽{m:b},高{m:h}", "({m:a} long,{m:b} wide(,|) and {m:h} (high|tall|deep)|(measures |measuring |that measures |which measures |)(dimensions |)(of |){m:a} by {m:b} by {m:h}|(measures |measuring |that measures |){m:a},{m:b}(,|) and {m:h}|length {m:a},width {m:b}(,|) and height {m:h}|(length|edges|edge lengths) (of |){m:a},{m:b}(,|) and {m:h})", 1 },
    { "cuboid", "d", 'm', "(体对角线|对角线)(的|)(长|)", "(space diagonal|body diagonal|diagonal|longest diagonal)", 0 },
    { "cylinder cone", "r", 'm', "底面(圆的|)半径", "(base radius|radius of (its|the) base|radius)", 0 },
    { "cylinder cone", "d", 'm', "底面(圆的|)直径", "(base diameter|diameter of (its|the) base|diameter)", 0 },
    { "cylinder cone pyramid4 pyramid prism", "h", 'm', "高", "(height|altitude)", 0 },
    { "cylinder cone pyramid4", "t", 's', "(侧面积|侧面展开图(的|)面积)", "(lateral surface area|lateral area|curved surface area|area of (its|the) (curved|lateral) surface)", 0 },
    { "cone cylinder", "h", 'm', "高{m:h}", "{m:h} (high|tall)", 1 }, { "cone cylinder", "r", 'm', "底面半径{m:r}", "(its |the |)base (has|with|of) (a |)radius (of |){m:r}", 1 }, { "cone cylinder", "d", 'm', "底面直径{m:d}", "(its |the |)base (has|with|of) (a |)diameter (of |){m:d}", 1 },
    { "cylinder pyramid prism", "b", 's', "(底面积|底面面积)", "(base area|area of (its|the) base)", 0 },
    { "cone", "l", 'm', "(母线|母线长)", "slant height", 0 },
    { "pyramid4", "a", 'm', "(底面边长|底面的边长)", "(base edge|base edges of length|side of the base|base side|side length of the base)", 0 },
    { "tetrahedron", "a", 'm', "棱长", "(edge|edge length|side)", 0 },
};

#define TRI "sqrt((a+b+g)*(a+b-g)*(a-b+g)*(b+g-a))"
static const struct rule rules[] = {
    { "circle", "r", "d", "2*r", "r>0" }, { "circle", "d", "r", "d\\div 2", "d>0" }, { "circle", "r", "p", "2*\\pi*r", "r>0" }, { "circle", "r", "s", "\\pi*r^2", "r>0" },
    { "circle", "d", "s", "\\pi*d^2\\div 4", "d>0" }, { "circle", "d", "p", "\\pi*d", "d>0" }, { "circle", "p", "r", "p\\div(2*\\pi)", "p>0" }, { "circle", "p", "d", "p\\div\\pi", "p>0" }, { "circle", "p", "s", "p^2\\div(4*\\pi)", "p>0" },
    { "circle", "s", "r", "sqrt(s\\div\\pi)", "s>0" }, { "circle", "s", "d", "2*sqrt(s\\div\\pi)", "s>0" }, { "circle", "s", "p", "2*\\pi*sqrt(s\\div\\pi)", "s>0" },
    { "semicircle", "r", "s", "\\pi*r^2\\div 2", "r>0" }, { "semicircle", "r", "p", "\\pi*r+2*r", "r>0" }, { "semicircle", "d", "s", "\\pi*d^2\\div 8", "d>0" }, { "semicircle", "d", "p", "\\pi*d\\div 2+d", "d>0" },
    { "square", "a", "s", "a^2", "a>0" }, { "square", "a", "p", "4*a", "a>0" }, { "square", "a", "d", "a*sqrt(2)", "a>0" }, { "square", "p", "s", "p^2\\div 16", "p>0" }, { "square", "p", "a", "p\\div 4", "p>0" }, { "square", "p", "d", "p\\div 4*sqrt(2)", "p>0" },
    { "square", "s", "a", "sqrt(s)", "s>0" }, { "square", "s", "p", "4*sqrt(s)", "s>0" }, { "square", "s", "d", "sqrt(2*s)", "s>0" }, { "square", "d", "s", "d^2\\div 2", "d>0" }, { "square", "d", "a", "d\\div sqrt(2)", "d>0" }, { "square", "d", "p", "4*d\\div sqrt(2)", "d>0" },
    { "square", "a", "r", "a\\div 2", "a>0" }, { "square", "a", "x", "\\pi*a^2\\div 4", "a>0" }, { "square", "a", "y", "\\pi*a^2\\div 2", "a>0" },
    { "rectangle", "a b", "s", "a*b", "a>0, b>0" }, { "rectangle", "a b", "p", "2*(a+b)", "a>0, b>0" }, { "rectangle", "a b", "d", "sqrt(a^2+b^2)", "a>0, b>0" },
    { "rectangle", "a p", "b", "p\\div 2-a", "a>0, p>2*a" }, { "rectangle", "b p", "a", "p\\div 2-b", "b>0, p>2*b" }, { "rectangle", "a p", "s", "a*(p\\div 2-a)", "a>0, p>2*a" }, { "rectangle", "b p", "s", "b*(p\\div 2-b)", "b>0, p>2*b" },
    { "rectangle", "a s", "b", "s\\div a", "a>0, s>0" }, { "rectangle", "b s", "a", "s\\div b", "b>0, s>0" }, { "rectangle", "a s", "p", "2*(a+s\\div a)", "a>0, s>0" }, { "rectangle", "b s", "p", "2*(b+s\\div b)", "b>0, s>0" },
    { "rectangle", "a d", "b", "sqrt(d^2-a^2)", "a>0, d>a" }, { "rectangle", "b d", "a", "sqrt(d^2-b^2)", "b>0, d>b" }, { "rectangle", "a d", "s", "a*sqrt(d^2-a^2)", "a>0, d>a" }, { "rectangle", "b d", "s", "b*sqrt(d^2-b^2)", "b>0, d>b" },
    { "rectangle", "k p", "s", "k*(p\\div(2*(k+1)))^2", "k>0, p>0" }, { "rectangle", "k p", "a", "k*p\\div(2*(k+1))", "k>0, p>0" }, { "rectangle", "k p", "b", "p\\div(2*(k+1))", "k>0, p>0" }, { "rectangle", "k s", "b", "sqrt(s\\div k)", "k>0, s>0" }, { "rectangle", "k s", "p", "2*(k+1)*sqrt(s\\div k)", "k>0, s>0" },
    { "rectangle", "s x", "b", "(sqrt(x^2+4*s)-x)\\div 2", "x>0, s>0" }, { "rectangle", "s x", "a", "(sqrt(x^2+4*s)+x)\\div 2", "x>0, s>0" }, { "rectangle", "s x", "p", "2*sqrt(x^2+4*s)", "x>0, s>0" }, { "rectangle", "k s", "a", "k*sqrt(s\\div k)", "k>0, s>0" },
    { "rectangle", "b k", "s", "k*b^2", "k>0, b>0" }, { "rectangle", "b k", "p", "2*(k+1)*b", "k>0, b>0" }, { "rectangle", "p x", "s", "(p\\div 2-x)*(p\\div 2+x)\\div 4", "x>0, p>2*x" }, { "rectangle", "p x", "b", "(p\\div 2-x)\\div 2", "x>0, p>2*x" }, { "rectangle", "p x", "a", "(p\\div 2+x)\\div 2", "x>0, p>2*x" },
    { "parallelogram", "b h", "s", "b*h", "b>0, h>0" }, { "triangle", "b h", "s", "b*h\\div 2", "b>0, h>0" }, { "triangle", "b s", "h", "2*s\\div b", "b>0, s>0" }, { "triangle", "h s", "b", "2*s\\div h", "h>0, s>0" }, { "parallelogram", "b s", "h", "s\\div b", "b>0, s>0" }, { "parallelogram", "h s", "b", "s\\div h", "h>0, s>0" },
    { "rhombus", "u w", "s", "u*w\\div 2", "u>0, w>0" }, { "rhombus", "u w", "a", "sqrt(u^2+w^2)\\div 2", "u>0, w>0" }, { "rhombus", "u w", "p", "2*sqrt(u^2+w^2)", "u>0, w>0" }, { "rhombus", "a", "p", "4*a", "a>0" }, { "rhombus", "p", "a", "p\\div 4", "p>0" },
    { "trapezoid", "a b h", "s", "(a+b)*h\\div 2", "a>0, b>0, h>0" }, { "trapezoid", "a b s", "h", "2*s\\div(a+b)", "a>0, b>0, s>0" },
    { "equilateral", "a", "s", "sqrt(3)*a^2\\div 4", "a>0" }, { "equilateral", "a", "p", "3*a", "a>0" }, { "equilateral", "p", "a", "p\\div 3", "p>0" }, { "equilateral", "a", "h", "sqrt(3)*a\\div 2", "a>0" }, { "equilateral", "h", "a", "2*h\\div sqrt(3)", "h>0" }, { "equilateral", "h", "s", "h^2\\div sqrt(3)", "h>0" }, { "equilateral", "p", "s", "sqrt(3)*(p\\div 3)^2\\div 4", "p>0" },
    { "equilateral", "a", "r", "sqrt(3)*a\\div 6", "a>0" }, { "equilateral", "a", "x", "sqrt(3)*a\\div 3", "a>0" }, { "equilateral", "s", "a", "sqrt(4*s\\div sqrt(3))", "s>0" },
    { "isosceles", "a b", "s", "b*sqrt(a^2-b^2\\div 4)\\div 2", "a>0, b>0, 2*a>b" }, { "isosceles", "a b", "h", "sqrt(a^2-b^2\\div 4)", "a>0, b>0, 2*a>b" }, { "isosceles", "a b", "p", "2*a+b", "a>0, b>0, 2*a>b" }, { "isosceles", "a p", "b", "p-2*a", "a>0, p>2*a, p<4*a" }, { "isosceles", "b p", "a", "(p-b)\\div 2", "b>0, p>2*b" },
    { "isosceles", "t", "w", "(\\pi-t)\\div 2", "t>0, t<\\pi" }, { "isosceles", "w", "t", "\\pi-2*w", "w>0, w<\\pi\\div 2" },
    { "right", "a b", "g", "sqrt(a^2+b^2)", "a>0, b>0" }, { "right", "a g", "b", "sqrt(g^2-a^2)", "a>0, g>a" }, { "right", "a b", "s", "a*b\\div 2", "a>0, b>0" }, { "right", "a b", "p", "a+b+sqrt(a^2+b^2)", "a>0, b>0" }, { "right", "a b", "h", "a*b\\div sqrt(a^2+b^2)", "a>0, b>0" }, { "right", "a b", "m", "sqrt(a^2+b^2)\\div 2", "a>0, b>0" }, { "right", "g", "m", "g\\div 2", "g>0" }, { "right", "g", "x", "g\\div 2", "g>0" }, { "right", "a g", "r", "(a+sqrt(g^2-a^2)-g)\\div 2", "a>0, g>a" }, { "right", "a g", "x", "g\\div 2", "a>0, g>a" }, { "right", "a g", "h", "a*sqrt(g^2-a^2)\\div g", "a>0, g>a" }, { "right", "a g", "z", "\\pi*((a+sqrt(g^2-a^2)-g)\\div 2)^2", "a>0, g>a" },
    { "right", "a b", "z", "\\pi*((a+b-sqrt(a^2+b^2))\\div 2)^2", "a>0, b>0" }, { "right", "a b", "y", "\\pi*(a^2+b^2)\\div 4", "a>0, b>0" }, { "right", "g", "y", "\\pi*g^2\\div 4", "g>0" }, { "equilateral", "a", "z", "\\pi*a^2\\div 12", "a>0" }, { "equilateral", "a", "y", "\\pi*a^2\\div 3", "a>0" },
    { "right", "a b", "r", "(a+b-sqrt(a^2+b^2))\\div 2", "a>0, b>0" }, { "right", "a b", "x", "sqrt(a^2+b^2)\\div 2", "a>0, b>0" }, { "right", "a g", "s", "a*sqrt(g^2-a^2)\\div 2", "a>0, g>a" }, { "right", "a g", "p", "a+g+sqrt(g^2-a^2)", "a>0, g>a" },
    { "triangle", "a b g", "s", TRI "\\div 4", "a+b>g, a+g>b, b+g>a, a>0, b>0, g>0" }, { "triangle", "a b g", "p", "a+b+g", "a+b>g, a+g>b, b+g>a, a>0, b>0, g>0" }, { "triangle", "a b g", "r", TRI "\\div(2*(a+b+g))", "a+b>g, a+g>b, b+g>a, a>0, b>0, g>0" },
    { "triangle", "a b g", "x", "a*b*g\\div " TRI, "a+b>g, a+g>b, b+g>a, a>0, b>0, g>0" }, { "triangle", "a b w", "s", "a*b*sin(w)\\div 2", "a>0, b>0, w>0, w<\\pi" },
    { "hexagon", "a", "s", "3*sqrt(3)*a^2\\div 2", "a>0" }, { "hexagon", "a", "p", "6*a", "a>0" }, { "hexagon", "a", "r", "a", "a>0" }, { "hexagon", "p", "s", "3*sqrt(3)*(p\\div 6)^2\\div 2", "p>0" }, { "hexagon", "p", "a", "p\\div 6", "p>0" }, { "hexagon", "a", "q", "sqrt(3)*a\\div 2", "a>0" }, { "hexagon", "r", "s", "3*sqrt(3)*r^2\\div 2", "r>0" }, { "hexagon", "r", "p", "6*r", "r>0" }, { "hexagon", "r", "a", "r", "r>0" }, { "hexagon", "q", "s", "2*sqrt(3)*q^2", "q>0" }, { "hexagon", "q", "a", "2*q\\div sqrt(3)", "q>0" }, { "hexagon", "q", "p", "12*q\\div sqrt(3)", "q>0" },
    { "octagon", "a", "s", "2*(1+sqrt(2))*a^2", "a>0" }, { "octagon", "a", "p", "8*a", "a>0" }, { "octagon", "p", "s", "2*(1+sqrt(2))*(p\\div 8)^2", "p>0" }, { "octagon", "p", "a", "p\\div 8", "p>0" },
    { "ring", "a b", "s", "\\pi*(a^2-b^2)", "a>b, b>0" },
    { "sector", "r w", "s", "r^2*w\\div 2", "r>0, w>0, w<=2*\\pi" }, { "sector", "r w", "l", "r*w", "r>0, w>0, w<=2*\\pi" }, { "sector", "r w", "p", "r*w+2*r", "r>0, w>0, w<2*\\pi" }, { "sector", "l r", "s", "l*r\\div 2", "l>0, r>0, l<=2*\\pi*r" }, { "sector", "l s", "r", "2*s\\div l", "l>0, s>0" }, { "sector", "l w", "r", "l\\div w", "l>0, w>0, w<=2*\\pi" }, { "sector", "r s", "l", "2*s\\div r", "r>0, s>0, s<=\\pi*r^2" }, { "sector", "l w", "s", "l^2\\div(2*w)", "l>0, w>0, w<=2*\\pi" },
    { "cube", "a", "v", "a^3", "a>0" }, { "cube", "a", "s", "6*a^2", "a>0" }, { "cube", "a", "d", "a*sqrt(3)", "a>0" }, { "cube", "s", "v", "s\\div 6*sqrt(s\\div 6)", "s>0" }, { "cube", "s", "a", "sqrt(s\\div 6)", "s>0" }, { "cube", "v", "a", "v^{1\\div 3}", "v>0" }, { "cube", "v", "s", "6*v^{2\\div 3}", "v>0" },
    { "cube", "a", "x", "3*\\pi*a^2", "a>0" }, { "cube", "a", "y", "\\pi*sqrt(3)*a^3\\div 2", "a>0" }, { "cube", "a", "q", "a*sqrt(3)\\div 2", "a>0" }, { "cube", "a", "t", "\\pi*a^2", "a>0" }, { "cube", "a", "u", "\\pi*a^3\\div 6", "a>0" }, { "cube", "d", "v", "(d\\div sqrt(3))^3", "d>0" }, { "cube", "d", "a", "d\\div sqrt(3)", "d>0" },
    { "cuboid", "a b h", "v", "a*b*h", "a>0, b>0, h>0" }, { "cuboid", "a b h", "s", "2*(a*b+a*h+b*h)", "a>0, b>0, h>0" }, { "cuboid", "a b h", "d", "sqrt(a^2+b^2+h^2)", "a>0, b>0, h>0" }, { "cuboid", "a b v", "h", "v\\div(a*b)", "a>0, b>0, v>0" },
    { "cuboid", "a b h", "x", "\\pi*(a^2+b^2+h^2)", "a>0, b>0, h>0" }, { "cuboid", "a b h", "q", "sqrt(a^2+b^2+h^2)\\div 2", "a>0, b>0, h>0" }, { "cuboid", "a b h", "y", "\\pi*(a^2+b^2+h^2)*sqrt(a^2+b^2+h^2)\\div 6", "a>0, b>0, h>0" },
    { "cylinder", "h r", "v", "\\pi*r^2*h", "r>0, h>0" }, { "cylinder", "h r", "t", "2*\\pi*r*h", "r>0, h>0" }, { "cylinder", "h r", "s", "2*\\pi*r*(r+h)", "r>0, h>0" }, { "cylinder", "d h", "v", "\\pi*d^2*h\\div 4", "d>0, h>0" }, { "cylinder", "d h", "t", "\\pi*d*h", "d>0, h>0" }, { "cylinder", "d h", "s", "\\pi*d*(d\\div 2+h)", "d>0, h>0" },
    { "cylinder", "r v", "h", "v\\div(\\pi*r^2)", "r>0, v>0" }, { "cylinder", "b h", "v", "b*h", "b>0, h>0" },
    { "cone", "h r", "v", "\\pi*r^2*h\\div 3", "r>0, h>0" }, { "cone", "d h", "v", "\\pi*d^2*h\\div 12", "d>0, h>0" }, { "cone", "h r", "l", "sqrt(r^2+h^2)", "r>0, h>0" }, { "cone", "d h", "l", "sqrt(d^2\\div 4+h^2)", "d>0, h>0" }, { "cone", "d h", "t", "\\pi*d\\div 2*sqrt(d^2\\div 4+h^2)", "d>0, h>0" }, { "cone", "d h", "s", "\\pi*d\\div 2*(d\\div 2+sqrt(d^2\\div 4+h^2))", "d>0, h>0" }, { "cone", "d l", "t", "\\pi*d\\div 2*l", "d>0, 2*l>d" }, { "cone", "d l", "s", "\\pi*d\\div 2*(d\\div 2+l)", "d>0, 2*l>d" }, { "cone", "d l", "h", "sqrt(l^2-d^2\\div 4)", "d>0, 2*l>d" }, { "cone", "d l", "v", "\\pi*d^2*sqrt(l^2-d^2\\div 4)\\div 12", "d>0, 2*l>d" }, { "cone", "h r", "t", "\\pi*r*sqrt(r^2+h^2)", "r>0, h>0" }, { "cone", "h r", "s", "\\pi*r*(r+sqrt(r^2+h^2))", "r>0, h>0" },
    { "cone", "l r", "v", "\\pi*r^2*sqrt(l^2-r^2)\\div 3", "r>0, l>r" }, { "cone", "l r", "h", "sqrt(l^2-r^2)", "r>0, l>r" }, { "cone", "l r", "t", "\\pi*r*l", "r>0, l>r" }, { "cone", "l r", "s", "\\pi*r*(r+l)", "r>0, l>r" }, { "cone", "h l", "r", "sqrt(l^2-h^2)", "h>0, l>h" }, { "cone", "h l", "v", "\\pi*(l^2-h^2)*h\\div 3", "h>0, l>h" }, { "cone", "r v", "h", "3*v\\div(\\pi*r^2)", "r>0, v>0" },
    { "sphere", "r", "v", "4*\\pi*r^3\\div 3", "r>0" }, { "sphere", "r", "s", "4*\\pi*r^2", "r>0" }, { "sphere", "d", "v", "\\pi*d^3\\div 6", "d>0" }, { "sphere", "d", "s", "\\pi*d^2", "d>0" }, { "sphere", "s", "r", "sqrt(s\\div(4*\\pi))", "s>0" }, { "sphere", "s", "v", "4*\\pi*sqrt(s\\div(4*\\pi))^3\\div 3", "s>0" }, { "sphere", "v", "r", "(3*v\\div(4*\\pi))^{1\\div 3}", "v>0" }, { "sphere", "v", "s", "4*\\pi*(3*v\\div(4*\\pi))^{2\\div 3}", "v>0" }, { "sphere", "s", "d", "2*sqrt(s\\div(4*\\pi))", "s>0" },
    { "hemisphere", "r", "v", "2*\\pi*r^3\\div 3", "r>0" },
    { "pyramid4", "a h", "v", "a^2*h\\div 3", "a>0, h>0" }, { "pyramid4", "a h", "t", "2*a*sqrt(h^2+a^2\\div 4)", "a>0, h>0" }, { "pyramid4", "a h", "s", "a^2+2*a*sqrt(h^2+a^2\\div 4)", "a>0, h>0" },
    { "pyramid", "b h", "v", "b*h\\div 3", "b>0, h>0" }, { "prism", "b h", "v", "b*h", "b>0, h>0" }, { "tetrahedron", "a", "v", "sqrt(2)*a^3\\div 12", "a>0" }, { "tetrahedron", "a", "s", "sqrt(3)*a^2", "a>0" },
};

static int listed(const char *words, const char *w)
{
    size_t n = strlen(w);
    for (const char *p = words; (p = strstr(p, w)) != NULL; p += n)
        if ((p == words || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
            return 1;
    return 0;
}

struct job { const struct fig *fig; struct question *q; };

/* What the clauses give: letters in order, each once. */
static int given_keys(struct facts *f, char *out)
{
    int n = 0;
    char seen[32] = "";
    for (int i = 0; i < f->n; i++)
        for (int j = 0; j < f->f[i].m.n; j++) {
            struct capture *k = &f->f[i].m.c[j];
            if (k->type == '!' ? strcmp(k->name, "twice") != 0 : k->type == 'u')
                continue;
            char key = k->type == '!' ? 'k' : k->name[0];
            if (strchr(seen, key) != NULL || n == 8)
                return 0;
            seen[n++] = key;
            seen[n] = '\0';
        }
    int o = 0;
    for (char k = 'a'; k <= 'z'; k++)
        if (strchr(seen, k) != NULL) {
            if (o > 0)
                out[o++] = ' ';
            out[o++] = k;
        }
    out[o] = '\0';
    return 1;
}

static int figure_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    struct job *job = arg;
    char given[32];
    const char *asked = NULL, *lead = "ask ", *text = job->fig->id;
    struct match all = { 0 };
    char type = 0;
    if (!given_keys(f, given))
        return 0;
    for (int i = 0; i < f->n; i++) {
        const char *tag = f->f[i].tag;
        if (strncmp(tag, lead, 4) == 0) {
            if (asked != NULL)
                return 0;
            type = tag[4];
            asked = tag + 5;
        }
        for (int j = 0; j < f->f[i].m.n; j++) {
            struct capture k = f->f[i].m.c[j];
            if (k.type == '!') {
                if (strcmp(k.name, "twice") != 0)
                    continue;
                k = (struct capture){ "k", ex_num(c, 2), NULL, NULL, 'n' };
            }
            if (all.n == 24)
                return 0;
            all.c[all.n++] = k;
            if (k.type != 'u' && k.e != NULL)
                text = calc_printf(c, "%s, %s = %s%s%s", text, k.name, ex_text(c, k.e), k.unit != NULL ? " " : "", k.unit != NULL ? k.unit->text : "");
        }
    }
    if (asked == NULL)
        return 0;
    for (int i = 0; i < all.n; i++)                   /* an angle is one, and a factor is none */
        if (all.c[i].type == 'n' && (strcmp(all.c[i].name, "w") == 0 || strcmp(all.c[i].name, "t") == 0) && (all.c[i].e->k != E_DEG && !ex_has_kind(all.c[i].e, E_PI)))
            return 0;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct rule *u = &rules[i];
        if (strcmp(u->fig, job->fig->id) != 0 || strcmp(u->given, given) != 0 || strcmp(u->asked, asked) != 0)
            continue;
        struct family fam = { .id = job->fig->id, .formula = u->formula, .conds = u->conds, .unit = type == 'm' ? "^1" : type == 's' ? "^2" : type == 'k' ? "^3" : "", .text = "" };
        if (!read_formula(c, &fam, &all, r))
            return 0;
        if (type == 'n') {
            ca_t pi;
            ca_init(pi, c->ca);
            ca_pi(pi, c->ca);
            ca_div(r->v, r->v, pi, c->ca);
            ca_mul_si(r->v, r->v, 180, c->ca);
            ca_clear(pi, c->ca);
            r->degrees = 1 + (strstr(job->q->text, "度") != NULL || strstr(job->q->text, "degree") != NULL);
        }
        r->text = calc_printf(c, "%s, find %s", text, asked);
        r->family = job->fig->id;
        return 1;
    }
    return 0;
}

enum { MAX_CLAUSES = 220 };
struct build { struct calc *c; struct clause t[MAX_CLAUSES]; int n; };

static void add(struct build *b, const char *from, char to, const char *tag, const char *pattern)
{
    if (b->n < MAX_CLAUSES - 1)
        b->t[b->n++] = (struct clause){ from, to, tag, pattern };
}

/* The clauses of one figure: f a figure without its facts, g with facts, h facts first,
 * q asked first. */
static void clauses_zh(struct build *b, const struct fig *f)
{
    struct calc *c = b->c;
    const char *F = f->zh;
    add(b, "S", 'g', "fig", calc_printf(c, "(已知|若|如果|设|)(一个|某|某个|有一个|)%s(的|,|中,|)", F));
    add(b, "S", 'h', "lead", "(已知|求|若|计算)");
    add(b, "h", 'g', "fig", calc_printf(c, "的%s(的|中|,|)", F));
    for (size_t i = 0; i < sizeof attrs / sizeof *attrs; i++) {
        const struct attr *a = &attrs[i];
        if (!listed(a->figs, f->id))
            continue;
        const char *is = a->all ? a->zh : calc_printf(c, "%s(长|)(都|均|)(为|是|等于|=|){%c:%s}", a->zh, a->type, a->key);
        add(b, "Sh", 'h', "fact", calc_printf(c, "%s(,|、|和|)", is));
        add(b, "g", 'g', "fact", calc_printf(c, "(它的|其|)%s(,|、|和|且|)", is));
        if (!a->all)
            add(b, "g", '.', calc_printf(c, "ask %c%s", a->type, a->key),
                calc_printf(c, "(求|计算|则|那么|问|)(出|)(它的|其|这个%s(的|)|该%s(的|)|此%s(的|)|%s(的|)|)%s(的长|的长度|的大小|的度数|长|)(是|为|等于|)(多少|多长|几|)({u:unit}|度|)", F, F, F, F, a->zh));
    }
}

static void clauses_en(struct build *b, const struct fig *f)
{
    struct calc *c = b->c;
    const char *F = f->en, *ask = "(find|what is|calculate|compute|determine|how long is)";
    add(b, "S", 'g', "fig", calc_printf(c, "(if |)(in |)(a|an|the) %s(,|) (has|with|of|whose|is|) ", F));
    add(b, "q", 'p', "fig", calc_printf(c, "(of|for) (a|an|the) %s(,|) (has|with|of|whose|that has|having|if|that is|is|) ", F));
    add(b, "p", '.', "fig", calc_printf(c, "(with|of|whose|and|if|has|that|is)"));
    for (size_t i = 0; i < sizeof attrs / sizeof *attrs; i++) {
        const struct attr *a = &attrs[i];
        if (!listed(a->figs, f->id))
            continue;
        const char *is = a->all ? a->en : calc_printf(c, "%s (is|are|of|measures|measure|equals|is equal to|=|of length|) (length |){%c:%s}", a->en, a->type, a->key);
        add(b, "g", 'g', "fact", calc_printf(c, "(whose |and whose |and |)(a|an|the|its|) %s (,|) (and|and has|with|)", is));
        add(b, "p.", '.', "fact", calc_printf(c, "(whose |and whose |and with |)(a|an|the|its|) %s (,|) (and|with|)", is));
        add(b, "S", 'g', "fact", calc_printf(c, "(if |)(the |each |every |)%s", calc_printf(c, a->all ? "%s" : "%s of (a|an|the|one) %s (is|are|measures|measure|equals) {%c:%s} (,|) (and|)", a->en, F, a->type, a->key)));
        if (!a->all)
            add(b, "S", 'g', "fact", calc_printf(c, "(if |)(a|an|the) %s's %s (is|measures|equals) {%c:%s} (,|) (and|)", F, a->en, a->type, a->key));
        if (a->all && strlen(a->key) > 2)
            add(b, "S", 'g', "fact", calc_printf(c, "(if |)the (two |)%s of (a|an|the) %s (are|measure) {m:%c} and {m:%c},", strcmp(a->key, "u w") == 0 ? "diagonals" : strcmp(f->id, "right") == 0 ? "legs" : "bases", F, a->key[0], strlen(a->key) > 2 ? a->key[2] : 'z'));
        if (!a->all) {
            add(b, "g", '.', calc_printf(c, "ask %c%s", a->type, a->key), calc_printf(c, "%s (the |its |)(length of |)(the |its |)%s(of (the|this) %s|)", ask, a->en, F));
            add(b, "S", 'q', calc_printf(c, "ask %c%s", a->type, a->key), calc_printf(c, "%s the (length of the |)%s", ask, a->en));
        }
    }
}

static int contains(struct calc *c, const char *text, const char *alternatives, int zh)
{
    const char *p = alternatives;
    while (*p != '\0') {                              /* a quick look, so that most figures cost nothing */
        while (*p == '(' || *p == '|')
            p++;
        size_t n = strcspn(p, "(|)");
        if (n > 0 && (zh ? strstr(text, calc_strn(c, p, n)) : strcasestr(text, calc_strn(c, p, n))) != NULL)
            return 1;
        p += n;
        if (*p == ')' || n == 0)
            return 0;
    }
    return 0;
}

int read_figure(struct calc *c, struct question *q, struct reading *r)
{
    for (size_t i = 0; i < sizeof figs / sizeof *figs; i++) {
        struct job job = { &figs[i], q };
        for (int zh = 0; zh < 2; zh++) {
            if (!contains(c, q->text, zh ? figs[i].zh : figs[i].en, zh))
                continue;
            struct build *b = calc_alloc(c, sizeof *b);
            b->c = c;
            if (zh)
                clauses_zh(b, &figs[i]);
            else
                clauses_en(b, &figs[i]);
            if (clause_read(c, q, b->t, figure_done, r, &job))
                return 1;
        }
    }
    return 0;
}
