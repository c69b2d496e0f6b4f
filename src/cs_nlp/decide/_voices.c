/* The voices of a conversation put together: what `cs_nlp.decide.voices` does label by label in Python. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <string.h>

#define LEAST 1e-4
#define NEVER -1e9
#define MOST 3

static double logarithm(const double *chances, Py_ssize_t at) {
    return log(chances[at] > LEAST ? chances[at] : LEAST);
}

/* Adds a bonus to each label of pairs (place, bonus). */
static int add_bonus(double *scores, Py_ssize_t size, PyObject *bonus) {
    for (Py_ssize_t i = 0; i < PyList_Size(bonus); i++) {
        Py_ssize_t place;
        double value;
        PyObject *pair = PyList_GetItem(bonus, i);
        if (!PyTuple_Check(pair)) {
            PyErr_SetString(PyExc_TypeError, "a bonus is a pair of a place and a number");
            return -1;
        }
        Py_INCREF(pair); /* reading a number may run any code, and that may empty the list */
        int read = PyArg_ParseTuple(pair, "nd", &place, &value);
        Py_DECREF(pair);
        if (!read)
            return -1;
        if (place < 0 || place >= size) {
            PyErr_SetString(PyExc_IndexError, "a bonus for a label that is not there");
            return -1;
        }
        scores[place] += value;
    }
    return 0;
}

static Py_ssize_t highest(const double *values, Py_ssize_t size) {
    Py_ssize_t best = 0;
    for (Py_ssize_t at = 1; at < size; at++) {
        if (values[at] > values[best])
            best = at;
    }
    return best;
}

/* The best labels with their probabilities; the scores are used up. */
static PyObject *best_of(double *scores, Py_ssize_t size) {
    double total = 0.0, top = size ? scores[highest(scores, size)] : 0.0;
    for (Py_ssize_t at = 0; at < size; at++) {
        scores[at] = exp(scores[at] - top);
        total += scores[at];
    }
    PyObject *found = PyList_New(0);
    for (Py_ssize_t rank = 0; found && rank < MOST && rank < size; rank++) {
        Py_ssize_t best = highest(scores, size);
        PyObject *one = Py_BuildValue("(nd)", best, scores[best] / total);
        if (one == NULL || PyList_Append(found, one) < 0)
            Py_CLEAR(found);
        Py_XDECREF(one);
        scores[best] = -1.0;
    }
    return found;
}

static void weigh(double *scores, Py_ssize_t size, const double *alone, const double *recent, const double *weights) {
    for (Py_ssize_t at = 0; at < size; at++)
        scores[at] = weights[0] * logarithm(alone, at) + weights[1] * logarithm(recent, at);
}

/* Whether a buffer holds so many numbers of type double. */
static int holds(const Py_buffer *given, Py_ssize_t size) {
    return given->format && strcmp(given->format, "d") == 0 && given->len == size * (Py_ssize_t)sizeof(double);
}

static PyObject *combine_all(const Py_buffer *alone, const Py_buffer *recent, const double *weights, PyObject *bonus,
                             Py_ssize_t never) {
    Py_ssize_t size = alone->len / (Py_ssize_t)sizeof(double);
    PyObject *found = NULL;
    if (!size || !holds(alone, size) || !holds(recent, size) || never >= size) {
        PyErr_SetString(PyExc_ValueError, "the voices are arrays of type d, and speak of the same labels, at least one");
        return NULL;
    }
    double *scores = PyMem_Malloc((size_t)(size + 1) * sizeof(double));
    if (scores == NULL)
        return PyErr_NoMemory();
    weigh(scores, size, alone->buf, recent->buf, weights);
    if (add_bonus(scores, size, bonus) == 0) {
        if (never >= 0)
            scores[never] = NEVER;
        found = best_of(scores, size);
    }
    PyMem_Free(scores);
    return found;
}

static PyObject *combine(PyObject *Py_UNUSED(module), PyObject *given) {
    PyObject *one, *other, *bonus, *found = NULL;
    Py_buffer alone, recent;
    double weights[2];
    Py_ssize_t never;
    if (!PyArg_ParseTuple(given, "OOddO!n", &one, &other, weights, weights + 1, &PyList_Type, &bonus, &never))
        return NULL;
    if (PyObject_GetBuffer(one, &alone, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0)
        return NULL;
    if (PyObject_GetBuffer(other, &recent, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) == 0) {
        found = combine_all(&alone, &recent, weights, bonus, never);
        PyBuffer_Release(&recent);
    }
    PyBuffer_Release(&alone);
    return found;
}

static PyMethodDef methods[] = {
    {"combine", combine, METH_VARARGS, "The best labels by all voices together, with their probabilities."},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_voices", NULL, 0, methods, slots, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__voices(void) {
    return PyModuleDef_Init(&module);
}
