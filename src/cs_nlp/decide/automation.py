"""Automation: rules from YAML that propose what the shop's own code may do. Nothing is ever done here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.resources.abc import Traversable
from pathlib import Path

from cs_nlp.decide.session import masked_value
from cs_nlp.resources import Faults, Node, packaged, read_yaml
from cs_nlp.types import Message, Proposal, Understanding

_PLAIN = ("intent", "second", "severity", "emotion")
_GROUPS = ("entity.", "order.", "customer.")
_FACTS = ("order.", "customer.")
_NUMBERS = ("over", "under", "from", "to")
_TESTS = ("is", "not", *_NUMBERS, "known")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: a field and what its value must be.

    >>> Condition("order.stalled_hours", "over", limit=48).holds({"order.stalled_hours": "60"})
    True
    """

    field: str
    kind: str
    values: frozenset[str] = frozenset()
    limit: float = 0.0

    def holds(self, known: Mapping[str, str]) -> bool:
        """Whether it holds; never for a field that is not known."""
        value = known.get(self.field)
        if value is None:
            return False
        if self.kind in ("is", "not"):
            return (value in self.values) == (self.kind == "is")
        return self.kind == "known" or self._compared(value)

    def _compared(self, value: str) -> bool:
        try:
            number = float(value)
        except ValueError:
            return False
        limits = {
            "over": number > self.limit,
            "under": number < self.limit,
            "from": number >= self.limit,
            "to": number <= self.limit,
        }
        return limits[self.kind]


@dataclass(frozen=True, slots=True)
class AutomationRule:
    """One rule, see `automation.yaml`."""

    id: str
    when: tuple[Condition, ...]
    propose: str
    text: str
    data: tuple[str, ...]
    needs_facts: bool = False


@dataclass(frozen=True)
class Automation:
    """All rules; immutable.

    >>> known = {"intent": "refund_apply", "order.status": "paid", "entity.order_id": "20481234567"}
    >>> [(found.action, dict(found.data)) for found in Automation.default().propose(known)]
    [('fast_refund', {'entity.order_id': '20481234567'})]
    """

    rules: tuple[AutomationRule, ...]

    @cached_property
    def needs_facts(self) -> bool:
        """Whether every rule asks for a fact about order or customer."""
        return all(rule.needs_facts for rule in self.rules)

    @classmethod
    def default(cls) -> Automation:
        """The packaged rules."""
        return _default()

    @classmethod
    def from_yaml(cls, file: Traversable | Path) -> Automation:
        """Reads a rule file.

        Raises:
            DataFileError: If the file has faults; all are listed.
        """
        faults = Faults()
        automation = _parse(read_yaml(file, faults))
        faults.check()
        return automation

    def propose(self, known: Mapping[str, str], *, facts: bool = True) -> tuple[Proposal, ...]:
        """What the rules propose.

        Args:
            known: Values by field name, see `known_fields`.
            facts: Whether anything about order or customer is among them; rules that ask for such are skipped else.
        """
        return tuple(
            Proposal(rule.id, rule.propose, rule.text, {field: known[field] for field in rule.data if field in known})
            for rule in self.rules
            if (facts or not rule.needs_facts) and all(condition.holds(known) for condition in rule.when)
        )


def known_fields(
    understanding: Understanding,
    message: Message,
    entities: Mapping[str, str],
    order: Mapping[str, str],
    customer: Mapping[str, str],
) -> dict[str, str]:
    """The fields that rules can ask for.

    Args:
        understanding: What the message means.
        message: The message.
        entities: Values given earlier in the conversation.
        order: Facts about the order.
        customer: Facts about the customer.
    """
    known = {
        "intent": understanding.intents[0].id,
        "severity": understanding.severity.value,
        "emotion": understanding.emotion.value,
    }
    if understanding.second:
        known["second"] = understanding.second
    known |= {f"entity.{kind}": value for kind, value in entities.items()}
    known |= {f"entity.{entity.type}": entity.value for entity in message.entities}
    known |= {f"order.{name}": str(value) for name, value in order.items()}
    return known | {f"customer.{name}": str(value) for name, value in customer.items()}


def masked(proposal: Proposal) -> Proposal:
    """A proposal as others may see it: its personal data masked.

    >>> dict(masked(Proposal("r", "fast_refund", "", {"entity.order_id": "20481234567"})).data)
    {'entity.order_id': '[订单号]'}
    """
    data = {field: masked_value(field.split(".")[-1], value) for field, value in proposal.data.items()}
    return replace(proposal, data=data)


@lru_cache(maxsize=1)
def _default() -> Automation:
    return Automation.from_yaml(packaged("automation.yaml"))


def _parse(top: Node) -> Automation:
    top.only("version", "rules")
    rules: dict[str, AutomationRule] = {}
    for node in top.nodes("rules"):
        node.only("id", "when", "propose", "text", "data")
        conditions = tuple(_condition(item) for item in node.nodes("when"))
        facts = any(condition.field.startswith(_FACTS) for condition in conditions)
        rule = AutomationRule(
            node.text("id"), conditions, node.text("propose"), node.text("text"), node.texts("data"), facts
        )
        if rule.id in rules:
            node.fail("id", f"{rule.id!r} stands twice")
        if not conditions:
            node.fail("when", "at least one condition is needed")
        for field in rule.data:
            _check_field(node, "data", field)
        rules[rule.id] = rule
    return Automation(tuple(rules.values()))


def _condition(node: Node) -> Condition:
    node.only("field", *_TESTS)
    kinds = [kind for kind in _TESTS if kind in node]
    field = node.text("field")
    _check_field(node, "field", field)
    if len(kinds) != 1:
        node.fail("", f"exactly one of {', '.join(_TESTS)} is needed")
        return Condition(field, "known")
    kind = kinds[0]
    if kind in _NUMBERS:
        return Condition(field, kind, limit=node.number(kind, low=-1e9, high=1e9))
    return Condition(field, kind, frozenset(node.texts(kind)) if kind != "known" else frozenset())


def _check_field(node: Node, key: str, field: str) -> None:
    if field not in _PLAIN and not field.startswith(_GROUPS):
        node.fail(key, f"{field!r} is not known; allowed are {', '.join(_PLAIN)} and {', '.join(_GROUPS)}…")
