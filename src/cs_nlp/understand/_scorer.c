/* The linear model for one message at a time: features, scores and probabilities in one call.

   It does what `Vocabulary.find`, `LinearModel.score`, `LinearModel.probabilities` and `Analyzer.judge_scored` do in
   numpy, with the same arithmetic. A feature is found by a 64-bit hash of its block and its name, so that its name is
   never spelled out. A row of the weights with all that belongs to it fills one line of the processor's cache. */

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
#define TINY 1e-12
#define HOTTEST 600.0

enum { CHAR, WORD, CONCEPT, PAIR, SKIP, SHAPE };

typedef struct {
    Py_ssize_t start, stop;
    double temperature;
} Head;

typedef struct {
    PyObject_HEAD
    Py_ssize_t rows, columns, stride, longest, unclear;
    Py_ssize_t lengths[MOST_LENGTHS], length_count; /* up to which a text has the length 0, 1 and so on */
    Py_ssize_t starts[BLOCKS + 1];
    double weights[BLOCKS];
    Head heads[HEADS];
    double reach;     /* how far behind the best score another one is near */
    double unknown;   /* squared weight of a character n-gram that is not known */
    int shift;        /* of a hash, so that its place in the table is left */
    uint64_t mask;
    uint64_t *keys;
    int32_t *places;  /* row of each key, -1 where the table is empty */
    char *memory;     /* of the lines, which are aligned */
    char *lines;      /* of each row its steps (int8), the size of a step and its idf (float) */
    float *bias;
} Scorer;

/* Texts read from Python one behind the other. */
typedef struct {
    Py_UCS4 *codes;
    Py_ssize_t used, size;
} Arena;

typedef struct {
    Py_ssize_t start, size;
} Text;

/* The rows found so far, one bit a row: so they come out in order, each once. */
typedef struct {
    const Scorer *scorer;
    uint64_t *bits;
} Rows;

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
    uint64_t at = hash >> self->shift;
    while (self->places[at] >= 0) {
        if (self->keys[at] == hash) {
            return self->places[at];
        }
        at = (at + 1) & self->mask;
    }
    return -1;
}

/* Notes the row of a hash; returns whether there is one. */
static inline int
note(Rows *found, uint64_t hash)
{
    const Scorer *self = found->scorer;
    int32_t row = look_up(self, hash);
    if (row < 0) {
        return 0;
    }
#if defined(__GNUC__)
    __builtin_prefetch(self->lines + row * self->stride);
#endif
    found->bits[row >> 6] |= UINT64_C(1) << (row & 63);
    return 1;
}

/* An item of what should be a tuple, or NULL with an error. */
static PyObject *
item(PyObject *tuple, Py_ssize_t place)
{
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
    if (arena->used + size > arena->size) {
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

/* Character n-grams of a text with `^` and `$` around it; returns how many of them are not known. */
static Py_ssize_t
find_characters(Rows *found, const Py_UCS4 *padded, Py_ssize_t size)
{
    Py_ssize_t longest = found->scorer->longest, unknown = 0;
    uint64_t seed = block_seed(CHAR);
    for (Py_ssize_t i = 0; i < size; i++) {
        Py_ssize_t last = i + longest < size ? i + longest : size;
        uint64_t hash = seed;
        for (Py_ssize_t j = i; j < last; j++) {
            hash = step(hash, padded[j]);
            unknown += !note(found, hash);
        }
    }
    return unknown;
}

/* Words and pairs of neighbouring words; blanks are none. */
static int
find_words(Rows *found, Arena *arena, PyObject *tokens)
{
    uint64_t seed = block_seed(WORD), before = 0;
    for (Py_ssize_t i = 0, count = PyList_Size(tokens); i < count; i++) {
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
find_pairs(Rows *found, const Arena *arena, const Text *concepts, Py_ssize_t count)
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
find_concepts(Rows *found, Arena *arena, PyObject *hits)
{
    Py_ssize_t count = PyList_Size(hits);
    Text *concepts = PyMem_Malloc((count + 1) * sizeof(Text));
    if (concepts == NULL) {
        PyErr_NoMemory();
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
static void
find_skips(Rows *found, const Py_UCS4 *codes, Py_ssize_t size)
{
    uint64_t seed = block_seed(SKIP);
    for (Py_ssize_t i = 0; i + 2 < size; i++) {
        note(found, step(step(step(seed, codes[i]), '_'), codes[i + 2]));
    }
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
find_shapes(Rows *found, Arena *arena, const Py_UCS4 *codes, Py_ssize_t size, PyObject *marks)
{
    const Scorer *self = found->scorer;
    uint64_t seed = block_seed(SHAPE);
    Py_ssize_t longer = 0;
    while (longer < self->length_count && self->lengths[longer] < size) {
        longer++;
    }
    note(found, step(hash_ascii(seed, "length:"), (Py_UCS4)('0' + longer)));
    for (Py_ssize_t i = 0; i < size; i++) {
        if (codes[i] == '?' || codes[i] == '!') {
            note(found, step(hash_ascii(seed, "mark:"), codes[i]));
        }
    }
    for (Py_ssize_t i = 0, count = PyList_Size(marks); i < count; i++) {
        Text text;
        arena->used = 0;
        if (read_text(arena, PyList_GetItem(marks, i), &text) < 0) {
            return -1;
        }
        note(found, hash_text(seed, arena->codes, text.size));
    }
    return 0;
}

/* All known features of a message; returns how many of its character n-grams are not known, or -1. */
static Py_ssize_t
find_all(Rows *found, Arena *arena, PyObject *text, PyObject *tokens, PyObject *hits, PyObject *marks)
{
    Text read;
    if (read_text(arena, text, &read) < 0) {
        return -1;
    }
    Py_ssize_t size = read.size + 2;
    Py_UCS4 *padded = PyMem_Malloc(size * sizeof(Py_UCS4));
    if (padded == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    padded[0] = '^';
    memcpy(padded + 1, arena->codes, read.size * sizeof(Py_UCS4));
    padded[size - 1] = '$';
    Py_ssize_t unknown = find_characters(found, padded, size);
    if (found->scorer->starts[SKIP + 1] > found->scorer->starts[SKIP]) {
        find_skips(found, padded + 1, read.size);
    }
    int result = find_shapes(found, arena, padded + 1, read.size, marks);
    PyMem_Free(padded);
    if (result < 0 || find_words(found, arena, tokens) < 0 || find_concepts(found, arena, hits) < 0) {
        return -1;
    }
    return unknown;
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

/* Scores of every column from the rows found; `mass` becomes that of the character n-grams. */
static void
add_up(const Rows *found, float *scores, double *mass)
{
    const Scorer *self = found->scorer;
    Py_ssize_t words = (self->rows + 63) / 64;
    double masses[BLOCKS] = {0}, scales[BLOCKS];
    for (int pass = 0; pass < 2; pass++) {
        int block = 0;
        for (Py_ssize_t word = 0; word < words; word++) {
            for (uint64_t left = found->bits[word]; left; left &= left - 1) {
                Py_ssize_t row = word * 64 + lowest_bit(left);
                while (row >= self->starts[block + 1]) {
                    block++;
                }
                if (pass == 0) {
                    double idf = line_float(self, row, 1);
                    masses[block] += idf * idf;
                } else {
                    float value = (float)scales[block] * line_float(self, row, 0);
                    add_row(scores, (const int8_t *)(self->lines + row * self->stride), value, self->columns);
                }
            }
        }
        for (int b = 0; b < BLOCKS; b++) {
            scales[b] = self->weights[b] / sqrt(masses[b] + TINY);
        }
    }
    for (Py_ssize_t i = 0; i < self->columns; i++) {
        scores[i] += self->bias[i];
    }
    *mass = masses[CHAR];
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

/* Multiplies the chances of what rules speak for, given as (label, factor). */
static int
raise_odds(const Scorer *self, double *chances, PyObject *odds)
{
    Py_ssize_t size = self->heads[0].stop - self->heads[0].start;
    double sum = 0.0;
    for (Py_ssize_t i = 0, count = PyList_Size(odds); i < count; i++) {
        PyObject *pair = PyList_GetItem(odds, i);
        PyObject *first = item(pair, 0), *second = first ? item(pair, 1) : NULL;
        Py_ssize_t label = second ? PyLong_AsSsize_t(first) : -1;
        double factor = second ? PyFloat_AsDouble(second) : -1.0;
        if (PyErr_Occurred()) {
            return -1;
        }
        if (label < 0 || label >= size) {
            PyErr_Format(PyExc_IndexError, "label %zd of %zd", label, size);
            return -1;
        }
        chances[label] *= factor;
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        sum += chances[i];
    }
    for (Py_ssize_t i = 0; i < size; i++) {
        chances[i] /= sum;
    }
    return 0;
}

static int
append_number(PyObject *list, Py_ssize_t number)
{
    PyObject *item = PyLong_FromSsize_t(number);
    int result = item == NULL ? -1 : PyList_Append(list, item);
    Py_XDECREF(item);
    return result;
}

/* The labels of the highest chances, best first, but for `unclear` unless it is the only one. */
static PyObject *
ranked(const Scorer *self, const double *chances, Py_ssize_t size)
{
    Py_ssize_t best[MOST_RANKED], count = 0;
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
    PyObject *list = PyList_New(0);
    for (Py_ssize_t i = 0; list != NULL && i < count; i++) {
        if (best[i] == self->unclear && count > 1) {
            continue;
        }
        if (append_number(list, best[i]) < 0) {
            Py_CLEAR(list);
        }
    }
    return list;
}

static PyObject *
floats(const double *values, Py_ssize_t size)
{
    PyObject *list = PyList_New(size);
    for (Py_ssize_t i = 0; list != NULL && i < size; i++) {
        PyObject *value = PyFloat_FromDouble(values[i]);
        if (value == NULL || PyList_SetItem(list, i, value) < 0) {
            Py_CLEAR(list);
        }
    }
    return list;
}

/* The labels of the intent head whose scores are near the best one. */
static PyObject *
near_best(const Scorer *self, const float *scores, Py_ssize_t size)
{
    float best = -FLT_MAX;
    for (Py_ssize_t i = 0; i < size; i++) {
        best = scores[i] > best ? scores[i] : best;
    }
    PyObject *list = PyList_New(0);
    for (Py_ssize_t i = 0; list != NULL && i < size; i++) {
        if ((double)scores[i] >= (double)best - self->reach && append_number(list, i) < 0) {
            Py_CLEAR(list);
        }
    }
    return list;
}

/* (near, known, chances, ranking, levels, moods) as the fields of `Judged`. */
static PyObject *
judged(const Scorer *self, const Rows *found, Py_ssize_t unknown, PyObject *odds)
{
    double *chances = PyMem_Calloc(self->columns + 1, sizeof(double) + sizeof(float)), mass;
    if (chances == NULL) {
        return PyErr_NoMemory();
    }
    float *scores = (float *)(chances + self->columns);
    const Head *heads = self->heads;
    Py_ssize_t labels = heads[0].stop - heads[0].start;
    PyObject *result = NULL, *parts[5] = {NULL};
    add_up(found, scores, &mass);
    soften(self, scores, chances);
    if (odds != Py_None && raise_odds(self, chances + heads[0].start, odds) < 0) {
        goto done;
    }
    parts[0] = near_best(self, scores + heads[0].start, labels);
    parts[1] = floats(chances + heads[0].start, labels);
    parts[2] = ranked(self, chances + heads[0].start, labels);
    parts[3] = floats(chances + heads[1].start, heads[1].stop - heads[1].start);
    parts[4] = floats(chances + heads[2].start, heads[2].stop - heads[2].start);
    if (parts[0] && parts[1] && parts[2] && parts[3] && parts[4]) {
        double known = mass > 0.0 ? mass / (mass + self->unknown * (double)unknown) : 0.0;
        result = Py_BuildValue("(OdOOOO)", parts[0], known, parts[1], parts[2], parts[3], parts[4]);
    }
done:
    for (int i = 0; i < 5; i++) {
        Py_XDECREF(parts[i]);
    }
    PyMem_Free(chances);
    return result;
}

static PyObject *
scorer_judge(Scorer *self, PyObject *const *args, Py_ssize_t count)
{
    if (count != 5 || !PyList_Check(args[1]) || !PyList_Check(args[2]) || !PyList_Check(args[3])
        || !(args[4] == Py_None || PyList_Check(args[4]))) {
        PyErr_SetString(PyExc_TypeError, "judge(text, tokens, hits, marks, odds) needs a text, lists, and a list or None");
        return NULL;
    }
    Rows found = {self, PyMem_Calloc((self->rows + 63) / 64 + 1, sizeof(uint64_t))};
    if (found.bits == NULL) {
        return PyErr_NoMemory();
    }
    Arena arena = {NULL, 0, 0};
    Py_ssize_t unknown = find_all(&found, &arena, args[0], args[1], args[2], args[3]);
    PyObject *result = unknown < 0 ? NULL : judged(self, &found, unknown, args[4]);
    PyMem_Free(arena.codes);
    PyMem_Free(found.bits);
    return result;
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
        while (self->places[place] >= 0) {
            place = (place + 1) & self->mask;
        }
        self->keys[place] = hash;
        self->places[place] = (int32_t)row;
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

static int
prepare(Scorer *self, const Py_ssize_t *sizes, PyObject *names, const Py_buffer *given)
{
    self->starts[0] = 0;
    for (int b = 0; b < BLOCKS; b++) {
        self->starts[b + 1] = self->starts[b] + (sizes[b] > 0 ? sizes[b] : 0);
    }
    self->rows = self->starts[BLOCKS];
    self->columns = given[3].len / (Py_ssize_t)sizeof(float);
    if (given[0].len != self->rows * self->columns || given[1].len != self->rows * (Py_ssize_t)sizeof(float)
        || given[2].len != given[1].len || self->rows > INT32_MAX / 2) {
        PyErr_SetString(PyExc_ValueError, "weights, steps, idf and bias do not fit the number of names");
        return -1;
    }
    for (int h = 0; h < HEADS; h++) {
        const Head *head = self->heads + h;
        if (head->start < 0 || head->start > head->stop || head->stop > self->columns) {
            PyErr_SetString(PyExc_ValueError, "a head lies outside of the columns");
            return -1;
        }
    }
    int bits = 4;
    while ((Py_ssize_t)1 << bits < 2 * self->rows) {
        bits++;
    }
    self->shift = 64 - bits;
    self->mask = (UINT64_C(1) << bits) - 1;
    self->keys = PyMem_Calloc(self->mask + 1, sizeof(uint64_t));
    self->places = PyMem_Malloc((self->mask + 1) * sizeof(int32_t));
    self->bias = PyMem_Malloc(given[3].len + 1);
    if (self->keys == NULL || self->places == NULL || self->bias == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memset(self->places, 0xFF, (self->mask + 1) * sizeof(int32_t));
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
    }
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *
scorer_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *known[] = {"names", "sizes", "block_weights", "quanta", "steps", "idf", "bias", "heads", "unclear",
                            "longest", "lengths", "reach", NULL};
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Scorer *self = (Scorer *)allocate(type, 0);
    if (self == NULL) {
        return NULL;
    }
    Py_ssize_t z[BLOCKS];
    double *w = self->weights;
    Head *h = self->heads;
    PyObject *names, *lengths;
    Py_buffer given[4];
    memset(given, 0, sizeof(given));
    int read = PyArg_ParseTupleAndKeywords(
        args, keywords, "U(nnnnnn)(dddddd)y*y*y*y*((nnd)(nnd)(nnd))nnO!d", known, &names, z, z + 1, z + 2, z + 3, z + 4,
        z + 5, w, w + 1, w + 2, w + 3, w + 4, w + 5, given, given + 1, given + 2, given + 3, &h[0].start, &h[0].stop,
        &h[0].temperature, &h[1].start, &h[1].stop, &h[1].temperature, &h[2].start, &h[2].stop, &h[2].temperature,
        &self->unclear, &self->longest, &PyTuple_Type, &lengths, &self->reach);
    if (!read || read_lengths(self, lengths) < 0 || prepare(self, z, names, given) < 0) {
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
    PyMem_Free(self->keys);
    PyMem_Free(self->places);
    PyMem_Free(self->memory);
    PyMem_Free(self->bias);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static PyMethodDef scorer_methods[] = {
    {"judge", (PyCFunction)(void (*)(void))scorer_judge, METH_FASTCALL,
     "judge($self, text, tokens, hits, marks, odds, /)\n--\n\nWhat the model says about a message."},
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
