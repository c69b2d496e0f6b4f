/* The normal form of a text that needs no more than its characters replaced one for one, as most do: the first half of
   `cs_nlp.text.normalize.normalize` in one pass. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

enum { BASIC = 0x10000, SHORT = 256, MOST_REPEATED = 3 };

typedef struct {
    PyObject_HEAD
    uint16_t *form; /* by character what it becomes; 0 where more must be looked at */
    char *numeral;  /* by character whether it may stand any number of times */
} Plain;

/* Writes the forms of characters; returns 1 when they differ, 0 when not, -1 when this is no plain text. */
static int
replace(const Plain *self, Py_UCS4 *codes, Py_ssize_t length)
{
    Py_UCS4 last = 0;
    int changed = 0, repeated = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        Py_UCS4 form = codes[i] < BASIC ? self->form[codes[i]] : 0;
        repeated = form == last ? repeated + 1 : 1;
        if (!form || (repeated > MOST_REPEATED && !self->numeral[form]) || (form == ' ' && (last == ' ' || i == 0))) {
            return -1;
        }
        changed |= form != codes[i];
        codes[i] = last = form;
    }
    return last == ' ' ? -1 : changed;
}

static PyObject *
plain_call(Plain *self, PyObject *text)
{
    Py_UCS4 codes[SHORT];
    Py_ssize_t length = PyUnicode_Check(text) ? PyUnicode_GetLength(text) : -1;
    if (length < 0) {
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_TypeError, "a text is needed, found %R", text);
    }
    if (length >= SHORT) {
        Py_RETURN_NONE;
    }
    if (length && PyUnicode_AsUCS4(text, codes, SHORT, 0) == NULL) {
        return NULL;
    }
    int changed = replace(self, codes, length), order = PY_BIG_ENDIAN ? 1 : -1;
    if (changed < 0) {
        Py_RETURN_NONE;
    }
    if (!changed) {
        return PyUnicode_FromObject(text); /* itself, unless its type is a subclass */
    }
    return PyUnicode_DecodeUTF32((const char *)codes, length * (Py_ssize_t)sizeof(Py_UCS4), NULL, &order);
}

/* The characters of a text of the basic plane, or NULL with an error; the caller frees them. */
static Py_UCS4 *
characters(PyObject *text, Py_ssize_t *length)
{
    *length = PyUnicode_GetLength(text);
    Py_UCS4 *codes = PyUnicode_AsUCS4Copy(text);
    for (Py_ssize_t i = 0; codes != NULL && i < *length; i++) {
        if (codes[i] >= BASIC) {
            PyErr_SetString(PyExc_ValueError, "a character beyond the basic plane");
            PyMem_Free(codes);
            return NULL;
        }
    }
    return codes;
}

/* Fills the table from characters in this order: ranges, replaced ones, their forms, not plain ones, numerals. */
static int
fill(Plain *self, Py_UCS4 *const *codes, const Py_ssize_t *lengths)
{
    if (lengths[0] % 2 || lengths[1] != lengths[2]) {
        PyErr_SetString(PyExc_ValueError, "ranges need a first and a last character, replaced characters one form each");
        return -1;
    }
    for (Py_ssize_t i = 0; i < lengths[0]; i += 2) {
        for (Py_UCS4 code = codes[0][i]; code <= codes[0][i + 1]; code++) {
            self->form[code] = (uint16_t)code;
        }
    }
    for (Py_ssize_t i = 0; i < lengths[1]; i++) {
        self->form[codes[1][i]] = (uint16_t)codes[2][i];
    }
    for (Py_ssize_t i = 0; i < lengths[3]; i++) {
        self->numeral[codes[3][i]] = -1;
    }
    for (Py_UCS4 code = 0; code < BASIC; code++) {
        if (self->numeral[code] || self->numeral[self->form[code]]) {
            self->form[code] = 0;
        }
    }
    memset(self->numeral, 0, BASIC);
    for (Py_ssize_t i = 0; i < lengths[4]; i++) {
        self->numeral[codes[4][i]] = 1;
    }
    return 0;
}

static int
prepare(Plain *self, PyObject *const *texts)
{
    Py_UCS4 *codes[5] = {NULL};
    Py_ssize_t lengths[5];
    int result = 0;
    self->form = PyMem_Calloc(BASIC, sizeof(uint16_t));
    self->numeral = PyMem_Calloc(BASIC, 1);
    if (self->form == NULL || self->numeral == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (int i = 0; i < 5 && result == 0; i++) {
        codes[i] = characters(texts[i], lengths + i);
        result = codes[i] == NULL ? -1 : 0;
    }
    if (result == 0) {
        result = fill(self, codes, lengths);
    }
    for (int i = 0; i < 5; i++) {
        PyMem_Free(codes[i]);
    }
    return result;
}

static PyObject *
plain_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *known[] = {"ranges", "replaced", "forms", "never", "numerals", NULL};
    allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    PyObject *texts[5];
    Plain *self = (Plain *)allocate(type, 0);
    if (self == NULL) {
        return NULL;
    }
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "UUUUU", known, texts, texts + 1, texts + 2, texts + 3, texts + 4)
        || prepare(self, texts) < 0) {
        Py_CLEAR(self);
    }
    return (PyObject *)self;
}

static void
plain_dealloc(Plain *self)
{
    PyTypeObject *type = Py_TYPE((PyObject *)self);
    PyMem_Free(self->form);
    PyMem_Free(self->numeral);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(self);
    Py_DECREF(type);
}

static PyMethodDef plain_methods[] = {
    {"form", (PyCFunction)plain_call, METH_O,
     "form($self, text, /)\n--\n\nThe normal form of a plain text; None for any other."},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot plain_slots[] = {
    {Py_tp_doc, "Tells plain texts, and what they become; immutable, safe to share between threads."},
    {Py_tp_new, plain_new},
    {Py_tp_dealloc, plain_dealloc},
    {Py_tp_methods, plain_methods},
    {0, NULL},
};

static PyType_Spec plain_spec = {"cs_nlp.text._plain.Plain", sizeof(Plain), 0, Py_TPFLAGS_DEFAULT, plain_slots};

static int
execute(PyObject *module)
{
    PyObject *type = PyType_FromModuleAndSpec(module, &plain_spec, NULL);
    int result = type == NULL ? -1 : PyModule_AddObjectRef(module, "Plain", type);
    Py_XDECREF(type);
    return result;
}

static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {0, NULL}};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, "_plain", "The normal form of plain texts.", 0, NULL, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC
PyInit__plain(void)
{
    return PyModuleDef_Init(&module);
}
