/* Finds words in a text from left to right, at each place the longest, and says what they mean: `cs_nlp.faq.words`
without ahocorasick_rs.

The words stand in a trie whose branches are one hash table. It is filled when it is made and never changed: threads
share it. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

enum { FIRSTS = 2048, SHORT = 256 };

typedef struct {
    uint64_t bits;
    Py_UCS4 *text; /* NULL when it is bits */
    Py_ssize_t length;
} Meaning;

typedef struct {
    uint64_t key; /* node << 21 | character */
    int32_t node; /* where it leads to; 0, the root, where the cell is free */
} Branch;

typedef struct {
    PyObject_HEAD
    Py_ssize_t cells, nodes, words, longest; /* the last: the length of the longest text that is a meaning */
    Meaning *meaning; /* by word */
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

/* The characters of a text, in `room` when they fit; NULL with an error set on failure. */
static Py_UCS4 *read_text(PyObject *text, Py_UCS4 *room, Py_ssize_t *length) {
    *length = PyUnicode_Check(text) ? PyUnicode_GetLength(text) : -1;
    if (*length < 0)
        return PyErr_Occurred() ? NULL : (Py_UCS4 *)PyErr_Format(PyExc_TypeError, "a text is needed");
    return *length < SHORT ? PyUnicode_AsUCS4(text, room, SHORT, 1) : PyUnicode_AsUCS4Copy(text);
}

static PyObject *marks(PyObject *self, PyObject *text) {
    const Words *w = (Words *)self;
    Py_UCS4 room[SHORT];
    Py_ssize_t length, end = 0;
    Py_UCS4 *read = read_text(text, room, &length);
    uint64_t found = 0;
    if (read == NULL)
        return NULL;
    for (Py_ssize_t at = 0; at < length;) {
        int32_t word = longest(w, read, at, length, &end);
        found |= word ? w->meaning[word - 1].bits : 0;
        at = word ? end : at + 1;
    }
    if (read != room)
        PyMem_Free(read);
    return PyLong_FromUnsignedLongLong(found);
}

/* Whether a character of a text is a letter or a digit; -1 on failure. */
static int is_alnum(PyObject *text, Py_ssize_t at, Py_UCS4 character) {
    if (character < 128)
        return (character >= '0' && character <= '9') || ((character | 32) >= 'a' && (character | 32) <= 'z');
    if (character >= 0x4E00 && character < 0xA000)
        return 1;
    PyObject *one = PyUnicode_Substring(text, at, at + 1); /* the stable interface tells it of texts only */
    PyObject *is = one ? PyObject_CallMethod(one, "isalnum", NULL) : NULL;
    int found = is ? PyObject_IsTrue(is) : -1;
    Py_XDECREF(is);
    Py_XDECREF(one);
    return found;
}

/* Moves the letters and digits together; how many there are, -1 on failure. */
static Py_ssize_t strip(PyObject *text, Py_UCS4 *read, Py_ssize_t length) {
    Py_ssize_t kept = 0;
    for (Py_ssize_t at = 0; at < length; at++) {
        int is = is_alnum(text, at, read[at]);
        if (is < 0)
            return -1;
        read[kept] = read[at];
        kept += is;
    }
    return kept;
}

/* Writes a text with its words replaced; how long it is. `changed` says whether a word was found. */
static Py_ssize_t replace(const Words *w, const Py_UCS4 *read, Py_ssize_t length, Py_UCS4 *to, int *changed) {
    Py_ssize_t written = 0, end = 0;
    for (Py_ssize_t at = 0; at < length;) {
        int32_t word = longest(w, read, at, length, &end);
        if (!word) {
            to[written++] = read[at++];
            continue;
        }
        const Meaning *meaning = w->meaning + word - 1;
        for (Py_ssize_t place = 0; place < meaning->length; place++)
            to[written++] = meaning->text[place];
        *changed = 1;
        at = end;
    }
    return written;
}

static PyObject *text_of(const Py_UCS4 *characters, Py_ssize_t length) {
    const union { uint32_t word; char first; } order = {1};
    int little = order.first ? -1 : 1; /* as this machine writes them */
    return PyUnicode_DecodeUTF32((const char *)characters, length * 4, NULL, &little);
}

static PyObject *fold(PyObject *self, PyObject *text) {
    const Words *w = (Words *)self;
    Py_UCS4 room[SHORT], other[SHORT], *to = other;
    Py_ssize_t length, kept = -1;
    Py_UCS4 *read = read_text(text, room, &length);
    PyObject *folded = NULL;
    if (read == NULL || (kept = strip(text, read, length)) < 0)
        goto done;
    if (kept > SHORT / w->longest)
        to = PyMem_Malloc((size_t)(kept * w->longest) * sizeof *to);
    if (to == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    int changed = 0;
    Py_ssize_t written = replace(w, read, kept, to, &changed);
    if (changed && written)
        folded = text_of(to, written);
    else
        folded = kept < length ? text_of(read, kept) : PyUnicode_FromObject(text);
done:
    if (to != other)
        PyMem_Free(to);
    if (read != room)
        PyMem_Free(read);
    return folded;
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

/* Takes over what a word means: bits, or the text it is replaced by. */
static int take_meaning(Words *w, Meaning *to, PyObject *from) {
    if (!PyUnicode_Check(from)) {
        to->bits = PyLong_AsUnsignedLongLong(from);
        return PyErr_Occurred() ? -1 : 0;
    }
    to->text = PyUnicode_AsUCS4Copy(from);
    to->length = PyUnicode_GetLength(from);
    w->longest = to->length > w->longest ? to->length : w->longest;
    return to->text ? 0 : -1;
}

static int add_all(Words *w, PyObject *words, PyObject *meanings) {
    Py_ssize_t characters = 0;
    w->words = PyList_Size(words);
    w->longest = 1;
    w->meaning = PyMem_Calloc((size_t)w->words + 1, sizeof *w->meaning);
    if (w->meaning == NULL || PyList_Size(meanings) != w->words) {
        PyErr_SetString(PyExc_ValueError, "each word needs a meaning");
        return -1;
    }
    for (Py_ssize_t at = 0; at < w->words; at++) {
        Py_ssize_t length = PyUnicode_GetLength(PyList_GetItem(words, at));
        if (length < 0 || take_meaning(w, w->meaning + at, PyList_GetItem(meanings, at)) < 0)
            return -1;
        characters += length;
    }
    int failed = make_room(w, characters) < 0;
    for (Py_ssize_t at = 0; !failed && at < w->words; at++) {
        PyObject *word = PyList_GetItem(words, at);
        Py_UCS4 *text = PyUnicode_AsUCS4Copy(word);
        failed = text == NULL || add_word(w, text, PyUnicode_GetLength(word), at) < 0;
        PyMem_Free(text);
    }
    return failed ? -1 : 0;
}

static PyObject *make(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(names)) {
    PyObject *words, *meanings;
    if (!PyArg_ParseTuple(args, "O!O!", &PyList_Type, &words, &PyList_Type, &meanings))
        return NULL;
    PyObject *made = ((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
    if (made && add_all((Words *)made, words, meanings) < 0)
        Py_CLEAR(made);
    return made;
}

static void discard(PyObject *self) {
    Words *w = (Words *)self;
    PyTypeObject *type = Py_TYPE(self);
    for (Py_ssize_t at = 0; w->meaning && at < w->words; at++)
        PyMem_Free(w->meaning[at].text);
    PyMem_Free(w->meaning);
    PyMem_Free(w->branch);
    PyMem_Free(w->word);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"marks", marks, METH_O, "The bits of all words in a text."},
    {"fold", fold, METH_O, "The letters and digits of a text, its words replaced unless nothing were left."},
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
