/* read_cards.c - cards drawn from a deck of 52: the probability that one is a king or a heart, that two are both red.
 * Every card is looked at. */
#include "plugins/calculator/stories/clause.h"

#include <string.h>

#define RANKS "ace|aces|king|kings|queen|queens|jack|jacks|two|three|four|five|six|seven|eight|nine|ten|twos|threes|fours|fives|sixes|sevens|eights|nines|tens"
#define SUITS "heart|hearts|spade|spades|club|clubs|diamond|diamonds"
/* One kind of cards, by the names with the digit x: a rank, a suit, a colour, or two of them. */
#define KIND(x) "((a |an |the ){!:a" x "}|)({a:r" x ":" RANKS "} of {a:s" x ":" SUITS "}|{a:c" x ":red|black} {a:r" x ":" RANKS "}|{a:r" x ":" RANKS "}|{a:s" x ":" SUITS "}|{a:c" x ":red|black} (face|court|picture) (card|cards){!:f" x "}|{a:c" x ":red|black}( card| cards|)|(face|court|picture) (card|cards){!:f" x "})"
#define EITHER "(either |)" KIND("1") "((,|) or (is |it is |)" KIND("2") "|)((,|) or (is |it is |)" KIND("3") "|)"
#define DECK "(a|the) (well-shuffled |well shuffled |shuffled |)(standard |ordinary |regular |normal |)(deck|pack)( of ({i:n} |)(playing |)cards| of playing cards| with {i:n} cards| containing {i:n} cards|)"
#define FIND "(find|what is|calculate|determine|compute) the probability (that|of)"
static const struct clause en[] = {
    { "S", 'E', "one", "(if |)(one|a|a single) (playing |)card is (drawn|chosen|picked|selected|taken|dealt) (at random |randomly |)(from|out of) " DECK "( at random|)( and|)" }, { "S", 'E', "one", "(you|we|someone|{w:who}) (draw|draws|choose|pick|picks|chooses) (one|a|a single) card (at random |)from " DECK "( at random|)" },
    { "S", 'E', "several", "(if |){i:k} cards are (drawn|chosen|picked|selected|taken|dealt) (at random |randomly |simultaneously |)(without replacement |)(from|out of) " DECK "( at random|)( without replacement|)" }, { "S", 'E', "again", "(if |){i:k} cards are (drawn|chosen|picked) (at random |)(one after another |)(with replacement |)from " DECK "( at random|) with replacement" },
    { "E", 'L', "lead", FIND },
    { "L", '.', "is", "(it|the card|the card drawn|the drawn card|the chosen card|drawing|getting|picking|selecting) (is |)" EITHER }, { "L", '.', "is", "(it|the card|the card drawn|the drawn card) is both " KIND("1") " and " KIND("2") "{!:and}" }, { "L", '.', "not", "(it|the card|the card drawn|the drawn card|getting|drawing|not drawing|not getting) (is |)(neither " KIND("1") " nor " KIND("2") "|not " KIND("1") "( or " KIND("2") "|))" },
    { "L", '.', "all", "(both{!:two}|all|all {i:k2}|both of them{!:two}|all of them)( cards| of the cards|) (are|will be) " KIND("1") }, { "L", '.', "some", "at least one( of (them|the cards)|)( is| card is|) " KIND("1") }, { "L", '.', "none", "(neither{!:two}( card|)|none( of (them|the cards)|)) (is|are) " KIND("1") },
    { "S", 'A', "leadQ", FIND }, { "A", '.', "isQ", "(drawing|getting|picking|selecting) " EITHER " (at random |)from " DECK },
    { NULL, 0, NULL, NULL },
};

#define ZKIND(x) "({a:s" x ":红桃|红心|黑桃|梅花|草花|方块|方片}(牌|的牌|){a:r" x ":A|K|Q|J}|{a:s" x ":红桃|红心|黑桃|梅花|草花|方块|方片}(牌|的牌|)|({a:r" x ":A|K|Q|J})(牌|)|(点数为|点数是|)({i:d" x "})(点|)(的牌|))"
static const struct clause zh[] = {
    { "S", 'E', "one", "从(一副|1副|)(去掉大小王(后|)(的|)|不含大小王(的|)|没有大小王的|除去大小王的|)({i:n}张|)(的|)(普通|)扑克牌(\\(不含大小王\\)|\\(去掉大小王\\)|)({i:n}张|)(中|里)(,|)(任意|随机|任|)(地|)(抽取|抽出|抽|取出|取|摸)(出|)(一|1)张(牌|)" },
    { "E", 'E', "lead", "(求|则|那么|问)" },
    { "E", 'A', "is", "(抽到|抽出|取到|摸到|抽到的(牌|)(恰好|)是|它是|恰好是|是|这张牌是)(的|)" ZKIND("1") "((或|或者)" ZKIND("2") "{!:or}|)" },
    { "A", '.', "ask", "的概率(是|为|等于|)(多少|几分之几|)" },
    { NULL, 0, NULL, NULL },
};

static int rank_of(const char *w)
{
    static const char *const names[] = { "ace", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "jack", "queen", "king" }, *const han[] = { "A", "J", "Q", "K" };
    static const int rank[] = { 1, 11, 12, 13 };
    for (int i = 0; i < 4; i++)
        if (strcmp(w, han[i]) == 0)
            return rank[i];
    for (int i = 0; i < 13; i++)
        if (strncasecmp(w, names[i], strlen(names[i])) == 0 && (w[strlen(names[i])] == '\0' || strcasecmp(w + strlen(names[i]), "s") == 0 || strcasecmp(w + strlen(names[i]), "es") == 0))
            return i + 1;
    return 0;
}

/* 0 hearts, 1 diamonds, 2 spades, 3 clubs. */
static int suit_of(const char *w)
{
    static const struct { const char *word; int suit; } names[] = { { "heart", 0 }, { "diamond", 1 }, { "spade", 2 }, { "club", 3 }, { "红桃", 0 }, { "红心", 0 }, { "方块", 1 }, { "方片", 1 }, { "黑桃", 2 }, { "梅花", 3 }, { "草花", 3 } };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncasecmp(w, names[i].word, strlen(names[i].word)) == 0)
            return names[i].suit;
    return -1;
}

/* Is the card of the kind number x ('1' to '3')?  -1: nothing is said of such a kind. */
static int of_kind(struct calc *c, struct facts *f, char x, int rank, int suit)
{
    struct capture *r = fact_capture(f, calc_printf(c, "r%c", x)), *s = fact_capture(f, calc_printf(c, "s%c", x)), *k = fact_capture(f, calc_printf(c, "c%c", x));
    int face = fact_has(f, calc_printf(c, "f%c", x));
    long d = 0;
    int digit = fact_int(f, calc_printf(c, "d%c", x), &d);
    if (r == NULL && s == NULL && k == NULL && !face && !digit)
        return -1;
    return (r == NULL || rank_of(r->raw) == rank) && (s == NULL || suit_of(s->raw) == suit) && (k == NULL || (strcasecmp(k->raw, "red") == 0) == (suit < 2)) && (!face || rank > 10) && (!digit || d == rank);
}

/* How many cards of the deck are meant by one word, two or three. */
static int cards_meant(struct calc *c, struct facts *f)
{
    int n = 0;
    for (int suit = 0; suit < 4; suit++)
        for (int rank = 1; rank <= 13; rank++) {
            int a = of_kind(c, f, '1', rank, suit), b = of_kind(c, f, '2', rank, suit), d = of_kind(c, f, '3', rank, suit);
            n += fact_has(f, "and") ? a > 0 && b > 0 : a > 0 || b > 0 || d > 0;
        }
    return n;
}

/* "The king of hearts or spades", "a red king or queen": does the first word belong to the second thing, too? */
static int is_shared(struct calc *c, struct facts *f, int zh)
{
    int words[4] = { 0 }, more = 0, bare = 0;
    for (char x = '1'; x <= '3'; x++) {
        int *n = &words[x - '0'];
        for (const char *k = "rsc"; *k != '\0'; k++)
            *n += fact_capture(f, calc_printf(c, "%c%c", *k, x)) != NULL;
        *n += fact_has(f, calc_printf(c, "f%c", x));
        more |= *n > 1;
        bare |= x > '1' && *n > 0 && !fact_has(f, calc_printf(c, "a%c", x));
    }
    if (zh)                                           /* 红桃 K 或 Q, 红桃或黑桃 K */
        return (words[1] > 1 && words[2] == 1 && fact_capture(f, "r2") != NULL) || (words[2] > 1 && words[1] == 1 && fact_capture(f, "s1") != NULL);
    return more && bare;
}

static int cards_done(struct calc *c, struct facts *f, struct reading *r, void *arg)
{
    static const char *const events[] = { "is", "isQ", "not", "all", "some", "none" };
    const char *event = NULL;
    long n, k = 1, v;
    if (is_shared(c, f, arg != NULL))
        return 0;
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        event = fact_count(f, events[i]) == 1 ? events[i] : event;
    int one = fact_count(f, "one") + fact_count(f, "isQ") == 1, again = fact_count(f, "again") == 1;
    if (event == NULL || (!one && (!fact_int(f, "k", &k) || k < 2 || k > 5)) || (fact_int(f, "n", &n) && n != 52) || (fact_int(f, "k2", &v) && v != k) || (fact_has(f, "two") && k != 2))
        return 0;
    int single = *event == 'i' || strcmp(event, "not") == 0, meant = cards_meant(c, f);
    if (single != one || (fact_int(f, "d1", &v) && (v < 2 || v > 10)) || (fact_int(f, "d2", &v) && (v < 2 || v > 10)) || meant == 0)
        return 0;
    long in = strcmp(event, "all") == 0 || *event == 'i' ? meant : 52 - meant;
    r->v = val_si(c, 1);
    for (long i = 0; i < k; i++)                      /* all of them in, or all of them out */
        ca_mul(r->v, r->v, val_q(c, again ? in : in > i ? in - i : 0, again ? 52 : 52 - i), c->ca);
    if (strcmp(event, "some") == 0) {
        val w = val_si(c, 1);
        ca_sub(w, w, r->v, c->ca);
        r->v = w;
    }
    r->k = S_VALUE;
    r->text = calc_printf(c, "%ld of 52 cards%s, %d of them meant, P(%s)", k, again ? ", each put back" : "", meant, *event == 'i' ? "a meant card" : strcmp(event, "not") == 0 ? "none meant" : event);
    return 1;
}

int read_cards(struct calc *c, struct question *q, struct reading *r)
{
    r->family = "cards";
    return (clause_mentions(q, "扑克") && clause_read(c, q, zh, cards_done, r, "zh")) || (clause_mentions(q, "deck|pack") && clause_read(c, q, en, cards_done, r, NULL));
}
