/* form.h - is an answer written in the form that was asked, or is it only a restatement? */
#ifndef CALC_FORM_H
#define CALC_FORM_H
#include "plugins/calculator/values/sym.h"

/* A finished number: 3/4, 2√2, 16 − 4π, (1 + √5)/2; not 6/8, 12/2, √8, 5!, sin 30°. */
int form_finished(struct calc *c, const struct ex *e);
/* A polynomial written out, like terms collected, every number finished. */
int form_expanded(struct calc *c, const struct ex *e);
/* A product of polynomials with integer coefficients that factor no further. */
int form_factored(struct calc *c, const struct ex *e);
/* A quotient of integer polynomials in one variable without a common factor. */
int form_rational(struct calc *c, const struct ex *e);
/* Nothing left to carry out: no integral, derivative, sum sign or unevaluated number. */
int form_carried_out(struct calc *c, const struct ex *e);
/* Has every logarithm in an antiderivative of the integrand a value where the integrand has one: ln|x - 3|, ln(x^2 + 1), not ln(x - 3)? */
int form_antiderivative(struct calc *c, const struct ex *e, const struct ex *integrand, const char *x);
/* Decimals of a written decimal number, -1 if it is none; of a percentage more than anybody asks for. */
enum { FORM_PERCENT = 1000 };
int form_decimals(const struct ex *e);
#endif
