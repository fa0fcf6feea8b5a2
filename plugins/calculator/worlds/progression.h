/* progression.h - what ask_sequences.c and ask_terms.c share of arithmetic and geometric sequences. */
#ifndef CALC_PROGRESSION_H
#define CALC_PROGRESSION_H
#include "plugins/calculator/worlds/world.h"

/* "a_3", "S_10": the letter and the index. */
int progression_index(const char *s, char *letter, long *k);
/* First term and difference or ratio, when there is one solution and it is rational. */
int progression_both(struct world *w, struct ex **A, struct ex **D);
/* 3, 7, 11, ... or 3 + 7 + 11 + ...: at least three terms that fit, as relations of the world. */
int progression_listed(struct world *w, struct ex *l, int kind);
const char *progression_kind(struct world *w);
/* The n of "the fifth term", "第 5 项"; 0. */
long progression_ordinal(struct match *m);

/* Pieces of patterns. */
#define P(...) (const char *const[]){ __VA_ARGS__, NULL }
#define ZIF "(已知|若|如果|设|在|一个|且|)"
#define EIF "(let |in |for |given |suppose |consider |if |)"
#define KIND "(等差{!:a}|等比{!:g})"
#define EKIND "((arithmetic{!:a}|geometric{!:g}) (sequence|progression|series)|AP{!:a}|GP{!:g})"
#define ORD "(first{!:t1}|second{!:t2}|third{!:t3}|fourth{!:t4}|fifth{!:t5}|sixth{!:t6}|seventh{!:t7}|eighth{!:t8}|ninth{!:t9}|tenth{!:t10}|{i:i}(th|st|nd|rd|-th))"
#define ZTAIL "(是|为|等于|=|)(多少|什么|几|)"
#define EASK "(then |)(find|determine|compute|calculate|what is|what's|state|give|write down|write|express) "
#endif
