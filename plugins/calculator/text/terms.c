/* terms.c - see terms.h.  A line is one meaning: its names, the first of them the one that is given back. */
#include "plugins/calculator/text/terms.h"

#include <stddef.h>
#include <string.h>

#define NAMES 6

static const char *const terms[][NAMES] = {
    { "monday", "星期一", "周一", "礼拜一" }, { "tuesday", "星期二", "周二", "礼拜二" }, { "wednesday", "星期三", "周三", "礼拜三" },
    { "thursday", "星期四", "周四", "礼拜四" }, { "friday", "星期五", "周五", "礼拜五" }, { "saturday", "星期六", "周六", "礼拜六" },
    { "sunday", "星期日", "周日", "星期天", "礼拜天" },
    { "odd function", "odd", "奇函数", "an odd function" }, { "even function", "even", "偶函数", "an even function" },
    { "neither odd nor even", "neither even nor odd", "非奇非偶函数", "既不是奇函数也不是偶函数", "非奇非偶", "neither" },
    { "increasing", "increasing function", "增函数", "单调递增", "递增", "an increasing function" },
    { "decreasing", "decreasing function", "减函数", "单调递减", "递减", "a decreasing function" },
    { "acute triangle", "锐角三角形", "an acute triangle", "acute" }, { "right triangle", "直角三角形", "a right triangle", "right", "rightangled triangle" },
    { "obtuse triangle", "钝角三角形", "an obtuse triangle", "obtuse" },
    { "isosceles triangle", "等腰三角形", "an isosceles triangle", "isosceles" }, { "equilateral triangle", "等边三角形", "正三角形", "an equilateral triangle", "equilateral" },
    { "isosceles right triangle", "等腰直角三角形", "an isosceles right triangle" },
    { "parallel", "平行", "they are parallel", "互相平行" }, { "perpendicular", "垂直", "they are perpendicular", "互相垂直" },
    { "intersecting", "相交", "intersect" }, { "tangent", "相切" }, { "separate", "相离" },
    { "circle", "圆", "a circle" }, { "ellipse", "椭圆", "an ellipse" }, { "hyperbola", "双曲线", "a hyperbola" }, { "parabola", "抛物线", "a parabola" },
    { "straight line", "直线", "a straight line", "line", "a line" },
    { "first quadrant", "第一象限", "the first quadrant", "quadrant i" }, { "second quadrant", "第二象限", "the second quadrant", "quadrant ii" },
    { "third quadrant", "第三象限", "the third quadrant", "quadrant iii" }, { "fourth quadrant", "第四象限", "the fourth quadrant", "quadrant iv" },
    { "parallelogram", "平行四边形", "a parallelogram" }, { "rectangle", "矩形", "长方形", "a rectangle" }, { "square", "正方形", "a square" },
    { "rhombus", "菱形", "a rhombus" }, { "trapezoid", "梯形", "a trapezoid", "trapezium", "a trapezium" },
    { "prime", "质数", "素数", "prime number", "a prime number" }, { "composite", "合数", "composite number", "a composite number" },
    { "convergent", "收敛", "converges", "it converges" }, { "divergent", "发散", "diverges", "it diverges" },
    { "rational", "有理数", "rational number" }, { "irrational", "无理数", "irrational number" },
    { "necessary and sufficient", "充要条件", "充分必要条件", "necessary and sufficient condition" },
    { "sufficient but not necessary", "充分不必要条件", "充分而不必要条件", "充分非必要条件", "sufficient but not necessary condition" },
    { "necessary but not sufficient", "必要不充分条件", "必要而不充分条件", "必要非充分条件", "necessary but not sufficient condition" },
    { "neither sufficient nor necessary", "既不充分也不必要条件", "既非充分又非必要条件", "neither necessary nor sufficient" },
};

const char *terms_name(const char *s)
{
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        for (size_t j = 0; j < NAMES && terms[i][j] != NULL; j++)
            if (strcmp(terms[i][j], s) == 0)
                return terms[i][0];
    return NULL;
}
