/* equal.h - do two answers mean the same?  Each is read as an object: a value, a set,
 * a tuple, a set of reals, a curve, a matrix, words; objects of a kind are compared
 * exactly.  UNSURE is always allowed, a false YES never. */
#ifndef CALC_EQUAL_H
#define CALC_EQUAL_H
#include "plugins/calculator/values/solve.h"

enum ok { O_NONE, O_VALUE, O_SET, O_TUPLE, O_MAP, O_RSET, O_CURVE, O_MATRIX, O_RATIO, O_INF, O_TEXT };
struct obj {
    enum ok k;
    const char *name;           /* "x" of x = 5; NULL */
    struct ex *e;               /* VALUE, CURVE (an equation), MATRIX, RATIO, TEXT; TUPLE: the node */
    int n;                      /* SET, TUPLE, MAP */
    struct ex *item[32];
    const char *names[32];      /* MAP */
    struct rset rs;             /* RSET */
    int sign;                   /* INF */
    const struct unit *unit;    /* VALUE */
    int degrees;                /* VALUE: written in degrees */
    int approx;                 /* VALUE: behind an approximation sign */
    const char *arg;            /* VALUE: "t" of f(t) = t^2; NULL */
    int braces;                 /* SET: written in braces */
    int chained;                /* VALUE: the last side of an equation with other sides */
};
int      obj_of(struct calc *c, struct ex *e, struct obj *o);
enum tri obj_equal(struct calc *c, const struct obj *gold, const struct obj *answer);
enum tri equal_ex(struct calc *c, struct ex *gold, struct ex *answer);
/* gold as it is; answer with words around it, as a model writes. */
enum tri equal_texts(struct calc *c, const char *gold, const char *answer);
/* The parsed answer, several boxes joined to a set; NULL if there is none. */
struct answer;
struct ex *equal_answer_ex(struct calc *c, const struct answer *a);
#endif
