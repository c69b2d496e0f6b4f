/* The voices of a conversation put together: what `cs_nlp.decide.voices` does label by label in Python. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>

#define LEAST 1e-4
#define NEVER -1e9
#define MOST 3

static double logarithm(PyObject *chances, Py_ssize_t at) {
    double chance = PyFloat_AsDouble(PyList_GetItem(chances, at));
    return log(chance > LEAST ? chance : LEAST);
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
        if (!PyArg_ParseTuple(pair, "nd", &place, &value))
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

static int weigh(double *scores, Py_ssize_t size, PyObject *alone, PyObject *recent, const double *weights) {
    for (Py_ssize_t at = 0; at < size; at++)
        scores[at] = weights[0] * logarithm(alone, at) + weights[1] * logarithm(recent, at);
    return PyErr_Occurred() ? -1 : 0;
}

static PyObject *combine(PyObject *Py_UNUSED(module), PyObject *given) {
    PyObject *alone, *recent, *bonus, *found = NULL;
    double weights[2];
    Py_ssize_t never;
    if (!PyArg_ParseTuple(given, "O!O!ddO!n", &PyList_Type, &alone, &PyList_Type, &recent, weights, weights + 1,
                          &PyList_Type, &bonus, &never))
        return NULL;
    Py_ssize_t size = PyList_Size(alone);
    if (PyList_Size(recent) != size || never >= size) {
        PyErr_SetString(PyExc_ValueError, "the voices speak of different labels");
        return NULL;
    }
    double *scores = PyMem_Malloc((size_t)(size + 1) * sizeof(double));
    if (scores == NULL)
        return PyErr_NoMemory();
    if (weigh(scores, size, alone, recent, weights) == 0 && add_bonus(scores, size, bonus) == 0) {
        if (never >= 0)
            scores[never] = NEVER;
        found = best_of(scores, size);
    }
    PyMem_Free(scores);
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
