/* terms.h - words that are answers, by one name: 周三 and Wednesday, 奇函数 and "odd function". */
#ifndef CALC_TERMS_H
#define CALC_TERMS_H

/* The English name of a term in small letters or in Chinese; NULL: it is not known. */
const char *terms_name(const char *s);
#endif
