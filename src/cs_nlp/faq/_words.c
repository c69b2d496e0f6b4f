/* Finds words in a text from left to right, at each place the longest: what `cs_nlp.faq.words` does with ahocorasick_rs.

The words stand in a trie whose branches are one hash table. It is filled when it is made and never changed: threads
share it. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

enum { FIRSTS = 2048, SHORT = 256 };

typedef struct {
    uint64_t key; /* node << 21 | character */
    int32_t node; /* where it leads to; 0, the root, where the cell is free */
} Branch;

typedef struct {
    PyObject_HEAD
    Py_ssize_t cells, nodes;
    Branch *branch;
    int32_t *word; /* by node the word that ends there, from 1; 0 for none */
    uint64_t first[FIRSTS / 64]; /* a bit for the last bits of each first character: most places end here */
} Words;

static Branch *branch_of(const Words *w, int32_t node, Py_UCS4 character) {
    uint64_t key = (uint64_t)node << 21 | character;
    size_t last = (size_t)w->cells - 1, at = (size_t)(key * 0x9E3779B97F4A7C15u >> 32) & last;
    while (w->branch[at].node && w->branch[at].key != key)
        at = (at + 1) & last; /* ends: half of the cells are free */
    return w->branch + at;
}

/* Adds a word; a word that stands twice keeps its first number. */
static int add_word(Words *w, const Py_UCS4 *text, Py_ssize_t length, Py_ssize_t number) {
    int32_t node = 0;
    for (Py_ssize_t at = 0; at < length; at++) {
        Branch *branch = branch_of(w, node, text[at]);
        if (!branch->node)
            *branch = (Branch){(uint64_t)node << 21 | text[at], (int32_t)w->nodes++};
        node = branch->node;
    }
    if (!length) {
        PyErr_SetString(PyExc_ValueError, "a word needs a character");
        return -1;
    }
    w->first[text[0] % FIRSTS / 64] |= (uint64_t)1 << text[0] % 64;
    if (!w->word[node])
        w->word[node] = (int32_t)number + 1;
    return 0;
}

/* The longest word that begins at a place, from 1, and where it ends; 0 for none. */
static int32_t longest(const Words *w, const Py_UCS4 *text, Py_ssize_t at, Py_ssize_t length, Py_ssize_t *end) {
    int32_t found = 0, node = 0;
    if (!(w->first[text[at] % FIRSTS / 64] >> text[at] % 64 & 1))
        return 0;
    while (at < length && (node = branch_of(w, node, text[at++])->node)) {
        if (w->word[node]) {
            found = w->word[node];
            *end = at;
        }
    }
    return found;
}

static int find_in(const Words *w, const Py_UCS4 *text, Py_ssize_t length, PyObject *found) {
    for (Py_ssize_t at = 0, end = 0; at < length;) {
        int32_t word = longest(w, text, at, length, &end);
        if (!word) {
            at++;
            continue;
        }
        PyObject *one = Py_BuildValue("(inn)", (int)word - 1, at, end);
        int failed = one == NULL || PyList_Append(found, one) < 0;
        Py_XDECREF(one);
        if (failed)
            return -1;
        at = end;
    }
    return 0;
}

static PyObject *find(PyObject *self, PyObject *text) {
    Py_UCS4 room[SHORT], *read = room;
    Py_ssize_t length = PyUnicode_Check(text) ? PyUnicode_GetLength(text) : -1;
    if (length < 0)
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "a text is needed");
    if (length > SHORT)
        read = PyUnicode_AsUCS4Copy(text);
    else if (length && !PyUnicode_AsUCS4(text, room, SHORT, 0))
        return NULL;
    PyObject *found = read ? PyList_New(0) : NULL;
    if (found && find_in((Words *)self, read, length, found) < 0)
        Py_CLEAR(found);
    if (read != room)
        PyMem_Free(read);
    return found;
}

/* Room for words of so many characters in all; -1 without memory. */
static int make_room(Words *w, Py_ssize_t characters) {
    for (w->cells = 16; w->cells < 2 * characters;)
        w->cells *= 2;
    w->nodes = 1;
    w->branch = PyMem_Calloc((size_t)w->cells, sizeof *w->branch);
    w->word = PyMem_Calloc((size_t)characters + 1, sizeof *w->word);
    if (w->branch && w->word && characters < INT32_MAX)
        return 0;
    PyErr_NoMemory();
    return -1;
}

static int add_all(Words *w, PyObject *words) {
    Py_ssize_t characters = 0;
    for (Py_ssize_t at = 0; at < PyList_Size(words); at++) {
        PyObject *word = PyList_GetItem(words, at);
        Py_ssize_t length = PyUnicode_Check(word) ? PyUnicode_GetLength(word) : -1;
        if (length < 0) {
            PyErr_SetString(PyExc_TypeError, "words are texts");
            return -1;
        }
        characters += length;
    }
    int failed = make_room(w, characters) < 0;
    for (Py_ssize_t at = 0; !failed && at < PyList_Size(words); at++) {
        PyObject *word = PyList_GetItem(words, at);
        Py_UCS4 *text = PyUnicode_AsUCS4Copy(word);
        failed = text == NULL || add_word(w, text, PyUnicode_GetLength(word), at) < 0;
        PyMem_Free(text);
    }
    return failed ? -1 : 0;
}

static PyObject *make(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(names)) {
    PyObject *words;
    if (!PyArg_ParseTuple(args, "O!", &PyList_Type, &words))
        return NULL;
    PyObject *made = ((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
    if (made && add_all((Words *)made, words) < 0)
        Py_CLEAR(made);
    return made;
}

static void discard(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyMem_Free(((Words *)self)->branch);
    PyMem_Free(((Words *)self)->word);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"find", find, METH_O, "The words in a text: number, start and end of each."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot type_slots[] = {
    {Py_tp_new, (void *)make},
    {Py_tp_dealloc, (void *)discard},
    {Py_tp_methods, methods},
    {Py_tp_doc, "Words to be found in texts."},
    {0, NULL},
};

static PyType_Spec type_spec = {"cs_nlp.faq._words.Words", sizeof(Words), 0, Py_TPFLAGS_DEFAULT, type_slots};

static int fill(PyObject *module) {
    PyObject *type = PyType_FromModuleAndSpec(module, &type_spec, NULL);
    int failed = type == NULL || PyModule_AddType(module, (PyTypeObject *)type) < 0;
    Py_XDECREF(type);
    return failed ? -1 : 0;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, (void *)fill}, {0, NULL}};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_words", NULL, 0, NULL, module_slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__words(void) {
    return PyModuleDef_Init(&module);
}
