"""Words to be found in texts, compiled; `cs_nlp.faq.words` does the same without it."""

class Words:
    """Words with their meanings, all numbers or all texts."""

    def __new__(cls, words: list[str], meanings: list[int] | list[str], /) -> Words: ...
    def marks(self, text: str, /) -> int:
        """The bits of all words in a text."""

    def fold(self, text: str, /) -> str:
        """The letters and digits of a text, its words replaced unless nothing were left."""
