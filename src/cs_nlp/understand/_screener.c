/* The concepts of a message, and the rules that may fire on it, in one pass over its characters.

   It does what `Screen.scan`, `Lexicon.find` and `Screen.sift` do, but for the concepts that are patterns with digits. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

enum { BASIC = 0x10000, SHORT = 256, LETTER_BITS = 13, MOST_LETTERS = 1 << LETTER_BITS };
#define MOST_NODES (1 << (32 - LETTER_BITS))
#define FIRST_WITH_KEPT_HASHES 0x030E0000 /* from Python 3.14 on a tuple keeps its hash, and must be made by its type */

/* A concept as a term of rules: its number and its row of bits; -1 for both when no rule mentions it. */
typedef struct {
    int32_t number, row;
} Term;

/* From a node of the trie by a letter to the next one; node 0, the root, where the cell is free. */
typedef struct {
    uint32_t key;
    int32_t node;
} Branch;

typedef struct {
    PyObject_HEAD
    Py_ssize_t texts, words; /* numbers of texts that are found; those below `words` are words of the lexicon */
    int32_t letter_count, node_count;
    int shift;               /* of a hash, so that its place among the branches is left */
    uint32_t mask;
    Branch *branches;
    uint16_t *letters;       /* by character its number, from 1 */
    int32_t *found;          /* by node the last text that ends there, or -1 */
    int32_t *same;           /* by text another one of the same characters, or -1 */
    Py_ssize_t blocks, width; /* blocks of bits, the last one for what forbids a rule; 64-bit words of a block */
    char *numeric;       /* for each text whether it counts only where it is no part of a longer number */
    int32_t *rows_of;    /* for each text the row of bits that it sets as a term of rules, or -1 */
    int32_t *firsts;     /* for each word the first of its concepts in `terms` */
    Term *terms;         /* the concepts of all words, one behind the other */
    uint64_t *rows;      /* rows of bits, each of all blocks */
    uint64_t *given;     /* one row: the bits that are set from the start */
    uint64_t *fitting;   /* for each bound on the length, and for longer texts, the rules that fit */
    Py_ssize_t *bounds, bound_count;
    PyObject *meanings;  /* tuple: for each word a tuple of its concepts */
    PyTypeObject *hit;
} Screener;

/* What one message has so far. */
typedef struct {
    uint64_t *joined;
    PyObject *hits, *kept, *left; /* `kept` is NULL where only concepts are looked for */
} Work;

/* The number of a character, from 1; 0 for one that no text holds. */
static inline uint32_t
letter_of(const Screener *self, Py_UCS4 code)
{
    return code < BASIC ? self->letters[code] : 0;
}

/* The branch of a node, or the free one where it would stand. */
static inline Branch *
branch_of(const Screener *self, int32_t node, uint32_t letter)
{
    uint32_t key = (uint32_t)node << LETTER_BITS | letter;
    uint32_t at = (key * UINT32_C(2654435769)) >> self->shift;
    while (self->branches[at].node && self->branches[at].key != key) {
        at = (at + 1) & self->mask;
    }
    return self->branches + at;
}

/* The node one letter on, 0 when there is none. */
static inline int32_t
next_node(const Screener *self, int32_t node, uint32_t letter)
{
    return letter ? branch_of(self, node, letter)->node : 0;
}

static int
append_new(PyObject *list, PyObject *item)
{
    int result = item == NULL ? -1 : PyList_Append(list, item);
    Py_XDECREF(item);
    return result;
}

/* A new tuple (first, start, end) in what was allocated for it, or NULL with an error; takes over both. */
static PyObject *
filled(PyObject *made, PyObject *first, Py_ssize_t start, Py_ssize_t end)
{
    PyObject *from = made && first ? PyLong_FromSsize_t(start) : NULL, *to = from ? PyLong_FromSsize_t(end) : NULL;
    if (to == NULL) {
        Py_XDECREF(from);
        Py_XDECREF(first);
        Py_XDECREF(made);
        return NULL;
    }
    PyTuple_SetItem(made, 0, first);
    PyTuple_SetItem(made, 1, from);
    PyTuple_SetItem(made, 2, to);
    return made;
}

/* Where a text occurs. */
static PyObject *
occurrence(int32_t number, Py_ssize_t start, Py_ssize_t end)
{
    return filled(PyTuple_New(3), PyLong_FromLong(number), start, end);
}

/* A new `ConceptHit`. */
static PyObject *
concept_hit(PyTypeObject *type, PyObject *concept, Py_ssize_t start, Py_ssize_t end)
{
    if (Py_Version < FIRST_WITH_KEPT_HASHES) {
        allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
        return filled(allocate(type, 3), Py_NewRef(concept), start, end);
    }
    PyObject *plain = filled(PyTuple_New(3), Py_NewRef(concept), start, end);
    PyObject *given = plain ? PyTuple_Pack(1, plain) : NULL;
    newfunc make = (newfunc)PyType_GetSlot(&PyTuple_Type, Py_tp_new);
    PyObject *made = given ? make(type, given, NULL) : NULL;
    Py_XDECREF(plain);
    Py_XDECREF(given);
    return made;
}

/* Notes a term of rules. */
static int
note_term(const Screener *self, Work *work, Term term, Py_ssize_t start, Py_ssize_t end)
{
    if (work->kept == NULL) {
        return 0;
    }
    const uint64_t *bits = self->rows + (Py_ssize_t)term.row * self->blocks * self->width;
    for (Py_ssize_t i = 0; i < self->blocks * self->width; i++) {
        work->joined[i] |= bits[i];
    }
    return append_new(work->kept, occurrence(term.number, start, end));
}

/* Notes the concepts of a word, and those that are terms of rules as such. */
static int
note_concepts(const Screener *self, Work *work, int32_t word, Py_ssize_t start, Py_ssize_t end)
{
    PyObject *concepts = PyTuple_GetItem(self->meanings, word);
    for (Py_ssize_t i = 0, count = PyTuple_Size(concepts); i < count; i++) {
        PyObject *concept = PyTuple_GetItem(concepts, i);
        Term term = self->terms[self->firsts[word] + i];
        if (append_new(work->hits, concept_hit(self->hit, concept, start, end)) < 0
            || (term.number >= 0 && note_term(self, work, term, start, end) < 0)) {
            return -1;
        }
    }
    return 0;
}

static inline int
is_digit(Py_UCS4 code)
{
    return code >= '0' && code <= '9';
}

/* Whether what stands between two places is a part of a longer number: 12345 in an order number is no hotline. */
static int
inside_number(const Py_UCS4 *codes, Py_ssize_t length, Py_ssize_t start, Py_ssize_t end)
{
    return (start > 0 && is_digit(codes[start]) && is_digit(codes[start - 1]))
        || (end < length && is_digit(codes[end - 1]) && is_digit(codes[end]));
}

/* Goes through all texts that occur: the leftmost words that do not overlap give concepts, all may be terms of rules. */
static int
find_all(const Screener *self, Work *work, const Py_UCS4 *codes, Py_ssize_t length)
{
    Py_ssize_t done = 0;
    for (Py_ssize_t start = 0; start < length; start++) {
        int32_t node = next_node(self, 0, letter_of(self, codes[start])), word = -1;
        Py_ssize_t word_end = start;
        for (Py_ssize_t end = start + 1; node; end++) {
            for (int32_t number = self->found[node]; number >= 0; number = self->same[number]) {
                Term term = {number, self->rows_of[number]};
                int counts = term.row >= 0 && !(self->numeric[number] && inside_number(codes, length, start, end));
                if (counts && note_term(self, work, term, start, end) < 0) {
                    return -1;
                }
                if (number < self->words) {
                    word = number;
                    word_end = end;
                }
            }
            node = end < length ? next_node(self, node, letter_of(self, codes[end])) : 0;
        }
        if (word >= 0 && start >= done) {
            done = word_end;
            if (note_concepts(self, work, word, start, word_end) < 0) {
                return -1;
            }
        }
    }
    return 0;
}

/* The rules whose groups are all there and whose forbidden terms are not. */
static int
find_rules(const Screener *self, Work *work, Py_ssize_t length)
{
    Py_ssize_t fit = 0;
    while (fit < self->bound_count && self->bounds[fit] < length) {
        fit++;
    }
    for (Py_ssize_t i = 0; i < self->width; i++) {
        uint64_t left = self->fitting[fit * self->width + i];
        for (Py_ssize_t block = 0; block < self->blocks - 1; block++) {
            left &= work->joined[block * self->width + i];
        }
        left &= ~work->joined[(self->blocks - 1) * self->width + i];
        for (int bit = 0; left; bit++, left >>= 1) {
            if ((left & 1) && append_new(work->left, PyLong_FromSsize_t(i * 64 + bit)) < 0) {
                return -1;
            }
        }
    }
    return 0;
}

/* The characters of a text, in `room` when they fit; NULL with an error on failure. */
static Py_UCS4 *
read_text(PyObject *text, Py_UCS4 *room, Py_ssize_t *length)
{
    *length = PyUnicode_Check(text) ? PyUnicode_GetLength(text) : -1;
    if (*length < 0) {
        return PyErr_Occurred() ? NULL : (Py_UCS4 *)PyErr_Format(PyExc_TypeError, "a text is needed, found %R", text);
    }
    return *length < SHORT ? PyUnicode_AsUCS4(text, room, SHORT, 1) : PyUnicode_AsUCS4Copy(text);
}

static PyObject *
screener_read(Screener *self, PyObject *text)
{
    Py_UCS4 room[SHORT];
    Py_ssize_t length, size = self->blocks * self->width;
    Py_UCS4 *codes = read_text(text, room, &length);
    if (codes == NULL) {
        return NULL;
    }
    PyObject *result = NULL;
    Work work = {PyMem_Malloc(size * sizeof(uint64_t) + 1), PyList_New(0), PyList_New(0), PyList_New(0)};
    if (work.joined == NULL) {
        PyErr_NoMemory();
    } else if (work.hits != NULL && work.kept != NULL && work.left != NULL) {
        memcpy(work.joined, self->given, size * sizeof(uint64_t));
        if (find_all(self, &work, codes, length) == 0 && find_rules(self, &work, length) == 0) {
            result = PyTuple_Pack(3, work.hits, work.left, work.kept);
        }
    }
    Py_XDECREF(work.hits);
    Py_XDECREF(work.kept);
    Py_XDECREF(work.left);
    PyMem_Free(work.joined);
    if (codes != room) {
        PyMem_Free(codes);
    }
    return result;
}

static PyObject *
screener_concepts(Screener *self, PyObject *text)
{
    Py_UCS4 room[SHORT];
    Py_ssize_t length;
    Py_UCS4 *codes = read_text(text, room, &length);
    if (codes == NULL) {
        return NULL;
    }
    Work work = {NULL, PyList_New(0), NULL, NULL};
    if (work.hits != NULL && find_all(self, &work, codes, length) < 0) {
        Py_CLEAR(work.hits);
    }
    if (codes != room) {
        PyMem_Free(codes);
    }
    return work.hits;
}

static PyObject *
screener_scan(Screener *self, PyObject *text)
{
    Py_UCS4 room[SHORT];
    Py_ssize_t length;
    Py_UCS4 *codes = read_text(text, room, &length);
    PyObject *found = codes == NULL ? NULL : PyList_New(0);
    for (Py_ssize_t start = 0; found != NULL && start < length; start++) {
        int32_t node = next_node(self, 0, letter_of(self, codes[start]));
        for (Py_ssize_t end = start + 1; found != NULL && node; end++) {
            for (int32_t number = self->found[node]; number >= 0 && found != NULL; number = self->same[number]) {
                if (append_new(found, occurrence(number, start, end)) < 0) {
                    Py_CLEAR(found);
                }
            }
            node = end < length ? next_node(self, node, letter_of(self, codes[end])) : 0;
        }
    }
    if (codes != room) {
        PyMem_Free(codes);
    }
    return found;
}

/* Adds a text to the trie. */
static int
add_text(Screener *self, const Py_UCS4 *codes, Py_ssize_t length, int32_t number)
{
    int32_t node = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        if (codes[i] >= BASIC) {
            PyErr_SetString(PyExc_OverflowError, "a character beyond the basic plane");
            return -1;
        }
        if (!self->letters[codes[i]]) {
            self->letters[codes[i]] = (uint16_t)++self->letter_count;
        }
        Branch *branch = branch_of(self, node, self->letters[codes[i]]);
        if (!branch->node) {
            *branch = (Branch){(uint32_t)node << LETTER_BITS | self->letters[codes[i]], self->node_count++};
        }
        node = branch->node;
        if (self->letter_count >= MOST_LETTERS || self->node_count >= MOST_NODES) {
            PyErr_SetString(PyExc_OverflowError, "too many words");
            return -1;
        }
    }
    self->same[number] = self->found[node];
    self->found[node] = number;
    return 0;
}

/* Puts all texts into a trie whose branches are one hash table: small, so that it stays in the processor's cache. */
static int
fill_trie(Screener *self, PyObject *texts)
{
    Py_ssize_t characters = 0;
    for (Py_ssize_t i = 0; i < self->texts; i++) {
        PyObject *text = PyList_GetItem(texts, i);
        Py_ssize_t length = PyUnicode_Check(text) ? PyUnicode_GetLength(text) : 0;
        if (length < 1) {
            PyErr_Format(PyExc_ValueError, "text %zd is none", i);
            return -1;
        }
        characters += length;
    }
    int bits = 4;
    while (bits < 31 && (Py_ssize_t)1 << bits < 3 * characters / 2) {
        bits++;
    }
    self->shift = 32 - bits;
    self->mask = (UINT32_C(1) << bits) - 1;
    self->node_count = 1;
    self->branches = PyMem_Calloc((size_t)self->mask + 1, sizeof(Branch));
    self->letters = PyMem_Calloc(BASIC, sizeof(uint16_t));
    self->found = PyMem_Malloc((characters + 1) * sizeof(int32_t));
    self->same = PyMem_Malloc((self->texts + 1) * sizeof(int32_t));
    if (!self->branches || !self->letters || !self->found || !self->same || characters >= INT32_MAX / 4) {
        PyErr_NoMemory();
        return -1;
    }
    memset(self->found, 0xFF, (characters + 1) * sizeof(int32_t));
    for (Py_ssize_t i = 0; i < self->texts; i++) {
        PyObject *text = PyList_GetItem(texts, i);
        Py_UCS4 *codes = PyUnicode_AsUCS4Copy(text);
        int result = codes == NULL ? -1 : add_text(self, codes, PyUnicode_GetLength(text), (int32_t)i);
        PyMem_Free(codes);
        if (result < 0) {
            return -1;
        }
    }
    return 0;
}

/* A copy of a buffer of so many bytes, or NULL with an error. */
static void *
copied(const Py_buffer *buffer, Py_ssize_t size)
{
    if (buffer->len != size) {
        PyErr_Format(PyExc_ValueError, "a table has %zd bytes, not %zd", buffer->len, size);
        return NULL;
    }
    void *copy = PyMem_Malloc(size + 1);
    if (copy == NULL) {
        return PyErr_NoMemory();
    }
    memcpy(copy, buffer->buf, size);
    return copy;
}

/* The row of bits of each text, from a list. */
static int
fill_rows(Screener *self, PyObject *rows_of, Py_ssize_t rows)
{
    Py_ssize_t count = PyList_Size(rows_of);
    self->rows_of = PyMem_Malloc((count + 1) * sizeof(int32_t));
    if (self->rows_of == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        long row = PyLong_AsLong(PyList_GetItem(rows_of, i));
        if (row == -1 && PyErr_Occurred()) {
            return -1;
        }
        if (row < -1 || row >= rows) {
            PyErr_Format(PyExc_ValueError, "text %zd has row %ld of %zd", i, row, rows);
            return -1;
        }
        self->rows_of[i] = (int32_t)row;
    }
    return 0;
}

/* The term of a concept, from a dict of their numbers. */
static int
read_term(const Screener *self, PyObject *numbers, Py_ssize_t most, PyObject *concept, Term *term)
{
    PyObject *number = PyDict_GetItemWithError(numbers, concept);
    *term = (Term){-1, -1};
    if (number == NULL) {
        return PyErr_Occurred() ? -1 : 0;
    }
    long value = PyLong_AsLong(number);
    if (value == -1 && PyErr_Occurred()) {
        return -1;
    }
    if (value < 0 || value >= most || self->rows_of[value] < 0) {
        PyErr_Format(PyExc_ValueError, "%R is no term of a rule", concept);
        return -1;
    }
    *term = (Term){(int32_t)value, self->rows_of[value]};
    return 0;
}

static int
fill_terms(Screener *self, PyObject *numbers, Py_ssize_t most)
{
    Py_ssize_t count = 0, at = 0;
    self->words = PyTuple_Size(self->meanings);
    for (Py_ssize_t word = 0; word < self->words; word++) {
        PyObject *concepts = PyTuple_GetItem(self->meanings, word);
        if (!PyTuple_Check(concepts) || self->words > self->texts) {
            PyErr_SetString(PyExc_TypeError, "each word needs a tuple of concepts, and a row");
            return -1;
        }
        count += PyTuple_Size(concepts);
    }
    self->firsts = PyMem_Malloc((self->words + 1) * sizeof(int32_t));
    self->terms = PyMem_Malloc((count + 1) * sizeof(Term));
    if (self->firsts == NULL || self->terms == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t word = 0; word < self->words; word++) {
        PyObject *concepts = PyTuple_GetItem(self->meanings, word);
        self->firsts[word] = (int32_t)at;
        for (Py_ssize_t i = 0, size = PyTuple_Size(concepts); i < size; i++) {
            if (read_term(self, numbers, most, PyTuple_GetItem(concepts, i), self->terms + at++) < 0) {
                return -1;
            }
        }
    }
    return 0;
}

static int
prepare(Screener *self, PyObject *texts, PyObject *rows_of, PyObject *numbers, const Py_buffer *given)
{
    Py_ssize_t most = PyList_Size(rows_of);
    self->texts = PyList_Size(texts);
    if (self->blocks < 1 || self->width < 0 || most < self->texts) {
        PyErr_SetString(PyExc_ValueError, "at least one block, and a row for each text is needed");
        return -1;
    }
    Py_ssize_t part = self->width * (Py_ssize_t)sizeof(uint64_t), row = self->blocks * part;
    Py_ssize_t rows = row ? given[0].len / row : 0;
    self->bound_count = given[2].len / (Py_ssize_t)sizeof(Py_ssize_t);
    if ((self->numeric = copied(given + 4, self->texts)) == NULL) {
        return -1;
    }
    if ((self->rows = copied(given, rows * row)) == NULL || (self->given = copied(given + 1, row)) == NULL
        || (self->bounds = copied(given + 2, self->bound_count * (Py_ssize_t)sizeof(Py_ssize_t))) == NULL
        || (self->fitting = copied(given + 3, (self->bound_count + 1) * part)) == NULL) {
        return -1;
    }
    if (fill_rows(self, rows_of, rows) < 0 || fill_terms(self, numbers, most) < 0) {
        return -1;
    }
    return fill_trie(self, texts);
}

static PyObject *
screener_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *known[] = {"hit", "texts", "meanings", "concepts", "rows_of", "blocks", "width", "rows", "given", "bounds",
                            "fitting", "numeric", NULL};
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Screener *self = (Screener *)allocate(type, 0);
    if (self == NULL) {
        return NULL;
    }
    PyObject *hit, *texts, *meanings, *numbers, *rows_of;
    Py_buffer given[5];
    memset(given, 0, sizeof(given));
    int read = PyArg_ParseTupleAndKeywords(
        args, keywords, "O!O!O!O!O!nny*y*y*y*y*", known, &PyType_Type, &hit, &PyList_Type, &texts, &PyTuple_Type,
        &meanings, &PyDict_Type, &numbers, &PyList_Type, &rows_of, &self->blocks, &self->width, given,
        given + 1, given + 2, given + 3, given + 4);
    int result = read ? 0 : -1;
    if (read && !PyType_IsSubtype((PyTypeObject *)hit, &PyTuple_Type)) {
        PyErr_SetString(PyExc_TypeError, "hit must be a named tuple");
        result = -1;
    }
    if (result == 0) {
        Py_INCREF(hit);
        Py_INCREF(meanings);
        self->hit = (PyTypeObject *)hit;
        self->meanings = meanings;
        result = prepare(self, texts, rows_of, numbers, given);
    }
    for (int i = 0; read && i < 5; i++) {
        PyBuffer_Release(given + i);
    }
    if (result < 0) {
        Py_CLEAR(self);
    }
    return (PyObject *)self;
}

static void
screener_dealloc(Screener *self)
{
    PyTypeObject *type = Py_TYPE((PyObject *)self);
    PyMem_Free(self->branches);
    PyMem_Free(self->letters);
    PyMem_Free(self->found);
    PyMem_Free(self->same);
    PyMem_Free(self->numeric);
    PyMem_Free(self->rows_of);
    PyMem_Free(self->firsts);
    PyMem_Free(self->terms);
    PyMem_Free(self->rows);
    PyMem_Free(self->given);
    PyMem_Free(self->bounds);
    PyMem_Free(self->fitting);
    Py_XDECREF(self->meanings);
    Py_XDECREF((PyObject *)self->hit);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static PyMethodDef screener_methods[] = {
    {"read", (PyCFunction)screener_read, METH_O,
     "read($self, text, /)\n--\n\nConcepts, rules that may fire, and the occurrences that matter to rules."},
    {"concepts", (PyCFunction)screener_concepts, METH_O, "concepts($self, text, /)\n--\n\nConcepts alone."},
    {"scan", (PyCFunction)screener_scan, METH_O, "scan($self, text, /)\n--\n\nWhere texts occur, by their starts."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot screener_slots[] = {
    {Py_tp_doc, "Finds concepts and the rules that may fire; immutable, safe to share between threads."},
    {Py_tp_new, screener_new},
    {Py_tp_dealloc, screener_dealloc},
    {Py_tp_methods, screener_methods},
    {0, NULL},
};

static PyType_Spec screener_spec = {
    "cs_nlp.understand._screener.Screener", sizeof(Screener), 0, Py_TPFLAGS_DEFAULT, screener_slots,
};

static int
execute(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &screener_spec, NULL);
    int result = type == NULL ? -1 : PyModule_AddObjectRef(module, "Screener", type);
    Py_XDECREF(type);
    return result;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_screener", "Concepts and rules of a message.", 0, NULL, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC
PyInit__screener(void)
{
    return PyModuleDef_Init(&module);
}
