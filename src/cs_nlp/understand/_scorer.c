/* The linear model for one message at a time: features, scores, probabilities and confidence in one call.

   It does what `Vocabulary.find`, `LinearModel.score`, `LinearModel.probabilities`, `Confidence` and
   `Analyzer.judge_scored` do in Python and numpy, with the same arithmetic. A feature is found by a 64-bit hash of its
   block and its name, so that its name is never spelled out. A row of the weights with all that belongs to it fills one
   line of the processor's cache. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCKS 6
#define HEADS 3
#define LINE 64
#define MOST_PAIRED 12
#define MOST_RANKED 4
#define MOST_LENGTHS 10
#define MOST_LENGTH 0xFFFF
#define MOST_ROWS (INT32_MAX / 2)
#define TINY 1e-12
#define HOTTEST 600.0
#define SIGNALS 8
#define LEVELS 3
#define LOWEST 1e-4
#define HIGHEST (1.0 - 1e-4)
#define SHORT 3
#define LONG 30
#define SUREST 40.0

#if defined(_MSC_VER)
#define restrict __restrict
#endif

enum { CHAR, WORD, CONCEPT, PAIR, SKIP, SHAPE };

typedef struct {
    Py_ssize_t start, stop;
    double temperature;
} Head;

typedef struct {
    uint32_t tag;     /* the lower half of a hash; the place in the table is of its upper half */
    int32_t row;      /* -1 where the table is empty */
} Entry;

typedef struct {
    PyObject_HEAD
    Py_ssize_t rows, columns, stride, longest, unclear;
    Py_ssize_t lengths[MOST_LENGTHS], length_count; /* up to which a text has the length 0, 1 and so on */
    Py_ssize_t starts[BLOCKS + 1];
    double weights[BLOCKS];
    Head heads[HEADS];
    Py_ssize_t most;  /* characters that count */
    double confidence[SIGNALS + 1]; /* constant term and weights */
    struct {
        Py_ssize_t column;          /* -1 for a level that the head does not know */
        double reach;
    } levels[LEVELS]; /* the worst first */
    double reach;     /* how far behind the best score another one is near */
    double unknown;   /* squared weight of a character n-gram that is not known */
    int shift;        /* of a hash, so that its place in the table is left */
    uint64_t mask;
    Entry *table;
    char *memory;     /* of the lines, which are aligned */
    char *lines;      /* of each row its steps (int8), the size of a step and its idf (float) */
    float *bias;
    PyObject *array;  /* the type array.array: many numbers in one object, which the garbage collector need not look at */
} Scorer;

/* Texts read from Python one behind the other. */
typedef struct {
    Py_UCS4 *codes;
    Py_ssize_t used, size;
} Arena;

typedef struct {
    Py_ssize_t start, size;
} Text;

/* The hashes of what a message has: all are made before the first is looked up, so that the processor fetches many
   places of the table at once instead of waiting for each. */
typedef struct {
    const Scorer *scorer;
    uint64_t *each;
    Py_ssize_t count, size;
    Py_ssize_t characters; /* how many of them, the first ones, are of character n-grams */
    Py_ssize_t length;     /* of the text */
} Hashes;

static inline uint64_t
step(uint64_t hash, Py_UCS4 code)
{
    hash = (hash ^ code) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ (hash >> 29);
}

static inline uint64_t
block_seed(int block)
{
    return step(UINT64_C(0x5EED), (Py_UCS4)block + 1);
}

static inline uint64_t
hash_text(uint64_t hash, const Py_UCS4 *codes, Py_ssize_t size)
{
    for (Py_ssize_t i = 0; i < size; i++) {
        hash = step(hash, codes[i]);
    }
    return hash;
}

/* The row of a hash, or -1. */
static inline int32_t
look_up(const Scorer *self, uint64_t hash)
{
    const Entry *table = self->table;
    uint64_t at = hash >> self->shift;
    while (table[at].row >= 0 && table[at].tag != (uint32_t)hash) {
        at = (at + 1) & self->mask;
    }
    return table[at].row;
}

static inline void
prefetch(const void *place)
{
#if defined(__GNUC__)
    __builtin_prefetch(place);
#else
    (void)place;
#endif
}

/* Makes room for so many more hashes. */
static int
reserve(Hashes *found, Py_ssize_t more)
{
    if (found->count + more <= found->size) {
        return 0;
    }
    Py_ssize_t wanted = 2 * (found->count + more);
    uint64_t *each = PyMem_Realloc(found->each, wanted * sizeof(uint64_t));
    if (each == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    found->each = each;
    found->size = wanted;
    return 0;
}

/* Notes a hash, for which there is room. */
static inline void
note(Hashes *found, uint64_t hash)
{
    prefetch(found->scorer->table + (hash >> found->scorer->shift));
    found->each[found->count++] = hash;
}

/* An item of what should be a tuple, or NULL with an error; NULL for NULL. */
static PyObject *
item(PyObject *tuple, Py_ssize_t place)
{
    if (tuple == NULL) {
        return NULL;
    }
    if (!PyTuple_Check(tuple)) {
        PyErr_Format(PyExc_TypeError, "a tuple is needed, found %R", tuple);
        return NULL;
    }
    return PyTuple_GetItem(tuple, place);
}

static int
read_text(Arena *arena, PyObject *object, Text *text)
{
    Py_ssize_t size = PyUnicode_Check(object) ? PyUnicode_GetLength(object) : -1;
    if (size < 0) {
        if (!PyErr_Occurred()) {
            PyErr_Format(PyExc_TypeError, "a text is needed, found %R", object);
        }
        return -1;
    }
    if (arena->codes == NULL || arena->used + size > arena->size) {
        Py_ssize_t wanted = 2 * (arena->used + size) + 1024;
        Py_UCS4 *codes = PyMem_Realloc(arena->codes, wanted * sizeof(Py_UCS4));
        if (codes == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        arena->codes = codes;
        arena->size = wanted;
    }
    if (size && PyUnicode_AsUCS4(object, arena->codes + arena->used, arena->size - arena->used, 0) == NULL) {
        return -1;
    }
    text->start = arena->used;
    text->size = size;
    arena->used += size;
    return 0;
}

/* As `str.isspace`. */
static int
is_space(const Py_UCS4 *codes, Py_ssize_t size)
{
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_UCS4 c = codes[i];
        int space = (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680
            || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
        if (!space) {
            return 0;
        }
    }
    return size > 0;
}

/* Character n-grams of a text with `^` and `$` around it. */
static int
find_characters(Hashes *found, const Py_UCS4 *padded, Py_ssize_t size)
{
    Py_ssize_t longest = found->scorer->longest;
    uint64_t seed = block_seed(CHAR);
    if (reserve(found, size * longest) < 0) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_ssize_t last = i + longest < size ? i + longest : size;
        uint64_t hash = seed;
        for (Py_ssize_t j = i; j < last; j++) {
            hash = step(hash, padded[j]);
            note(found, hash);
        }
    }
    return 0;
}

/* Words and pairs of neighbouring words; blanks are none. */
static int
find_words(Hashes *found, Arena *arena, PyObject *tokens)
{
    uint64_t seed = block_seed(WORD), before = 0;
    Py_ssize_t count = PyList_Size(tokens);
    if (reserve(found, 2 * count) < 0) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        Text text;
        arena->used = 0;
        if (read_text(arena, PyList_GetItem(tokens, i), &text) < 0) {
            return -1;
        }
        const Py_UCS4 *codes = arena->codes;
        if (is_space(codes, text.size)) {
            continue;
        }
        if (before) {
            note(found, hash_text(before, codes, text.size));
        }
        uint64_t hash = hash_text(seed, codes, text.size);
        note(found, hash);
        before = step(hash, ' ');
    }
    return 0;
}

static int
compare(const Arena *arena, Text a, Text b)
{
    const Py_UCS4 *one = arena->codes + a.start, *other = arena->codes + b.start;
    for (Py_ssize_t i = 0; i < a.size && i < b.size; i++) {
        if (one[i] != other[i]) {
            return one[i] < other[i] ? -1 : 1;
        }
    }
    return (a.size > b.size) - (a.size < b.size);
}

/* Any two of the first concepts, in order of their names. */
static void
find_pairs(Hashes *found, const Arena *arena, const Text *concepts, Py_ssize_t count)
{
    Text each[MOST_PAIRED];
    Py_ssize_t size = 0;
    for (Py_ssize_t i = 0; i < count && i < MOST_PAIRED; i++) {
        Py_ssize_t at = size;
        int order = -1;
        while (at > 0 && (order = compare(arena, each[at - 1], concepts[i])) > 0) {
            at--;
        }
        if (at > 0 && order == 0) {
            continue;
        }
        memmove(each + at + 1, each + at, (size - at) * sizeof(Text));
        each[at] = concepts[i];
        size++;
    }
    uint64_t seed = block_seed(PAIR);
    for (Py_ssize_t i = 0; i < size; i++) {
        uint64_t first = step(hash_text(seed, arena->codes + each[i].start, each[i].size), '&');
        for (Py_ssize_t j = i + 1; j < size; j++) {
            note(found, hash_text(first, arena->codes + each[j].start, each[j].size));
        }
    }
}

/* Concepts, two and three of them in a row, and any two of them. */
static int
find_concepts(Hashes *found, Arena *arena, PyObject *hits)
{
    Py_ssize_t count = PyList_Size(hits);
    Text *concepts = PyMem_Malloc((count + 1) * sizeof(Text));
    if (concepts == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (reserve(found, 3 * count + MOST_PAIRED * (MOST_PAIRED - 1) / 2) < 0) {
        PyMem_Free(concepts);
        return -1;
    }
    arena->used = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *hit = PyList_GetItem(hits, i), *name = item(hit, 0);
        if (name == NULL || read_text(arena, name, concepts + i) < 0) {
            PyMem_Free(concepts);
            return -1;
        }
    }
    uint64_t seed = block_seed(CONCEPT);
    for (Py_ssize_t i = 0; i < count; i++) {
        uint64_t hash = seed;
        for (Py_ssize_t j = i; j < count && j < i + 3; j++) {
            hash = hash_text(j > i ? step(hash, '>') : hash, arena->codes + concepts[j].start, concepts[j].size);
            note(found, hash);
        }
    }
    find_pairs(found, arena, concepts, count);
    PyMem_Free(concepts);
    return 0;
}

/* Two characters with one left out between them. */
static int
find_skips(Hashes *found, const Py_UCS4 *codes, Py_ssize_t size)
{
    uint64_t seed = block_seed(SKIP);
    if (reserve(found, size) < 0) {
        return -1;
    }
    for (Py_ssize_t i = 0; i + 2 < size; i++) {
        note(found, step(step(step(seed, codes[i]), '_'), codes[i + 2]));
    }
    return 0;
}

static uint64_t
hash_ascii(uint64_t hash, const char *text)
{
    while (*text) {
        hash = step(hash, (Py_UCS4)(unsigned char)*text++);
    }
    return hash;
}

/* The length of the text, its question and exclamation marks, and the names of entities and rules. */
static int
find_shapes(Hashes *found, Arena *arena, const Py_UCS4 *codes, Py_ssize_t size, PyObject *marks)
{
    const Scorer *self = found->scorer;
    uint64_t seed = block_seed(SHAPE);
    Py_ssize_t longer = 0, count = PyList_Size(marks);
    if (reserve(found, 1 + size + count) < 0) {
        return -1;
    }
    while (longer < self->length_count && self->lengths[longer] < size) {
        longer++;
    }
    note(found, step(hash_ascii(seed, "length:"), (Py_UCS4)('0' + longer)));
    for (Py_ssize_t i = 0; i < size; i++) {
        if (codes[i] == '?' || codes[i] == '!') {
            note(found, step(hash_ascii(seed, "mark:"), codes[i]));
        }
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        Text text;
        arena->used = 0;
        if (read_text(arena, PyList_GetItem(marks, i), &text) < 0) {
            return -1;
        }
        note(found, hash_text(seed, arena->codes, text.size));
    }
    return 0;
}

/* Characters with what stands for the ends of the text around them. */
static Py_UCS4 *
padded_text(const Py_UCS4 *codes, Py_ssize_t size)
{
    Py_UCS4 *padded = PyMem_Malloc((size + 2) * sizeof(Py_UCS4));
    if (padded == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    padded[0] = '^';
    memcpy(padded + 1, codes, size * sizeof(Py_UCS4));
    padded[size + 1] = '$';
    return padded;
}

static int
find_in_text(Hashes *found, Arena *arena, PyObject *text, PyObject *marks)
{
    Text read;
    if (read_text(arena, text, &read) < 0) {
        return -1;
    }
    found->length = read.size;
    Py_ssize_t size = read.size < found->scorer->most ? read.size : found->scorer->most;
    Py_UCS4 *padded = padded_text(arena->codes, size);
    if (padded == NULL) {
        return -1;
    }
    int result = find_characters(found, padded, size + 2);
    found->characters = found->count;
    if (result == 0 && found->scorer->starts[SKIP + 1] > found->scorer->starts[SKIP]) {
        result = find_skips(found, padded + 1, size);
    }
    if (result == 0) {
        result = find_shapes(found, arena, padded + 1, size, marks);
    }
    PyMem_Free(padded);
    return result;
}

static PyObject *
as_list(PyObject *object)
{
    if (object == NULL) {
        return NULL;
    }
    return PyList_Check(object) ? Py_NewRef(object) : PySequence_List(object);
}

/* The hashes of all features of a `View`. */
static int
find_all(Hashes *found, PyObject *view)
{
    Arena arena = {NULL, 0, 0};
    PyObject *text = item(view, 0);
    PyObject *tokens = text ? as_list(item(view, 1)) : NULL;
    PyObject *hits = tokens ? as_list(item(view, 2)) : NULL;
    PyObject *marks = hits ? as_list(item(view, 3)) : NULL;
    int result = -1;
    if (marks != NULL && find_in_text(found, &arena, text, marks) == 0 && find_words(found, &arena, tokens) == 0) {
        result = find_concepts(found, &arena, hits);
    }
    Py_XDECREF(tokens);
    Py_XDECREF(hits);
    Py_XDECREF(marks);
    PyMem_Free(arena.codes);
    return result;
}

static inline float
line_float(const Scorer *self, Py_ssize_t row, int which)
{
    float value;
    memcpy(&value, self->lines + (row + 1) * self->stride - (2 - which) * sizeof(float), sizeof(float));
    return value;
}

static inline int
lowest_bit(uint64_t bits)
{
#if defined(__GNUC__)
    return __builtin_ctzll(bits);
#else
    int place = 0;
    while (!(bits >> place & 1)) {
        place++;
    }
    return place;
#endif
}

/* The rows of the hashes, in order, each once; `unknown` becomes how many character n-grams have none. */
static int32_t *
rows_of(const Hashes *found, Py_ssize_t *count, Py_ssize_t *unknown)
{
    const Scorer *self = found->scorer;
    Py_ssize_t words = self->rows / 64 + 1, groups = words / 64 + 1; /* a bit a row, and a bit a word of those bits */
    uint64_t *bits = PyMem_Calloc(words + groups, sizeof(uint64_t));
    int32_t *rows = PyMem_Malloc((found->count + 1) * sizeof(int32_t));
    if (bits == NULL || rows == NULL) {
        PyMem_Free(bits);
        PyMem_Free(rows);
        return (int32_t *)PyErr_NoMemory();
    }
    uint64_t *used = bits + words;
    *count = *unknown = 0;
    for (Py_ssize_t i = 0; i < found->count; i++) {
        int32_t row = look_up(self, found->each[i]);
        if (row >= 0) {
            prefetch(self->lines + row * self->stride);
            bits[row >> 6] |= UINT64_C(1) << (row & 63);
            used[row >> 12] |= UINT64_C(1) << (row >> 6 & 63);
        } else {
            *unknown += i < found->characters;
        }
    }
    for (Py_ssize_t group = 0; group < groups; group++) {
        for (uint64_t some = used[group]; some; some &= some - 1) {
            Py_ssize_t word = group * 64 + lowest_bit(some);
            for (uint64_t left = bits[word]; left; left &= left - 1) {
                rows[(*count)++] = (int32_t)(word * 64 + lowest_bit(left));
            }
        }
    }
    PyMem_Free(bits);
    return rows;
}

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
__attribute__((target_clones("avx2", "default")))
#endif
static void
add_row(float *restrict scores, const int8_t *restrict steps, float value, Py_ssize_t columns)
{
    for (Py_ssize_t i = 0; i < columns; i++) {
        scores[i] += value * (float)steps[i];
    }
}

/* Scores of every column from rows in order; `mass` becomes that of the character n-grams. */
static void
add_up(const Scorer *self, const int32_t *rows, Py_ssize_t count, float *scores, double *mass)
{
    Py_ssize_t ends[BLOCKS], at = 0;
    double scales[BLOCKS];
    for (int block = 0; block < BLOCKS; block++) {
        double sum = 0.0;
        for (; at < count && rows[at] < self->starts[block + 1]; at++) {
            double idf = line_float(self, rows[at], 1);
            sum += idf * idf;
        }
        ends[block] = at;
        scales[block] = self->weights[block] / sqrt(sum + TINY);
        if (block == CHAR) {
            *mass = sum;
        }
    }
    at = 0;
    for (int block = 0; block < BLOCKS; block++) {
        for (; at < ends[block]; at++) {
            float value = (float)scales[block] * line_float(self, rows[at], 0);
            add_row(scores, (const int8_t *)(self->lines + rows[at] * self->stride), value, self->columns);
        }
    }
    for (Py_ssize_t i = 0; i < self->columns; i++) {
        scores[i] += self->bias[i];
    }
}

/* A softmax with its temperature in each head. */
static void
soften(const Scorer *self, const float *scores, double *chances)
{
    for (int h = 0; h < HEADS; h++) {
        const Head *head = self->heads + h;
        double sum = 0.0;
        for (Py_ssize_t i = head->start; i < head->stop; i++) {
            double heated = scores[i] * head->temperature;
            chances[i] = exp(heated > HOTTEST ? HOTTEST : heated < -HOTTEST ? -HOTTEST : heated);
            sum += chances[i];
        }
        for (Py_ssize_t i = head->start; i < head->stop; i++) {
            chances[i] /= sum;
        }
    }
}

/* What the model says: chances of every column, and the share of the text that it knows. */
typedef struct {
    double *chances;
    float *scores;
    double known;
} Said;

static int
say(Said *said, PyObject *view, Hashes *found)
{
    const Scorer *self = found->scorer;
    Py_ssize_t count = 0, unknown = 0;
    double mass = 0.0;
    said->chances = NULL;
    if (find_all(found, view) < 0) {
        return -1;
    }
    int32_t *rows = rows_of(found, &count, &unknown);
    if (rows == NULL) {
        return -1;
    }
    said->chances = PyMem_Calloc(self->columns + 1, sizeof(double) + sizeof(float));
    if (said->chances == NULL) {
        PyMem_Free(rows);
        PyErr_NoMemory();
        return -1;
    }
    said->scores = (float *)(said->chances + self->columns + 1);
    add_up(self, rows, count, said->scores, &mass);
    soften(self, said->scores, said->chances);
    said->known = mass > 0.0 ? mass / (mass + self->unknown * (double)unknown) : 0.0;
    PyMem_Free(rows);
    return 0;
}

static Py_ssize_t
highest(const double *values, Py_ssize_t size)
{
    Py_ssize_t best = 0;
    for (Py_ssize_t i = 1; i < size; i++) {
        best = values[i] > values[best] ? i : best;
    }
    return best;
}

/* A rule that fired: the label that it speaks for, -1 for one that the model does not have, and its score. */
typedef struct {
    Py_ssize_t label;
    double score;
} Ruled;

static Ruled *
read_rules(PyObject *rules, Py_ssize_t *count, Py_ssize_t labels)
{
    *count = rules == Py_None ? 0 : PyList_Size(rules);
    Ruled *found = PyMem_Malloc((*count + 1) * sizeof(Ruled));
    if (found == NULL) {
        return (Ruled *)PyErr_NoMemory();
    }
    for (Py_ssize_t i = 0; i < *count; i++) {
        PyObject *pair = PyList_GetItem(rules, i);
        PyObject *first = item(pair, 0), *second = first ? item(pair, 1) : NULL;
        found[i].label = second ? PyLong_AsSsize_t(first) : -1;
        found[i].score = second ? PyFloat_AsDouble(second) : -1.0;
        if (!PyErr_Occurred() && found[i].label >= labels) {
            PyErr_Format(PyExc_IndexError, "label %zd of %zd", found[i].label, labels);
        }
        if (PyErr_Occurred()) {
            PyMem_Free(found);
            return NULL;
        }
    }
    return found;
}

/* Multiplies the chances of the labels that rules speak for; of several rules for one the surest counts. */
static void
raise_odds(double *chances, Py_ssize_t labels, const Ruled *rules, Py_ssize_t count)
{
    int raised = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        double odds = 1.0;
        int first = rules[i].label >= 0;
        for (Py_ssize_t j = 0; first && j < count; j++) {
            if (rules[j].label == rules[i].label) {
                double left = 1.0 - rules[j].score, these = rules[j].score / (left > 0.01 ? left : 0.01);
                odds = these > odds ? these : odds;
                first = j >= i;
            }
        }
        if (first) {
            chances[rules[i].label] *= odds;
            raised = 1;
        }
    }
    double sum = 0.0;
    for (Py_ssize_t i = 0; raised && i < labels; i++) {
        sum += chances[i];
    }
    for (Py_ssize_t i = 0; raised && i < labels; i++) {
        chances[i] /= sum;
    }
}

/* The labels of the highest chances, best first, but for `unclear` unless it is the only one; returns how many. */
static Py_ssize_t
rank(const Scorer *self, const double *chances, Py_ssize_t size, Py_ssize_t *best)
{
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_ssize_t at = count;
        while (at > 0 && chances[i] >= chances[best[at - 1]]) {
            at--;
        }
        if (at == MOST_RANKED) {
            continue;
        }
        Py_ssize_t moved = (count < MOST_RANKED ? count : MOST_RANKED - 1) - at;
        memmove(best + at + 1, best + at, moved * sizeof(Py_ssize_t));
        best[at] = i;
        count += count < MOST_RANKED;
    }
    for (Py_ssize_t i = 0; count > 1 && i < count; i++) {
        if (best[i] == self->unclear) {
            count--;
            memmove(best + i, best + i + 1, (count - i) * sizeof(Py_ssize_t));
        }
    }
    return count;
}

static double
logit(double probability)
{
    double bounded = probability < LOWEST ? LOWEST : probability > HIGHEST ? HIGHEST : probability;
    return log(bounded / (1.0 - bounded));
}

/* The probability that the best label is right. */
static double
confidence(const Scorer *self, const Said *said, const Ruled *rules, Py_ssize_t rule_count, const Py_ssize_t *ranking,
           Py_ssize_t ranked, Py_ssize_t length)
{
    const double *chances = said->chances + self->heads[0].start, *weights = self->confidence;
    double agree = 0.0, conflict = 0.0;
    for (Py_ssize_t i = 0; i < rule_count; i++) {
        double *side = rules[i].label == ranking[0] ? &agree : &conflict;
        *side = rules[i].score > *side ? rules[i].score : *side;
    }
    double top = logit(chances[ranking[0]]), second = logit(ranked > 1 ? chances[ranking[1]] : 0.0);
    double unclear = logit(self->unclear >= 0 ? chances[self->unclear] : 0.0);
    double signals[SIGNALS] = {top, top - second, unclear, said->known, agree, conflict, length <= SHORT, length > LONG};
    double total = weights[0];
    for (int i = 0; i < SIGNALS; i++) {
        total += weights[i + 1] * signals[i];
    }
    return 1.0 / (1.0 + exp(-(total > SUREST ? SUREST : total < -SUREST ? -SUREST : total)));
}

/* Scores of ranked labels: that of the best is the confidence, the others share what is left. */
static PyObject *
ranked_scores(const double *chances, const Py_ssize_t *ranking, Py_ssize_t count, double score)
{
    double total = 0.0;
    for (Py_ssize_t i = 1; i < count; i++) {
        total += chances[ranking[i]];
    }
    double share = (1.0 - score) / (total != 0.0 ? total : 1.0);
    PyObject *scores = PyTuple_New(count);
    for (Py_ssize_t i = 0; scores != NULL && i < count; i++) {
        double part = share * chances[ranking[i]];
        PyObject *value = PyFloat_FromDouble(i == 0 || score < part ? score : part);
        if (value == NULL || PyTuple_SetItem(scores, i, value) < 0) {
            Py_CLEAR(scores);
        }
    }
    return scores;
}

/* The level that the severity head asks for, the worst being 0. */
static int
level_of(const Scorer *self, const double *chances)
{
    double total = 0.0;
    for (int i = 0; i < LEVELS; i++) {
        total += self->levels[i].column >= 0 ? chances[self->levels[i].column] : 0.0;
        if (total >= self->levels[i].reach) {
            return i;
        }
    }
    return LEVELS;
}

static PyObject *
floats(const Scorer *self, const double *values, Py_ssize_t size)
{
    return PyObject_CallFunction(self->array, "sy#", "d", (const char *)values, size * (Py_ssize_t)sizeof(double));
}

static PyObject *
numbers(const Py_ssize_t *values, Py_ssize_t size)
{
    PyObject *tuple = PyTuple_New(size);
    for (Py_ssize_t i = 0; tuple != NULL && i < size; i++) {
        PyObject *value = PyLong_FromSsize_t(values[i]);
        if (value == NULL || PyTuple_SetItem(tuple, i, value) < 0) {
            Py_CLEAR(tuple);
        }
    }
    return tuple;
}

/* The labels of the intent head whose scores are near the best one. */
static PyObject *
near_best(const Scorer *self, const float *scores, Py_ssize_t size)
{
    Py_ssize_t *near = PyMem_Malloc((size + 1) * sizeof(Py_ssize_t)), count = 0;
    if (near == NULL) {
        return PyErr_NoMemory();
    }
    float best = -FLT_MAX;
    for (Py_ssize_t i = 0; i < size; i++) {
        best = scores[i] > best ? scores[i] : best;
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        if ((double)scores[i] >= (double)best - self->reach) {
            near[count++] = i;
        }
    }
    PyObject *found = numbers(near, count);
    PyMem_Free(near);
    return found;
}

/* The fields of `Judged`. */
static PyObject *
judged(const Scorer *self, const Said *said, const Ruled *rules, Py_ssize_t rule_count, Py_ssize_t length)
{
    const Head *intent = self->heads, *severity = self->heads + 1, *emotion = self->heads + 2;
    Py_ssize_t labels = intent->stop - intent->start, moods = emotion->stop - emotion->start;
    double *chances = said->chances + intent->start;
    Py_ssize_t ranking[MOST_RANKED + 1];
    raise_odds(chances, labels, rules, rule_count);
    Py_ssize_t ranked = rank(self, chances, labels, ranking);
    double score = confidence(self, said, rules, rule_count, ranking, ranked, length);
    PyObject *result = NULL;
    PyObject *parts[4] = {NULL};
    if ((parts[0] = near_best(self, said->scores + intent->start, labels)) != NULL
        && (parts[1] = floats(self, chances, labels)) != NULL && (parts[2] = numbers(ranking, ranked)) != NULL
        && (parts[3] = ranked_scores(chances, ranking, ranked, score)) != NULL) {
        int level = level_of(self, said->chances + severity->start);
        Py_ssize_t mood = moods > 0 ? highest(said->chances + emotion->start, moods) : -1;
        result = Py_BuildValue("(OdOOOin)", parts[0], said->known, parts[1], parts[2], parts[3], level, mood);
    }
    for (int i = 0; i < 4; i++) {
        Py_XDECREF(parts[i]);
    }
    return result;
}

static PyObject *
scorer_judge(Scorer *self, PyObject *const *args, Py_ssize_t count)
{
    if (count != 2 || !(args[1] == Py_None || PyList_Check(args[1]))) {
        PyErr_SetString(PyExc_TypeError, "judge(view, rules) needs a View, and a list or None");
        return NULL;
    }
    Hashes found = {self, NULL, 0, 0, 0, 0};
    Said said;
    PyObject *result = NULL;
    if (say(&said, args[0], &found) == 0) {
        Py_ssize_t rule_count;
        Ruled *rules = read_rules(args[1], &rule_count, self->heads[0].stop - self->heads[0].start);
        if (rules != NULL) {
            result = judged(self, &said, rules, rule_count, found.length);
        }
        PyMem_Free(rules);
    }
    PyMem_Free(said.chances);
    PyMem_Free(found.each);
    return result;
}

/* What the model alone says of a view, told by `tell` from the chances of the intent head. */
static PyObject *
told(Scorer *self, PyObject *view, PyObject *(*tell)(const Scorer *, const double *, Py_ssize_t))
{
    Hashes found = {self, NULL, 0, 0, 0, 0};
    Said said;
    PyObject *result = NULL;
    if (say(&said, view, &found) == 0) {
        result = tell(self, said.chances + self->heads[0].start, self->heads[0].stop - self->heads[0].start);
    }
    PyMem_Free(said.chances);
    PyMem_Free(found.each);
    return result;
}

static PyObject *
likeliest(const Scorer *Py_UNUSED(self), const double *chances, Py_ssize_t size)
{
    Py_ssize_t best = highest(chances, size);
    return Py_BuildValue("(nd)", best, chances[best]);
}

static PyObject *
scorer_chances(Scorer *self, PyObject *view)
{
    return told(self, view, floats);
}

static PyObject *
scorer_best(Scorer *self, PyObject *view)
{
    return told(self, view, likeliest);
}

/* Puts the features into the table: names behind each other with line breaks between them, block by block. */
static int
fill_table(Scorer *self, PyObject *names)
{
    Py_UCS4 *codes = PyUnicode_AsUCS4Copy(names);
    if (codes == NULL) {
        return -1;
    }
    Py_ssize_t size = PyUnicode_GetLength(names), at = 0;
    int block = 0, result = 0;
    for (Py_ssize_t row = 0; row < self->rows && result == 0; row++) {
        while (row >= self->starts[block + 1]) {
            block++;
        }
        uint64_t hash = block_seed(block);
        while (at < size && codes[at] != '\n') {
            hash = step(hash, codes[at++]);
        }
        at++;
        if (look_up(self, hash) >= 0) {
            PyErr_Format(PyExc_ValueError, "row %zd has the name of another row", row);
            result = -1;
        }
        uint64_t place = hash >> self->shift;
        while (self->table[place].row >= 0) {
            place = (place + 1) & self->mask;
        }
        self->table[place] = (Entry){(uint32_t)hash, (int32_t)row};
    }
    if (result == 0 && self->rows > 0 && at != size + 1) {
        PyErr_Format(PyExc_ValueError, "the names are not those of %zd rows", self->rows);
        result = -1;
    }
    PyMem_Free(codes);
    return result;
}

static int
fill_lines(Scorer *self, const int8_t *steps, const float *sizes, const float *idf)
{
    self->stride = (self->columns + 2 * (Py_ssize_t)sizeof(float) + LINE - 1) / LINE * LINE;
    self->memory = PyMem_Calloc(self->rows * self->stride + LINE, 1);
    if (self->memory == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    self->lines = (char *)(((uintptr_t)self->memory + LINE - 1) / LINE * LINE);
    float largest = 0.0f;
    for (Py_ssize_t row = 0; row < self->rows; row++) {
        char *line = self->lines + row * self->stride, *end = line + self->stride;
        memcpy(line, steps + row * self->columns, self->columns);
        memcpy(end - 2 * sizeof(float), sizes + row, sizeof(float));
        memcpy(end - sizeof(float), idf + row, sizeof(float));
        largest = idf[row] > largest ? idf[row] : largest;
    }
    self->unknown = self->rows ? (double)largest * largest : 1.0;
    return 0;
}

/* Counts the rows and the columns. */
static int
measure(Scorer *self, const Py_ssize_t *sizes, const Py_buffer *given)
{
    self->starts[0] = 0;
    for (int b = 0; b < BLOCKS; b++) {
        if (sizes[b] < 0 || sizes[b] > MOST_ROWS - self->starts[b]) {
            PyErr_Format(PyExc_ValueError, "a block has %zd names", sizes[b]);
            return -1;
        }
        self->starts[b + 1] = self->starts[b] + sizes[b];
    }
    self->rows = self->starts[BLOCKS];
    self->columns = given[3].len / (Py_ssize_t)sizeof(float);
    if (given[0].len != self->rows * self->columns || given[1].len != self->rows * (Py_ssize_t)sizeof(float)
        || given[2].len != given[1].len) {
        PyErr_SetString(PyExc_ValueError, "weights, steps, idf and bias do not fit the number of names");
        return -1;
    }
    if (self->longest < 0 || self->longest > MOST_LENGTH || self->most < 0 || self->most > MOST_LENGTH) {
        PyErr_SetString(PyExc_ValueError, "a number of characters is negative, or absurd");
        return -1;
    }
    return 0;
}

static int
check_heads(const Scorer *self)
{
    for (int h = 0; h < HEADS; h++) {
        const Head *head = self->heads + h;
        if (head->start < 0 || head->start > head->stop || head->stop > self->columns) {
            PyErr_SetString(PyExc_ValueError, "a head lies outside of the columns");
            return -1;
        }
    }
    for (int i = 0; i < LEVELS; i++) {
        if (self->levels[i].column >= self->heads[1].stop - self->heads[1].start) {
            PyErr_SetString(PyExc_ValueError, "a level lies outside of its head");
            return -1;
        }
    }
    if (self->heads[0].start == self->heads[0].stop || self->unclear >= self->heads[0].stop - self->heads[0].start) {
        PyErr_SetString(PyExc_ValueError, "the intent head has no labels, or not the one that is unclear");
        return -1;
    }
    return 0;
}

static int
prepare(Scorer *self, const Py_ssize_t *sizes, PyObject *names, const Py_buffer *given)
{
    if (measure(self, sizes, given) < 0 || check_heads(self) < 0) {
        return -1;
    }
    int bits = 4;
    while ((Py_ssize_t)1 << bits < 2 * self->rows) {
        bits++;
    }
    self->shift = 64 - bits;
    self->mask = (UINT64_C(1) << bits) - 1;
    self->table = PyMem_Malloc((self->mask + 1) * sizeof(Entry));
    self->bias = PyMem_Malloc(given[3].len + 1);
    if (self->table == NULL || self->bias == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memset(self->table, 0xFF, (self->mask + 1) * sizeof(Entry));
    memcpy(self->bias, given[3].buf, given[3].len);
    if (fill_lines(self, given[0].buf, given[1].buf, given[2].buf) < 0) {
        return -1;
    }
    return fill_table(self, names);
}

static int
read_lengths(Scorer *self, PyObject *lengths)
{
    self->length_count = PyTuple_Size(lengths);
    if (self->length_count >= MOST_LENGTHS) {
        PyErr_Format(PyExc_ValueError, "at most %d lengths", MOST_LENGTHS - 1);
        return -1;
    }
    for (Py_ssize_t i = 0; i < self->length_count; i++) {
        self->lengths[i] = PyLong_AsSsize_t(PyTuple_GetItem(lengths, i));
        if (self->lengths[i] == -1 && PyErr_Occurred()) {
            return -1;
        }
    }
    return 0;
}

static int
find_array(Scorer *self)
{
    PyObject *owner = PyImport_ImportModule("array");
    self->array = owner ? PyObject_GetAttrString(owner, "array") : NULL;
    Py_XDECREF(owner);
    return self->array ? 0 : -1;
}

static PyObject *
scorer_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *known[] = {"names", "sizes", "block_weights", "quanta", "steps", "idf", "bias", "heads", "unclear",
                            "longest", "lengths", "reach", "most", "confidence", "levels", NULL};
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Scorer *self = (Scorer *)allocate(type, 0);
    if (self == NULL) {
        return NULL;
    }
    Py_ssize_t z[BLOCKS];
    double *w = self->weights, *c = self->confidence;
    Head *h = self->heads;
    PyObject *names, *lengths;
    Py_buffer given[4];
    memset(given, 0, sizeof(given));
    int read = PyArg_ParseTupleAndKeywords(
        args, keywords, "U(nnnnnn)(dddddd)y*y*y*y*((nnd)(nnd)(nnd))nnO!dn(ddddddddd)((nd)(nd)(nd))", known, &names, z,
        z + 1, z + 2, z + 3, z + 4, z + 5, w, w + 1, w + 2, w + 3, w + 4, w + 5, given, given + 1, given + 2, given + 3, &h[0].start, &h[0].stop,
        &h[0].temperature, &h[1].start, &h[1].stop, &h[1].temperature, &h[2].start, &h[2].stop, &h[2].temperature,
        &self->unclear, &self->longest, &PyTuple_Type, &lengths, &self->reach, &self->most, c, c + 1, c + 2, c + 3, c + 4,
        c + 5, c + 6, c + 7, c + 8, &self->levels[0].column, &self->levels[0].reach, &self->levels[1].column,
        &self->levels[1].reach, &self->levels[2].column, &self->levels[2].reach);
    if (!read || read_lengths(self, lengths) < 0 || prepare(self, z, names, given) < 0 || find_array(self) < 0) {
        Py_CLEAR(self);
    }
    for (int i = 0; read && i < 4; i++) {
        PyBuffer_Release(given + i);
    }
    return (PyObject *)self;
}

static void
scorer_dealloc(Scorer *self)
{
    PyTypeObject *type = Py_TYPE((PyObject *)self);
    PyMem_Free(self->table);
    PyMem_Free(self->memory);
    PyMem_Free(self->bias);
    Py_XDECREF(self->array);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static PyMethodDef scorer_methods[] = {
    {"judge", (PyCFunction)(void (*)(void))scorer_judge, METH_FASTCALL,
     "judge($self, view, rules, /)\n--\n\nWhat the model and the rules say about a message."},
    {"chances", (PyCFunction)scorer_chances, METH_O,
     "chances($self, view, /)\n--\n\nThe probability of each label of the intent head by the model alone."},
    {"best", (PyCFunction)scorer_best, METH_O,
     "best($self, view, /)\n--\n\nThe best label of the intent head by the model alone, and its probability."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot scorer_slots[] = {
    {Py_tp_doc, "The linear model for one message at a time; immutable, safe to share between threads."},
    {Py_tp_new, scorer_new},
    {Py_tp_dealloc, scorer_dealloc},
    {Py_tp_methods, scorer_methods},
    {0, NULL},
};

static PyType_Spec scorer_spec = {
    "cs_nlp.understand._scorer.Scorer", sizeof(Scorer), 0, Py_TPFLAGS_DEFAULT, scorer_slots,
};

static int
execute(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &scorer_spec, NULL);
    int result = type == NULL ? -1 : PyModule_AddObjectRef(module, "Scorer", type);
    Py_XDECREF(type);
    return result;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_scorer", "The linear model for one message at a time.", 0, NULL, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC
PyInit__scorer(void)
{
    return PyModuleDef_Init(&module);
}
