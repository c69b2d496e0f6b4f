"""From a raw string to a `Message`, and the views of it that the rest of the library works on."""

from cs_nlp.text.entities import ENTITY_TYPES, find_entities
from cs_nlp.text.mask import mask, mask_message, mask_value
from cs_nlp.text.normalize import MAX_CHARACTERS, Normalized, normalize
from cs_nlp.text.reading import read
from cs_nlp.text.segment import ENGINES, Segmenter, domain_words
from cs_nlp.text.skeleton import PLACEHOLDERS, Skeleton, skeleton

__all__ = [
    "ENGINES",
    "ENTITY_TYPES",
    "MAX_CHARACTERS",
    "PLACEHOLDERS",
    "Normalized",
    "Segmenter",
    "Skeleton",
    "domain_words",
    "find_entities",
    "mask",
    "mask_message",
    "mask_value",
    "normalize",
    "read",
    "skeleton",
]
