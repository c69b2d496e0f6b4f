/* The search of a block of FAQ variants: what `Block.search` does with numpy, and the evidence of `cs_nlp.faq.judge`.

A matcher is filled when it is made and never changed, and each search works in memory of its own: threads share it.
Slots number the characters and pairs of the block; rows are its variants, entry by entry. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* As in score.py and block.py; a test holds both equal. */
static const double RATIO = 0.15, PROFILE = 0.5, SHARE = 1.0, SURE = 0.99, RIVAL = 0.02, NEAR = 0.05, LEAST = 1e-6;
enum { SIGNALS = 12, WEIGHTS = SIGNALS + 3, WORD = 64, NAMES = 7 };

typedef struct {
    uint64_t key;
    int32_t slot; /* -1 where the cell is free */
    float square; /* its squared weight */
} Cell;

/* Keys in a hash table, half of which is free. */
typedef struct {
    Cell *cell;
    size_t last; /* the number of cells but one */
} Keys;

typedef struct {
    double square; /* its squared weight */
    Py_ssize_t start; /* where its postings begin; those of the next slot begin where they end */
} Slot;

typedef struct {
    int32_t column; /* a row, or, from the number of rows on, an entry */
    float value;
} Posting;

typedef struct {
    Py_ssize_t start; /* in `held`: slots of its text, of its distinct characters, heaviest first, of its pairs */
    int32_t length, characters, pairs, signature;
    int64_t asks;
    double mass, pairs_mass;
} Row;

typedef struct {
    uint64_t sides, marks;
    int numbers, codes;
} Signature;

typedef struct {
    uint64_t bits;
    double factor;
} Guard;

typedef struct {
    PyObject_HEAD
    Py_ssize_t rows, entries, slots, signatures, conflicts, marks;
    Keys keys;
    const Keys *every; /* those of the whole index; NULL when only the query's weights know them */
    Guard *guard; /* the conflicts, then the marks */
    Slot *slot;
    Posting *posting;
    Row *row;
    int32_t *held, *first;
    Py_ssize_t *origin;
    Signature *signature;
    double weights[WEIGHTS], unseen;
    PyObject *facts, *normal, *seen; /* lists by row, by row and by signature */
    PyObject *exact, *owned; /* rows by folded form; what `every` belongs to */
    PyObject *names[NAMES];
} Matcher;

static const char CAPSULE[] = "cs_nlp.faq._matcher.keys";

/* What is asked of a query. */
enum { FOLDED, SIGNATURE, ASKED, WEIGHTED, OF, GUARDED, SAME };
static const char *const NAMED[NAMES] = {"folded", "signature", "asked", "weights", "of", "guarded", "same"};

typedef struct {
    double value;
    Py_ssize_t place;
} Near;

typedef struct {
    double score, factor, ratio;
    Py_ssize_t row, entry;
    int same; /* whether it is the question but for what folding takes away */
} Found;

/* One search: the question as the block sees it, and room to work in. */
typedef struct {
    const Matcher *in;
    PyObject *query;
    Py_UCS4 *text;
    Py_ssize_t length, characters, pairs, words;
    int32_t *slots; /* the known characters, then the known pairs */
    int32_t *place; /* by slot: its place among them, from 1; 0 for what the question does not hold */
    char *shared; /* for each known character whether the row at hand holds it */
    uint64_t *others; /* the keys that no row holds, a hash table of twice its length or more */
    size_t others_last;
    double mass, pairs_mass, rarest; /* the last: the heaviest of its characters that no row holds */
    uint64_t *masks, *left; /* by known character where it stands; the state of the comparison */
    double *sums, *factors, *scores;
    Near *best, *close;
    Found *found; /* by entry in the order they were found */
    Signature signature;
    int has_signature;
    int64_t asked; /* -1 until it is needed */
} Search;

/* ---- small tools ---- */

static int refuse(const char *why) {
    PyErr_SetString(PyExc_ValueError, why);
    return -1;
}

static uint64_t pair_key(Py_UCS4 first, Py_UCS4 last) {
    return ((uint64_t)first + 1) << 21 | last; /* never that of a character */
}

static int32_t *held_pairs(const Matcher *m, const Row *row) {
    return m->held + row->start + row->length + row->characters;
}

static size_t hash(uint64_t key) {
    return (size_t)(key * 0x9E3779B97F4A7C15u >> 32);
}

/* The cell of a key, or the free one where it would stand. */
static Cell *cell_of(const Keys *keys, uint64_t key) {
    size_t at = hash(key) & keys->last;
    while (keys->cell[at].slot >= 0 && keys->cell[at].key != key)
        at = (at + 1) & keys->last;
    return keys->cell + at;
}

static int32_t slot_of(const Matcher *m, uint64_t key) {
    return cell_of(&m->keys, key)->slot;
}

static int bits(uint64_t x) {
    x -= x >> 1 & 0x5555555555555555u;
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    return (int)(((x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Fu) * 0x0101010101010101u >> 56);
}

static double blend(double likeness, double profile) {
    double share = likeness <= 0.75 ? PROFILE : PROFILE * 4.0 * (1.0 - likeness);
    return likeness + share * (profile - likeness);
}

static double needed(double score) {
    double poor = 2.0 * score, alone = (1.0 + sqrt(1.0 + 8.0 * fmax(score, 0.0))) / 4.0;
    return fmax(LEAST, fmin(poor, alone) - RATIO - LEAST);
}

static int before(Near a, Near b) {
    return a.value > b.value || (a.value == b.value && a.place < b.place);
}

static void sift(Near *heap, Py_ssize_t count, Py_ssize_t at) {
    for (Py_ssize_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && before(heap[child + 1], heap[child]))
            child++;
        if (!before(heap[child], heap[at]))
            return;
        Near moved = heap[at];
        heap[at] = heap[child];
        heap[child] = moved;
    }
}

static void make_heap(Near *heap, Py_ssize_t count) {
    for (Py_ssize_t at = count / 2; at-- > 0;)
        sift(heap, count, at);
}

/* Takes the highest off a heap that is not empty. */
static Near pop(Near *heap, Py_ssize_t *count) {
    Near top = heap[0];
    heap[0] = heap[--*count];
    sift(heap, *count, 0);
    return top;
}

/* An attribute that is an integer of 64 bits; -1 with an error set on failure. */
static int64_t integer(PyObject *of, const char *name) {
    PyObject *found = PyObject_GetAttrString(of, name);
    int64_t value = found ? PyLong_AsLongLong(found) : -1;
    Py_XDECREF(found);
    return value;
}

/* An attribute that is a number; -1 with an error set on failure. */
static double number(PyObject *of, const char *name) {
    PyObject *found = PyObject_GetAttrString(of, name);
    double value = found ? PyFloat_AsDouble(found) : -1.0;
    Py_XDECREF(found);
    return value;
}

static int read_signature(PyObject *from, Signature *to) {
    PyObject *parts[4];
    for (int at = 0; at < 4; at++)
        if ((parts[at] = PyTuple_GetItem(from, at)) == NULL)
            return -1;
    to->sides = PyLong_AsUnsignedLongLong(parts[0]);
    to->marks = PyErr_Occurred() ? 0 : PyLong_AsUnsignedLongLong(parts[1]);
    to->numbers = PyObject_IsTrue(parts[2]);
    to->codes = PyObject_IsTrue(parts[3]);
    return PyErr_Occurred() ? -1 : 0;
}

/* The characters of a text; NULL with an error set on failure. */
static Py_UCS4 *characters_of(PyObject *text, Py_ssize_t *length) {
    *length = PyUnicode_Check(text) ? PyUnicode_GetLength(text) : -1;
    if (*length < 0) {
        if (!PyErr_Occurred())
            PyErr_SetString(PyExc_TypeError, "a text is needed");
        return NULL;
    }
    return PyUnicode_AsUCS4Copy(text);
}

/* ---- the question ---- */

/* Whether a key that no row holds was not there before. */
static int is_new(Search *s, uint64_t key) {
    size_t at = hash(key) & s->others_last;
    for (key++; s->others[at]; at = (at + 1) & s->others_last) /* 0 is a free cell */
        if (s->others[at] == key)
            return 0;
    s->others[at] = key;
    return 1;
}

/* Notes a key of the question; gives its squared weight, 0 when that is known later or the key was there before. */
static double note(Search *s, uint64_t key, PyObject *folded, Py_ssize_t at, Py_ssize_t width, PyObject *later) {
    int32_t slot = slot_of(s->in, key);
    if (slot >= 0) {
        if (s->place[slot])
            return 0.0;
        Py_ssize_t count = s->characters + s->pairs++;
        s->slots[count] = slot;
        s->place[slot] = (int32_t)count + 1;
        return s->in->slot[slot].square;
    }
    if (!is_new(s, key))
        return 0.0;
    if (s->in->every) {
        const Cell *cell = cell_of(s->in->every, key);
        double square = cell->slot < 0 ? s->in->unseen : cell->square;
        s->rarest = width == 1 ? fmax(s->rarest, square) : s->rarest;
        return square;
    }
    PyObject *text = PyUnicode_Substring(folded, at, at + width);
    int failed = text == NULL || PyList_Append(later, text) < 0;
    Py_XDECREF(text);
    return failed ? -1.0 : 0.0;
}

/* The mass of keys that only the query's weights know; -1 on failure. */
static double mass_of(Search *s, PyObject *keys, Py_ssize_t width) {
    PyObject *weights = PyObject_GetAttr(s->query, s->in->names[WEIGHTED]);
    PyObject *squares = weights ? PyObject_CallMethodObjArgs(weights, s->in->names[OF], keys, NULL) : NULL;
    Py_ssize_t count = squares ? PyList_Size(squares) : -1;
    double mass = 0.0;
    for (Py_ssize_t at = 0; at < count; at++) {
        double square = PyFloat_AsDouble(PyList_GetItem(squares, at));
        s->rarest = width == 1 ? fmax(s->rarest, square) : s->rarest;
        mass += square;
    }
    Py_XDECREF(squares);
    Py_XDECREF(weights);
    return count < 0 || PyErr_Occurred() ? -1.0 : mass;
}

/* Notes the characters of the question (width 1) or its pairs (width 2), and weighs them; -1 on failure. */
static double read_keys(Search *s, PyObject *folded, Py_ssize_t width) {
    PyObject *later = s->in->every ? NULL : PyList_New(0);
    double mass = later || s->in->every ? 0.0 : -1.0;
    for (Py_ssize_t at = 0; mass >= 0.0 && at + width <= s->length; at++) {
        uint64_t key = width == 1 ? s->text[at] : pair_key(s->text[at], s->text[at + 1]);
        double square = note(s, key, folded, at, width, later);
        mass = square < 0.0 ? -1.0 : mass + square;
    }
    if (mass >= 0.0 && later && PyList_Size(later)) {
        double more = mass_of(s, later, width);
        mass = more < 0.0 ? -1.0 : mass + more;
    }
    Py_XDECREF(later);
    return mass;
}

static int read_question(Search *s, PyObject *folded) {
    if ((s->mass = read_keys(s, folded, 1)) < 0.0)
        return -1;
    s->characters = s->pairs; /* what was found so far are characters */
    s->pairs = 0;
    if ((s->pairs_mass = read_keys(s, folded, 2)) < 0.0)
        return -1;
    s->masks = PyMem_Calloc((size_t)(s->characters * s->words) + 1, sizeof(uint64_t));
    if (s->masks == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t at = 0; at < s->length; at++) {
        int32_t slot = slot_of(s->in, s->text[at]);
        if (slot >= 0)
            s->masks[(s->place[slot] - 1) * s->words + at / WORD] |= (uint64_t)1 << at % WORD;
    }
    return 0;
}

/* The length of the longest common subsequence of the question and a row, 64 characters at once (Hyyrö 2004). */
static Py_ssize_t common(const Search *s, const Row *row) {
    const int32_t *text = s->in->held + row->start;
    Py_ssize_t words = s->words, found = 0;
    memset(s->left, 0xFF, (size_t)words * sizeof(uint64_t));
    for (int32_t at = 0; at < row->length; at++) {
        int32_t place = s->place[text[at]];
        if (!place)
            continue;
        const uint64_t *mask = s->masks + (place - 1) * words;
        uint64_t carry = 0;
        for (Py_ssize_t word = 0; word < words; word++) {
            uint64_t left = s->left[word], taken = left & mask[word], sum = left + carry;
            carry = sum < carry;
            sum += taken;
            carry |= sum < taken;
            s->left[word] = sum | (left - taken);
        }
    }
    for (Py_ssize_t word = 0; word < words; word++)
        found += bits(~s->left[word]);
    return found;
}

/* rapidfuzz's `ratio`, 0 to 1. */
static double ratio(const Search *s, const Row *row) {
    Py_ssize_t both = s->length + row->length;
    return both ? 2.0 * (double)common(s, row) / (double)both : 1.0;
}

/* ---- guards and evidence ---- */

/* What a method of the query says of something, a number; -1 on failure. */
static double call(const Search *s, int name, PyObject *of) {
    PyObject *found = PyObject_CallMethodObjArgs(s->query, s->in->names[name], of, NULL);
    double value = found ? PyFloat_AsDouble(found) : -1.0;
    Py_XDECREF(found);
    return value;
}

/* What the guards leave between two signatures without numbers and codes that could differ. */
static double spoken(const Matcher *m, const Signature *one, const Signature *other) {
    double factor = 1.0;
    const Guard *guard = m->guard, *marks = guard + m->conflicts;
    uint64_t odd = one->marks ^ other->marks, shared = one->sides & other->sides;
    if (one->sides && other->sides && one->sides != other->sides)
        for (; guard < marks; guard++)
            if (one->sides & guard->bits && other->sides & guard->bits && !(shared & guard->bits))
                factor *= guard->factor;
    for (guard = marks; odd && guard < marks + m->marks; guard++)
        if (odd & guard->bits)
            factor *= guard->factor;
    return factor;
}

/* What the guards leave of the score of a row; -1 on failure. */
static double factor_of(Search *s, const Row *row) {
    double *kept = s->factors + row->signature;
    if (*kept)
        return *kept - 1.0;
    if (!s->has_signature) {
        PyObject *own = PyObject_GetAttr(s->query, s->in->names[SIGNATURE]);
        int failed = own == NULL || read_signature(own, &s->signature) < 0;
        Py_XDECREF(own);
        if (failed)
            return -1.0;
        s->has_signature = 1;
    }
    const Signature *other = s->in->signature + row->signature;
    double factor;
    if ((s->signature.numbers && other->numbers) || (s->signature.codes && other->codes))
        factor = call(s, GUARDED, PyList_GetItem(s->in->seen, row->signature));
    else
        factor = spoken(s->in, &s->signature, other);
    if (factor < 0.0)
        return -1.0;
    *kept = factor + 1.0; /* 0 stands for what is not known yet */
    return factor;
}

/* Whether a row is the question itself, but for what folding takes away. */
static int is_same(const Search *s, const Row *row) {
    if (row->length != s->length)
        return 0;
    const int32_t *text = s->in->held + row->start;
    for (Py_ssize_t at = 0; at < s->length; at++)
        if (slot_of(s->in, s->text[at]) != text[at])
            return 0;
    return 1;
}

/* What of the question's and the row's characters and pairs is shared, and the heaviest that is not. */
static void overlap(const Search *s, const Row *row, double *shared, double *shared_pairs, double *rare, double *its) {
    const Slot *slot = s->in->slot;
    const int32_t *own = s->in->held + row->start + row->length, *pairs = held_pairs(s->in, row);
    memset(s->shared, 0, (size_t)s->characters);
    *shared = *shared_pairs = *its = 0.0;
    for (int32_t at = 0; at < row->characters; at++) {
        int32_t place = s->place[own[at]];
        if (place) {
            s->shared[place - 1] = 1;
            *shared += slot[own[at]].square;
        } else if (*its == 0.0) {
            *its = slot[own[at]].square;
        }
    }
    for (int32_t at = 0; at < row->pairs; at++)
        if (s->place[pairs[at]])
            *shared_pairs += slot[pairs[at]].square;
    *rare = s->rarest;
    for (Py_ssize_t at = 0; at < s->characters; at++)
        if (!s->shared[at])
            *rare = fmax(*rare, slot[s->slots[at]].square);
}

static double cosine_of(double shared, double mass, double other) {
    double whole = sqrt(mass * other);
    return shared / (whole != 0.0 ? whole : 1.0);
}

/* `judge.evidence` of a match. */
static double evidence(const Search *s, const Found *found) {
    const Row *row = s->in->row + found->row;
    double shared, pairs, rare, its_rare, sum = 0.0;
    overlap(s, row, &shared, &pairs, &rare, &its_rare);
    double lone = fmax(s->mass - shared, 0.0), its_lone = fmax(row->mass - shared, 0.0);
    double cosine = cosine_of(shared, s->mass, row->mass), close = cosine_of(pairs, s->pairs_mass, row->pairs_mass);
    double odd = bits((uint64_t)(s->asked ^ row->asks));
    double signals[WEIGHTS - 1] = {
        1.0, cosine, cosine * cosine, close, close * close, log1p(shared), log1p(pairs), fmin(lone, its_lone),
        fmax(lone, its_lone), fmin(rare, its_rare), fmax(rare, its_rare), found->ratio, odd, found->score,
    };
    for (int at = 0; at < WEIGHTS - 1; at++)
        sum += s->in->weights[at] * signals[at];
    return sum;
}

/* ---- the search ---- */

/* For each row its likeness but for the ratio, for each entry its profile's cosine. */
static void add_up(const Search *s) {
    const Matcher *m = s->in;
    for (Py_ssize_t at = 0; at < s->characters + s->pairs; at++) {
        const Slot *slot = m->slot + s->slots[at];
        double gain = 1.0 / sqrt(at < s->characters ? s->mass : s->pairs_mass);
        for (const Posting *p = m->posting + slot[0].start; p < m->posting + slot[1].start; p++)
            s->sums[p->column] += gain * p->value;
    }
    for (Py_ssize_t entry = 0; entry < m->entries; entry++)
        for (int32_t row = m->first[entry]; row < m->first[entry + 1]; row++)
            s->sums[row] += SHARE * s->sums[m->rows + entry];
}

/* The best variant of an entry among those close to the one that is nearest but for the ratio. */
static int best_row(Search *s, Near entry, double whole, Found *found) {
    const Matcher *m = s->in;
    Py_ssize_t count = 0;
    *found = (Found){-1.0, 1.0, 0.0, m->first[entry.place], entry.place, 0};
    for (Py_ssize_t row = m->first[entry.place]; row < m->first[entry.place + 1]; row++)
        if (s->sums[row] >= entry.value - NEAR)
            s->close[count++] = (Near){s->sums[row], row};
    make_heap(s->close, count);
    while (count) {
        Near near = pop(s->close, &count);
        const Row *row = m->row + near.place;
        double rest = near.value - whole * SHARE;
        if (blend(rest + RATIO, whole) <= found->score)
            break; /* not even the highest ratio would help this one or those behind it */
        int same = is_same(s, row);
        double alike = same ? 1.0 : ratio(s, row);
        double score = same ? call(s, SAME, PyList_GetItem(m->normal, near.place)) : blend(rest + alike * RATIO, whole);
        if (score < 0.0 && PyErr_Occurred())
            return -1;
        if (score <= found->score)
            continue; /* a guard only takes away */
        double factor = factor_of(s, row);
        if (factor < 0.0)
            return -1;
        if (score * factor > found->score)
            *found = (Found){score * factor, factor, alike, near.place, entry.place, same};
    }
    return 0;
}

static int append_match(Search *s, const Found *found, PyObject *matches) {
    if (s->asked < 0) {
        PyObject *asked = PyObject_GetAttr(s->query, s->in->names[ASKED]);
        s->asked = asked ? PyLong_AsLongLong(asked) : -1;
        Py_XDECREF(asked);
        if (PyErr_Occurred())
            return -1;
    }
    PyObject *its = found->same ? PyList_GetItem(s->in->facts, found->row) : PyFloat_FromDouble(evidence(s, found));
    if (found->same)
        Py_XINCREF(its);
    PyObject *parts[] = {
        PyFloat_FromDouble(found->score), PyLong_FromSsize_t(s->in->origin[found->entry]),
        PyLong_FromSsize_t(found->row - s->in->first[found->entry]), its, PyFloat_FromDouble(found->factor),
    };
    PyObject *match = PyTuple_New(5);
    int failed = match == NULL;
    for (int at = 0; at < 5; at++) {
        failed = failed || parts[at] == NULL;
        if (match)
            PyTuple_SetItem(match, at, parts[at]); /* takes it over */
        else
            Py_XDECREF(parts[at]);
    }
    failed = failed || PyList_Append(matches, match) < 0;
    Py_XDECREF(match);
    return failed ? -1 : 0;
}

/* Puts a score among the best, which fall. */
static void rank_in(double *scores, Py_ssize_t count, double score) {
    Py_ssize_t at = count - 1;
    for (; at > 0 && scores[at - 1] < score; at--)
        scores[at] = scores[at - 1];
    scores[at] = score;
}

/* The matches among the entries that can be one of the best, or be judged against the best of all. */
static int best_entries(Search *s, Py_ssize_t count, Py_ssize_t limit, double wanted, PyObject *matches) {
    double floor = wanted, least = needed(wanted);
    Py_ssize_t kept = 0;
    make_heap(s->best, count);
    while (count) {
        Near entry = pop(s->best, &count);
        if (entry.value < least)
            break;
        double whole = s->sums[s->in->rows + entry.place];
        if (blend(entry.value - whole * SHARE + RATIO, whole) < floor)
            continue; /* even the highest ratio leaves it behind */
        Found *found = s->found + kept++;
        if (best_row(s, entry, whole, found) < 0)
            return -1;
        if (found->score > s->scores[limit - 1]) {
            rank_in(s->scores, limit, found->score);
            double rivals = fmin(s->scores[0] - RIVAL, s->scores[limit - 1]);
            floor = s->scores[0] >= wanted ? rivals : wanted;
            least = needed(floor);
        }
    }
    for (Py_ssize_t at = 0; s->scores[0] >= wanted && at < kept; at++)
        if (s->found[at].score >= floor && append_match(s, s->found + at, matches) < 0)
            return -1;
    return 0;
}

/* The best likeness of each entry that may be found; how many there are. */
static Py_ssize_t nearest(const Search *s, const Py_buffer *alive) {
    const Matcher *m = s->in;
    Py_ssize_t count = 0;
    for (Py_ssize_t entry = 0; entry < m->entries; entry++) {
        if (alive->buf && (m->origin[entry] >= alive->len || !((const char *)alive->buf)[m->origin[entry]]))
            continue;
        double best = s->sums[m->first[entry]];
        for (int32_t row = m->first[entry] + 1; row < m->first[entry + 1]; row++)
            best = fmax(best, s->sums[row]);
        s->best[count++] = (Near){best, entry};
    }
    return count;
}

/* Room for a search in one piece, all zero; NULL without memory. */
static void *make_room(Search *s, Py_ssize_t limit) {
    const Matcher *m = s->in;
    size_t length = (size_t)s->length, nears = (size_t)(m->entries + m->rows);
    for (s->others_last = 15; s->others_last < 4 * length;)
        s->others_last = 2 * s->others_last + 1;
    size_t eights = nears + (size_t)(m->signatures + limit + s->words) + s->others_last + 1;
    size_t bytes = 8 * eights + sizeof(Near) * nears + sizeof(Found) * (size_t)m->entries;
    char *room = PyMem_Calloc(1, bytes + 4 * (2 * length + (size_t)m->slots) + length + 1);
    if (room == NULL)
        return PyErr_NoMemory();
    s->sums = (double *)room;
    s->factors = s->sums + nears;
    s->scores = s->factors + m->signatures;
    s->left = (uint64_t *)(s->scores + limit);
    s->others = s->left + s->words;
    s->best = (Near *)(s->others + s->others_last + 1);
    s->close = s->best + m->entries;
    s->found = (Found *)(s->close + m->rows);
    s->place = (int32_t *)(s->found + m->entries);
    s->slots = s->place + m->slots;
    s->shared = (char *)(s->slots + 2 * length);
    return room;
}

/* The entry of a row. */
static Py_ssize_t owner_of(const Matcher *m, Py_ssize_t row) {
    Py_ssize_t low = 0, high = m->entries;
    while (high - low > 1) {
        Py_ssize_t middle = (low + high) / 2;
        *(m->first[middle] <= row ? &low : &high) = middle;
    }
    return low;
}

/* The matches of the question's folded form, when one of them is the question but for what folding takes away. */
static int exact_matches(Search *s, PyObject *rows, PyObject *matches) {
    double best = -1.0;
    for (Py_ssize_t at = 0; at < PyList_Size(rows); at++) {
        Py_ssize_t row = PyLong_AsSsize_t(PyList_GetItem(rows, at));
        if (row < 0 || row >= s->in->rows)
            return PyErr_Occurred() ? -1 : refuse("a row is not there");
        double score = call(s, SAME, PyList_GetItem(s->in->normal, row));
        double factor = score < 0.0 ? -1.0 : factor_of(s, s->in->row + row);
        Found found = {score * factor, 1.0, 1.0, row, owner_of(s->in, row), 1};
        if (factor < 0.0 || append_match(s, &found, matches) < 0)
            return -1;
        best = fmax(best, found.score);
    }
    return best >= SURE ? 0 : PyList_SetSlice(matches, 0, PyList_Size(matches), NULL);
}

static int run(Search *s, PyObject *folded, Py_ssize_t limit, const Py_buffer *alive, double least, PyObject *matches) {
    void *room = make_room(s, limit);
    int failed = room == NULL, exact = (limit == 1 || least > 0.0) && !alive->buf;
    PyObject *rows = exact && !failed ? PyDict_GetItemWithError(s->in->exact, folded) : NULL;
    if (rows)
        failed = exact_matches(s, rows, matches) < 0;
    if (!failed && !PyErr_Occurred() && !PyList_Size(matches) && !(failed = read_question(s, folded) < 0)) {
        add_up(s);
        failed = best_entries(s, nearest(s, alive), limit, least, matches) < 0;
    }
    failed = failed || PyErr_Occurred() != NULL;
    PyMem_Free(s->masks);
    PyMem_Free(room);
    return failed ? -1 : 0;
}

static PyObject *search(PyObject *self, PyObject *const *args, Py_ssize_t count) {
    Search s = {.in = (Matcher *)self, .asked = -1};
    Py_buffer alive = {NULL};
    if (count < 3 || count > 4)
        return PyErr_Format(PyExc_TypeError, "search takes a query, a limit, a mask and a likeness");
    Py_ssize_t limit = PyLong_AsSsize_t(args[1]);
    double least = count < 4 ? 0.0 : PyFloat_AsDouble(args[3]);
    if (PyErr_Occurred())
        return NULL;
    limit = limit < 1 ? 1 : limit > s.in->entries ? s.in->entries + 1 : limit; /* no more can fill up */
    s.query = args[0];
    PyObject *folded = PyObject_GetAttr(s.query, s.in->names[FOLDED]);
    s.text = folded ? characters_of(folded, &s.length) : NULL;
    s.words = s.length / WORD + 1;
    PyObject *matches = s.text ? PyList_New(0) : NULL;
    int failed = matches == NULL || (args[2] != Py_None && PyObject_GetBuffer(args[2], &alive, PyBUF_SIMPLE) < 0);
    failed = failed || run(&s, folded, limit, &alive, least, matches) < 0;
    if (alive.obj)
        PyBuffer_Release(&alive);
    PyMem_Free(s.text);
    Py_XDECREF(folded);
    if (failed)
        Py_CLEAR(matches);
    return matches;
}

/* ---- making a matcher ---- */

static void *room_for(Py_ssize_t count, size_t size) {
    void *room = PyMem_Calloc((size_t)count + 1, size);
    return room ? room : PyErr_NoMemory();
}

/* Room for some keys; -1 without memory. */
static int make_keys(Keys *keys, Py_ssize_t count) {
    for (keys->last = 15; keys->last < 2 * (size_t)count;)
        keys->last = 2 * keys->last + 1;
    keys->cell = room_for((Py_ssize_t)keys->last, sizeof(Cell));
    for (size_t at = 0; keys->cell && at <= keys->last; at++)
        keys->cell[at].slot = -1;
    return keys->cell ? 0 : -1;
}

/* Adds a character or a pair that is not there yet. */
static int add_key(Keys *keys, PyObject *text, int32_t slot, PyObject *square) {
    Py_ssize_t length;
    Py_UCS4 *read = characters_of(text, &length);
    if (read == NULL)
        return -1;
    uint64_t key = length == 2 ? pair_key(read[0], read[1]) : read[0];
    PyMem_Free(read);
    Cell *cell = cell_of(keys, key);
    if (length < 1 || length > 2 || cell->slot >= 0)
        return refuse("a key is a character or a pair, and stands once");
    *cell = (Cell){key, slot, (float)PyFloat_AsDouble(square)};
    return PyErr_Occurred() ? -1 : 0;
}

/* Gives each key its slot, with its squared weight. */
static int take_keys(Matcher *m, PyObject *keys, PyObject *squares) {
    m->slots = PyList_Size(keys);
    if (m->slots > INT32_MAX / 4 || PyList_Size(squares) < m->slots)
        return refuse("each key needs a weight");
    m->slot = room_for(m->slots + 1, sizeof(Slot));
    int failed = m->slot == NULL || make_keys(&m->keys, m->slots) < 0;
    for (Py_ssize_t at = 0; !failed && at < m->slots; at++) {
        PyObject *square = PyList_GetItem(squares, at);
        failed = add_key(&m->keys, PyList_GetItem(keys, at), (int32_t)at, square) < 0;
        m->slot[at].square = failed ? 0.0 : PyFloat_AsDouble(square);
    }
    return failed ? -1 : 0;
}

/* Takes over the conflicts and marks of the guards, tuples of (bits, factor, name). */
static int take_guards(Matcher *m, PyObject *conflicts, PyObject *marks) {
    m->conflicts = PyTuple_Size(conflicts);
    m->marks = PyTuple_Size(marks);
    m->guard = room_for(m->conflicts + m->marks, sizeof(Guard));
    int failed = m->guard == NULL;
    for (Py_ssize_t at = 0; !failed && at < m->conflicts + m->marks; at++) {
        PyObject *one = at < m->conflicts ? PyTuple_GetItem(conflicts, at) : PyTuple_GetItem(marks, at - m->conflicts);
        PyObject *bits = PyTuple_GetItem(one, 0), *factor = bits ? PyTuple_GetItem(one, 1) : NULL;
        if (factor)
            m->guard[at] = (Guard){PyLong_AsUnsignedLongLong(bits), PyFloat_AsDouble(factor)};
        failed = PyErr_Occurred() != NULL;
    }
    return failed ? -1 : 0;
}

/* Takes over the keys of the whole index, unless there are none. */
static int take_every(Matcher *m, PyObject *every) {
    if (every == Py_None)
        return 0;
    m->every = PyCapsule_GetPointer(every, CAPSULE);
    if (m->every == NULL)
        return -1;
    Py_INCREF(every);
    m->owned = every;
    return 0;
}

/* Sorts what keys add to columns by key. */
static int sort_postings(Matcher *m, const int64_t *key, const int64_t *column, const double *value, Py_ssize_t count) {
    Py_ssize_t *next = room_for(m->slots + 1, sizeof *next);
    m->posting = room_for(count, sizeof(Posting));
    int failed = next == NULL || m->posting == NULL;
    for (Py_ssize_t at = 0; !failed && at < count; at++) {
        if (key[at] < 0 || key[at] >= m->slots || column[at] < 0 || column[at] >= m->rows + m->entries)
            failed = refuse("a key or a column is not there") < 0;
        else
            next[key[at] + 1]++;
    }
    for (Py_ssize_t slot = 0; !failed && slot < m->slots; slot++)
        m->slot[slot + 1].start = next[slot + 1] += next[slot];
    for (Py_ssize_t at = 0; !failed && at < count; at++)
        m->posting[next[key[at]]++] = (Posting){(int32_t)column[at], (float)value[at]};
    PyMem_Free(next);
    return failed ? -1 : 0;
}

static int take_postings(Matcher *m, PyObject *keys, PyObject *columns, PyObject *values) {
    Py_buffer parts[3] = {{NULL}, {NULL}, {NULL}};
    PyObject *given[3] = {keys, columns, values};
    int failed = 0;
    for (int at = 0; !failed && at < 3; at++) {
        failed = PyObject_GetBuffer(given[at], parts + at, PyBUF_SIMPLE) < 0;
        if (!failed && (parts[at].itemsize != 8 || parts[at].len != parts[0].len))
            failed = refuse("three arrays of one length are needed, of 64 bits each") < 0;
    }
    failed = failed || sort_postings(m, parts[0].buf, parts[1].buf, parts[2].buf, parts[0].len / 8) < 0;
    for (int at = 0; at < 3; at++)
        if (parts[at].obj)
            PyBuffer_Release(parts + at);
    return failed ? -1 : 0;
}

/* Takes over where entries begin, and where they stand in their segment. */
static int take_entries(Matcher *m, PyObject *firsts, PyObject *origins) {
    m->entries = PyList_Size(origins);
    if (m->entries < 1 || PyList_Size(firsts) != m->entries + 1 || m->rows > INT32_MAX / 2)
        return PyErr_Occurred() ? -1 : refuse("each entry needs its first row, and the last one its end");
    m->first = room_for(m->entries + 1, sizeof *m->first);
    m->origin = room_for(m->entries, sizeof *m->origin);
    if (m->first == NULL || m->origin == NULL)
        return -1;
    for (Py_ssize_t at = 0; at <= m->entries; at++) {
        Py_ssize_t first = PyLong_AsSsize_t(PyList_GetItem(firsts, at));
        Py_ssize_t origin = at < m->entries ? PyLong_AsSsize_t(PyList_GetItem(origins, at)) : 0;
        if (PyErr_Occurred())
            return -1;
        if (first > m->rows || first < 0 || origin < 0 || (at ? first <= m->first[at - 1] : first != 0))
            return refuse("each entry has a row, and they stand in order");
        m->first[at] = (int32_t)first;
        m->origin[at] = origin;
    }
    return m->first[m->entries] == m->rows ? 0 : refuse("all rows belong to an entry");
}

/* The number of a signature among those seen so far; -1 on failure. */
static int32_t number_of(Matcher *m, PyObject *signature, PyObject *numbers) {
    PyObject *known = PyDict_GetItemWithError(numbers, signature);
    if (known || PyErr_Occurred())
        return known ? (int32_t)PyLong_AsLong(known) : -1;
    Py_ssize_t count = PyList_Size(m->seen);
    Signature *room = PyMem_Realloc(m->signature, (size_t)(count + 1) * sizeof(Signature));
    if (room == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    m->signature = room;
    known = PyLong_FromSsize_t(count);
    int failed = known == NULL || read_signature(signature, room + count) < 0;
    failed = failed || PyDict_SetItem(numbers, signature, known) < 0 || PyList_Append(m->seen, signature) < 0;
    Py_XDECREF(known);
    m->signatures = count + !failed;
    return failed ? -1 : (int32_t)count;
}

/* Writes the slots of an attribute's characters (width 1) or pairs (width 2) to `held`; how many, -1 on failure. */
static Py_ssize_t write_slots(Matcher *m, PyObject *facts, const char *name, Py_ssize_t width, Py_ssize_t *size) {
    Py_ssize_t length, count = 0;
    PyObject *found = PyObject_GetAttrString(facts, name);
    Py_UCS4 *text = found ? characters_of(found, &length) : NULL;
    int32_t *room = text ? PyMem_Realloc(m->held, (size_t)(*size + length + 1) * sizeof *room) : NULL;
    int failed = room == NULL;
    if (failed && !PyErr_Occurred())
        PyErr_NoMemory();
    m->held = failed ? m->held : room;
    for (Py_ssize_t at = 0; !failed && at + width <= length; at++, count++) {
        int32_t slot = slot_of(m, width == 1 ? text[at] : pair_key(text[at], text[at + 1]));
        failed = slot < 0 && refuse("a row holds what is not among the keys") < 0;
        room[*size + count] = slot;
    }
    *size += count;
    PyMem_Free(text);
    Py_XDECREF(found);
    return failed ? -1 : count;
}

/* Leaves out of some slots those that stand there before; how many are left. */
static Py_ssize_t distinct(int32_t *slots, Py_ssize_t count, Py_ssize_t *seen, Py_ssize_t mark) {
    Py_ssize_t kept = 0;
    for (Py_ssize_t at = 0; at < count; at++) {
        if (seen[slots[at]] != mark)
            slots[kept++] = slots[at];
        seen[slots[at]] = mark;
    }
    return kept;
}

static int take_row(Matcher *m, Py_ssize_t at, PyObject *numbers, Py_ssize_t *seen, Py_ssize_t *size) {
    PyObject *facts = PyList_GetItem(m->facts, at);
    Row *row = m->row + at;
    row->start = *size;
    Py_ssize_t length = write_slots(m, facts, "folded", 1, size);
    Py_ssize_t characters = length < 0 ? -1 : write_slots(m, facts, "characters", 1, size);
    Py_ssize_t pairs = characters < 0 ? -1 : write_slots(m, facts, "folded", 2, size);
    PyObject *signature = pairs < 0 ? NULL : PyObject_GetAttrString(facts, "signature");
    if (signature == NULL)
        return -1;
    Py_ssize_t kept = distinct(m->held + *size - pairs, pairs, seen, at + 1);
    *size -= pairs - kept;
    row->length = (int32_t)length;
    row->characters = (int32_t)characters;
    row->pairs = (int32_t)kept;
    row->signature = number_of(m, signature, numbers);
    Py_DECREF(signature);
    row->asks = PyErr_Occurred() ? 0 : integer(facts, "asks");
    row->mass = PyErr_Occurred() ? 0.0 : number(facts, "mass");
    row->pairs_mass = PyErr_Occurred() ? 0.0 : number(facts, "pairs_mass");
    return PyErr_Occurred() ? -1 : 0;
}

static int take_rows(Matcher *m) {
    PyObject *numbers = PyDict_New();
    Py_ssize_t *seen = room_for(m->slots, sizeof *seen), size = 0;
    m->row = room_for(m->rows, sizeof(Row));
    int failed = numbers == NULL || seen == NULL || m->row == NULL;
    for (Py_ssize_t at = 0; !failed && at < m->rows; at++)
        failed = take_row(m, at, numbers, seen, &size) < 0;
    PyMem_Free(seen);
    Py_XDECREF(numbers);
    return failed ? -1 : 0;
}

static int take_weights(Matcher *m, PyObject *weights) {
    if (PyTuple_Size(weights) < WEIGHTS)
        return PyErr_Occurred() ? -1 : refuse("each signal needs a weight");
    for (int at = 0; at < WEIGHTS; at++)
        m->weights[at] = PyFloat_AsDouble(PyTuple_GetItem(weights, at));
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *make(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(names)) {
    PyObject *facts, *normal, *exact, *keys, *squares, *firsts, *origins, *key, *column, *value, *every;
    PyObject *weights, *conflicts, *marks;
    double unseen;
    if (!PyArg_ParseTuple(args, "O!O!O!O!O!O!O!OOOOdO!O!O!", &PyList_Type, &facts, &PyList_Type, &normal, &PyDict_Type,
                          &exact, &PyList_Type, &keys, &PyList_Type, &squares, &PyList_Type, &firsts, &PyList_Type,
                          &origins, &key, &column, &value, &every, &unseen, &PyTuple_Type, &weights, &PyTuple_Type,
                          &conflicts, &PyTuple_Type, &marks))
        return NULL;
    Matcher *m = (Matcher *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
    if (m == NULL)
        return NULL;
    m->rows = PyList_Size(facts);
    m->facts = PyList_GetSlice(facts, 0, m->rows);
    m->normal = PyList_GetSlice(normal, 0, m->rows);
    m->seen = PyList_New(0);
    m->unseen = unseen;
    Py_INCREF(exact);
    m->exact = exact;
    int failed = m->facts == NULL || m->normal == NULL || m->seen == NULL;
    for (int at = 0; !failed && at < NAMES; at++)
        failed = (m->names[at] = PyUnicode_InternFromString(NAMED[at])) == NULL;
    if (!failed && PyList_Size(m->normal) != m->rows)
        failed = refuse("each row needs its normal form") < 0;
    if (failed || take_weights(m, weights) < 0 || take_guards(m, conflicts, marks) < 0 || take_every(m, every) < 0 ||
        take_entries(m, firsts, origins) < 0 || take_keys(m, keys, squares) < 0 ||
        take_postings(m, key, column, value) < 0 || take_rows(m) < 0) {
        Py_DECREF(m);
        return NULL;
    }
    return (PyObject *)m;
}

static void discard(PyObject *self) {
    Matcher *m = (Matcher *)self;
    PyTypeObject *type = Py_TYPE(self);
    void *parts[] = {m->keys.cell, m->guard, m->slot, m->posting, m->row, m->held, m->first, m->origin, m->signature};
    PyObject *objects[] = {m->facts, m->normal, m->seen, m->exact, m->owned};
    for (size_t at = 0; at < sizeof parts / sizeof *parts; at++)
        PyMem_Free(parts[at]);
    for (size_t at = 0; at < sizeof objects / sizeof *objects; at++)
        Py_XDECREF(objects[at]);
    for (int at = 0; at < NAMES; at++)
        Py_XDECREF(m->names[at]);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
    Py_DECREF(type);
}

/* ---- the keys of the whole index, shared by its matchers ---- */

static void discard_keys(PyObject *capsule) {
    Keys *keys = PyCapsule_GetPointer(capsule, CAPSULE);
    if (keys)
        PyMem_Free(keys->cell);
    PyMem_Free(keys);
}

static PyObject *keys_of(PyObject *Py_UNUSED(module), PyObject *squares) {
    PyObject *key, *square, *capsule = NULL;
    Py_ssize_t next = 0;
    if (!PyDict_Check(squares))
        return PyErr_Format(PyExc_TypeError, "a dict is needed");
    Keys *keys = room_for(1, sizeof *keys);
    int failed = keys == NULL || make_keys(keys, PyDict_Size(squares)) < 0;
    while (!failed && PyDict_Next(squares, &next, &key, &square))
        failed = add_key(keys, key, 0, square) < 0;
    if (!failed)
        capsule = PyCapsule_New(keys, CAPSULE, discard_keys);
    if (capsule == NULL && keys)
        PyMem_Free(keys->cell);
    if (capsule == NULL)
        PyMem_Free(keys);
    return capsule;
}

static PyMethodDef functions[] = {
    {"keys_of", keys_of, METH_O, "Squared weights by character or pair, as matchers look them up."},
    {NULL, NULL, 0, NULL},
};

static PyMethodDef methods[] = {
    {"search", (PyCFunction)(void (*)(void))search, METH_FASTCALL, "The matches of a query, as `Block.search`."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot type_slots[] = {
    {Py_tp_new, (void *)make},
    {Py_tp_dealloc, (void *)discard},
    {Py_tp_methods, methods},
    {Py_tp_doc, "Compares a question with all variants of a block."},
    {0, NULL},
};

static PyType_Spec type_spec = {"cs_nlp.faq._matcher.Matcher", sizeof(Matcher), 0, Py_TPFLAGS_DEFAULT, type_slots};

static int fill(PyObject *module) {
    PyObject *type = PyType_FromModuleAndSpec(module, &type_spec, NULL);
    int failed = type == NULL || PyModule_AddType(module, (PyTypeObject *)type) < 0;
    Py_XDECREF(type);
    return failed ? -1 : 0;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, (void *)fill}, {0, NULL}};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_matcher", NULL, 0, functions, module_slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__matcher(void) {
    return PyModuleDef_Init(&module);
}
