"""E-mail addresses and links."""

from __future__ import annotations

from cs_nlp.text.pattern import Pattern
from cs_nlp.types import Entity

_LOCAL = "abcdefghijklmnopqrstuvwxyz0123456789._+-"
_AT = Pattern(r" ?@ ?[a-z0-9-]{1,40}(?: ?\. ?[a-z0-9-]{2,20}){1,3}(?![a-z0-9])")
_LINK = Pattern(
    r"(?:https?|file|ftp)://[a-z0-9._~:/?#@!$&'*+;=%-]+"
    r"|(?<![a-z0-9@._-])(?:[a-z0-9-]{1,30}\.){1,4}(?:com|cn|net|org|cc|top|vip|shop|hk|tv)"
    r"(?![a-z0-9-])(?:/[a-z0-9._~:/?#@!$&'*+;=%-]*)?"
)


def find_emails(text: str) -> list[Entity]:
    """E-mail addresses, also with blanks around the signs.

    >>> [email.value for email in find_emails("发我邮箱 lin_08 @ 163.com 谢谢")]
    ['lin_08@163.com']
    """
    found: list[Entity] = []
    for match in _AT.finditer(text) if "@" in text else ():
        start = match.start()
        before = text[max(0, start - 64) : start]
        local = before[len(before.rstrip(_LOCAL)) :]
        if local:
            value = local + match[0].replace(" ", "")
            found.append(Entity("email", value, start - len(local), match.end(), sensitive=True))
    return found


def find_links(text: str) -> list[Entity]:
    """Links, with or without their scheme; punctuation behind one does not belong to it.

    >>> [link.value for link in find_links("https://item.example.com/1008.html,这款有货吗")]
    ['https://item.example.com/1008.html']
    """
    if "." not in text:
        return []
    return [_link(match[0].rstrip(".?!;:'"), match.start()) for match in _LINK.finditer(text)]


def _link(value: str, start: int) -> Entity:
    return Entity("link", value, start, start + len(value))
