/* The concepts of a message, and the rules that may fire on it, from the places of all known words.

   It does what `Lexicon.find` and `Screen.sift` do, for texts without digits. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* A concept as a term of rules: its number and its row of bits; -1 for both when no rule mentions it. */
typedef struct {
    int32_t number, row;
} Term;

typedef struct {
    PyObject_HEAD
    Py_ssize_t texts, words; /* numbers of texts that are found; those below `words` are words of the lexicon */
    Py_ssize_t blocks, width; /* blocks of bits, the last one for what forbids a rule; 64-bit words of a block */
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
    int32_t *longest; /* for each place in the text the longest word that begins there, as its place in `found` */
    PyObject *hits, *kept, *left;
} Work;

static int
numbers_of(PyObject *found, Py_ssize_t place, Py_ssize_t numbers[3])
{
    PyObject *one = PyList_GetItem(found, place);
    if (!PyTuple_Check(one) || PyTuple_Size(one) != 3) {
        PyErr_Format(PyExc_TypeError, "(number, start, end) is needed, found %R", one);
        return -1;
    }
    for (int i = 0; i < 3; i++) {
        numbers[i] = PyLong_AsSsize_t(PyTuple_GetItem(one, i));
        if (numbers[i] < 0) {
            if (!PyErr_Occurred()) {
                PyErr_Format(PyExc_ValueError, "%R is negative", one);
            }
            return -1;
        }
    }
    return 0;
}

static void
join(const Screener *self, Work *work, int32_t row)
{
    const uint64_t *bits = self->rows + (Py_ssize_t)row * self->blocks * self->width;
    for (Py_ssize_t i = 0; i < self->blocks * self->width; i++) {
        work->joined[i] |= bits[i];
    }
}

/* Notes the terms of rules, and for each place the longest word. */
static int
note_texts(const Screener *self, Work *work, PyObject *found, Py_ssize_t length)
{
    for (Py_ssize_t i = 0, count = PyList_Size(found); i < count; i++) {
        Py_ssize_t numbers[3];
        if (numbers_of(found, i, numbers) < 0) {
            return -1;
        }
        if (numbers[0] >= self->texts || numbers[1] >= length) {
            PyErr_SetString(PyExc_IndexError, "a text that is not known, or not in the message");
            return -1;
        }
        if (numbers[0] < self->words) {
            work->longest[numbers[1]] = (int32_t)i; /* of two that start together the longer one ends later */
        }
        int32_t row = self->rows_of[numbers[0]];
        if (row >= 0) {
            join(self, work, row);
            if (PyList_Append(work->kept, PyList_GetItem(found, i)) < 0) {
                return -1;
            }
        }
    }
    return 0;
}

/* A new `type(first, start, end)`, where the last two are those of an occurrence; takes over `first`. */
static PyObject *
place_of(PyTypeObject *type, PyObject *first, PyObject *occurrence)
{
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    PyObject *made = first == NULL ? NULL : allocate(type, 3);
    if (made == NULL) {
        Py_XDECREF(first);
        return NULL;
    }
    PyTuple_SetItem(made, 0, first);
    for (int i = 1; i < 3; i++) {
        PyObject *number = PyTuple_GetItem(occurrence, i);
        Py_INCREF(number);
        PyTuple_SetItem(made, i, number);
    }
    return made;
}

static int
append_new(PyObject *list, PyObject *item)
{
    int result = item == NULL ? -1 : PyList_Append(list, item);
    Py_XDECREF(item);
    return result;
}

/* The concepts of the words that do not overlap, the leftmost first; those that are terms of rules are noted. */
static int
find_concepts(const Screener *self, Work *work, PyObject *found, Py_ssize_t length)
{
    Py_ssize_t done = 0;
    for (Py_ssize_t at = 0; at < length; at++) {
        Py_ssize_t numbers[3];
        if (work->longest[at] < 0 || at < done) {
            continue;
        }
        if (numbers_of(found, work->longest[at], numbers) < 0) {
            return -1;
        }
        done = numbers[2];
        PyObject *occurrence = PyList_GetItem(found, work->longest[at]);
        PyObject *concepts = PyTuple_GetItem(self->meanings, numbers[0]);
        for (Py_ssize_t i = 0, count = PyTuple_Size(concepts); i < count; i++) {
            PyObject *concept = PyTuple_GetItem(concepts, i);
            Term term = self->terms[self->firsts[numbers[0]] + i];
            Py_INCREF(concept);
            if (append_new(work->hits, place_of(self->hit, concept, occurrence)) < 0) {
                return -1;
            }
            if (term.number < 0) {
                continue;
            }
            join(self, work, term.row);
            if (append_new(work->kept, place_of(&PyTuple_Type, PyLong_FromLong(term.number), occurrence)) < 0) {
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

static PyObject *
screener_read(Screener *self, PyObject *const *args, Py_ssize_t count)
{
    if (count != 2 || !PyList_Check(args[0])) {
        PyErr_SetString(PyExc_TypeError, "read(found, length) needs a list and a number");
        return NULL;
    }
    Py_ssize_t length = PyLong_AsSsize_t(args[1]), size = self->blocks * self->width;
    if (length < 0) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_ValueError, "a length is not negative");
        }
        return NULL;
    }
    PyObject *result = NULL;
    Work work = {PyMem_Malloc(size * sizeof(uint64_t) + 1), PyMem_Malloc(length * sizeof(int32_t) + 1), PyList_New(0),
                 PyList_New(0), PyList_New(0)};
    if (work.joined == NULL || work.longest == NULL) {
        PyErr_NoMemory();
    } else if (work.hits != NULL && work.kept != NULL && work.left != NULL) {
        memcpy(work.joined, self->given, size * sizeof(uint64_t));
        memset(work.longest, 0xFF, length * sizeof(int32_t));
        if (note_texts(self, &work, args[0], length) == 0 && find_concepts(self, &work, args[0], length) == 0
            && find_rules(self, &work, length) == 0) {
            result = PyTuple_Pack(3, work.hits, work.left, work.kept);
        }
    }
    Py_XDECREF(work.hits);
    Py_XDECREF(work.kept);
    Py_XDECREF(work.left);
    PyMem_Free(work.joined);
    PyMem_Free(work.longest);
    return result;
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
    self->texts = PyList_Size(rows_of);
    self->rows_of = PyMem_Malloc((self->texts + 1) * sizeof(int32_t));
    if (self->rows_of == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < self->texts; i++) {
        long row = PyLong_AsLong(PyList_GetItem(rows_of, i));
        if (row < -1 || row >= rows || PyErr_Occurred()) {
            PyErr_Format(PyExc_ValueError, "text %zd has row %ld of %zd", i, row, rows);
            return -1;
        }
        self->rows_of[i] = (int32_t)row;
    }
    return 0;
}

/* The term of a concept, from a dict of their numbers. */
static int
read_term(const Screener *self, PyObject *numbers, PyObject *concept, Term *term)
{
    PyObject *number = PyDict_GetItemWithError(numbers, concept);
    *term = (Term){-1, -1};
    if (number == NULL) {
        return PyErr_Occurred() ? -1 : 0;
    }
    long value = PyLong_AsLong(number);
    if (value < 0 || value >= self->texts || self->rows_of[value] < 0) {
        PyErr_Format(PyExc_ValueError, "%R is no term of a rule", concept);
        return -1;
    }
    *term = (Term){(int32_t)value, self->rows_of[value]};
    return 0;
}

static int
fill_terms(Screener *self, PyObject *numbers)
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
            if (read_term(self, numbers, PyTuple_GetItem(concepts, i), self->terms + at++) < 0) {
                return -1;
            }
        }
    }
    return 0;
}

static int
prepare(Screener *self, PyObject *rows_of, PyObject *numbers, const Py_buffer *given)
{
    if (self->blocks < 1 || self->width < 0) {
        PyErr_SetString(PyExc_ValueError, "at least one block is needed");
        return -1;
    }
    Py_ssize_t part = self->width * (Py_ssize_t)sizeof(uint64_t), row = self->blocks * part;
    Py_ssize_t rows = row ? given[0].len / row : 0;
    self->bound_count = given[2].len / (Py_ssize_t)sizeof(Py_ssize_t);
    if ((self->rows = copied(given, rows * row)) == NULL || (self->given = copied(given + 1, row)) == NULL
        || (self->bounds = copied(given + 2, self->bound_count * (Py_ssize_t)sizeof(Py_ssize_t))) == NULL
        || (self->fitting = copied(given + 3, (self->bound_count + 1) * part)) == NULL) {
        return -1;
    }
    return fill_rows(self, rows_of, rows) < 0 ? -1 : fill_terms(self, numbers);
}

static PyObject *
screener_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *known[] = {"hit", "meanings", "concepts", "rows_of", "blocks", "width", "rows", "given", "bounds",
                            "fitting", NULL};
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Screener *self = (Screener *)allocate(type, 0);
    if (self == NULL) {
        return NULL;
    }
    PyObject *hit, *meanings, *numbers, *rows_of;
    Py_buffer given[4];
    memset(given, 0, sizeof(given));
    int read = PyArg_ParseTupleAndKeywords(
        args, keywords, "O!O!O!O!nny*y*y*y*", known, &PyType_Type, &hit, &PyTuple_Type, &meanings, &PyDict_Type,
        &numbers, &PyList_Type, &rows_of, &self->blocks, &self->width, given, given + 1, given + 2, given + 3);
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
        result = prepare(self, rows_of, numbers, given);
    }
    for (int i = 0; read && i < 4; i++) {
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
    {"read", (PyCFunction)(void (*)(void))screener_read, METH_FASTCALL,
     "read($self, found, length, /)\n--\n\nConcepts, rules that may fire, and the occurrences that matter to rules."},
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
