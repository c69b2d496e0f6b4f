class Plain:
    def __new__(cls, ranges: str, replaced: str, forms: str, never: str, numerals: str) -> Plain:
        """Which characters are plain, and what they become; `cs_nlp.text.normalize` says which."""
    def form(self, text: str, /) -> str | None: ...
