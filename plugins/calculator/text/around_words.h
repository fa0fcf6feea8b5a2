/* around_words.h - the words that may stand around a final answer, by what they do there.  A word that is in none of
 * the lists and that the question does not use is unknown.  Lists end in NULL; English in small letters. */
#ifndef CALC_AROUND_WORDS_H
#define CALC_AROUND_WORDS_H

extern const char *const around_neutral_en[];    /* lead to an answer and say nothing of what it is an answer to */
extern const char *const around_neutral_zh[];
extern const char *const around_quantity_en[];   /* name a quantity: the asked one, or a given one behind a preposition */
extern const char *const around_quantity_zh[];
extern const char *const around_case_en[];       /* name a case: it must stand in what is asked */
extern const char *const around_case_zh[];
extern const char *const around_same[];          /* names of one thing, a line each, between blanks */
extern const char *const around_check[];         /* say that a check holds, or bring a text to its end */
extern const char *const around_check_zh[];
extern const char *const around_ways[];          /* what is counted where it is asked in how many ways */
extern const char *const around_counted_zh[];    /* counts and names what was counted, behind the answer */
extern const char *const around_scales[];        /* behind a number they make another one of it */
extern const char *const around_changed[];       /* make another value of the answer, whatever was asked */
extern const char *const around_compares[];      /* the same, right before the answer: "less than 5", not "at least one is 5" */
extern const char *const around_denied[];        /* wherever it stands before the answer, it is none */
extern const char *const around_denied_near[];   /* in the answer's own sentence or the one before */
extern const char *const around_turned[];        /* wherever it stands behind the answer: at least, hold on, 可能 */
#endif
