/* equal.h - do two answers mean the same?  Each is read as an object: a value, a set,
 * a tuple, a set of reals, a curve, a matrix, words; objects of a kind are compared
 * exactly.  UNSURE is always allowed, a false YES never. */
#ifndef CALC_EQUAL_H
#define CALC_EQUAL_H
#include "plugins/calculator/values/solve.h"

enum joint { J_NONE, J_OR, J_AND, J_LOR, J_LAND };
enum ok { O_NONE, O_VALUE, O_SET, O_TUPLE, O_MAP, O_RSET, O_CURVE, O_MATRIX, O_RATIO, O_INF, O_TEXT };
struct obj {
    enum ok k;
    const char *name;           /* "x" of x = 5; NULL */
    struct ex *left, *rel;      /* VALUE, INF: what stands left of its equals sign, the whole; NULL */
    int loose;                  /* its other sides have letters that were not proved the same */
    struct ex *e;               /* VALUE, CURVE (an equation), MATRIX, RATIO, TEXT; TUPLE: the node */
    int n;                      /* SET, TUPLE, MAP */
    int indexed;                /* SET: a_1 = 1, a_2 = 2, and no roots x_1, x_2: names tell which is which */
    int list;                   /* SET: a list without braces */
    enum joint joint;           /* SET: of letters, that may be statements */
    struct ex *item[32];
    const char *names[32];      /* MAP; SET: where indexed */
    struct rset rs;             /* RSET */
    int sign;                   /* INF */
    const struct unit *unit;    /* VALUE */
    int degrees;                /* VALUE: written in degrees */
    int approx;                 /* VALUE: behind an approximation sign */
    const char *arg;            /* VALUE: "t" of f(t) = t^2; NULL */
    int called;                 /* VALUE: "f(5)" left of it */
    int braces;                 /* SET: written in braces */
    int chained;                /* VALUE: the last side of an equation with other sides */
};
int      obj_of(struct calc *c, struct ex *e, struct obj *o);
int      obj_same_base(const char *a, const char *b);             /* x_1 and x_2; x and x */
enum tri obj_equal(struct calc *c, const struct obj *gold, const struct obj *answer);
enum tri equal_ex(struct calc *c, struct ex *gold, struct ex *answer);
/* Two equations as sets of points; YES: the same up to sides and a constant factor. */
enum tri equal_curves(struct calc *c, struct ex *a, struct ex *b);
/* gold as it is; answer with words around it, as a model writes. */
enum tri equal_texts(struct calc *c, const char *gold, const char *answer);
/* The parsed answer, several boxes joined to a set; NULL if there is none. */
struct answer;
struct ex *equal_answer_ex(struct calc *c, const struct answer *a);
#endif
