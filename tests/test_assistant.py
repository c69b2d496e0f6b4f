from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_nlp.assistant import Assistant
from cs_nlp.bundle import Bundle
from cs_nlp.decide.dialogue import BOT, Session
from cs_nlp.decide.policy import Policy
from cs_nlp.decide.turned import Rules
from cs_nlp.errors import DataFileError, ModelLoadError
from cs_nlp.faq import FaqEntry
from cs_nlp.faq.engine import EngineRetriever
from cs_nlp.text import MAX_CHARACTERS
from cs_nlp.train.fit import Knowledge, train
from cs_nlp.types import Action, Reply, Severity
from tests.samples import CLEAR_SENTENCES, english_examples, tiny_examples

PIECES = [
    "订单20481234567",
    "退款",
    "发票",
    "😡",
    "\u200b",
    "\ud800",
    "\x00",
    "！！！",
    "tui货",
    "12315",
    "[图片]",
    " ",
    "\n",
    "۳",
    "ﷺ",
    "退貨",
]
ANY_TEXT = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=st.characters(), max_size=30),
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.sampled_from([example.text for example in tiny_examples()]),
)
NOTHING = ["", " ", "\u3000\n\t", "\u200b\u200d", "\x00\x01\x7f", "\ud800", "\udcff\udcfe", "\u202e\u2066", "\ufeff"]
UNREADABLE = ["？？？", "......", "~~~", "，。！", "\u0300\u0301", "𒐫𒐫", "‮", "—" * 50]


def check(reply: Reply, raw: str) -> None:
    """What every reply keeps, whatever the text."""
    assert reply.text.strip() and reply.reasons and all(reply.reasons)
    assert 1 <= len(reply.intents) <= 3
    assert all(0.0 <= label.score <= 1.0 for label in reply.intents)
    assert (reply.faq is not None) == (reply.action is Action.ANSWER)
    assert (reply.ticket is not None) == (reply.action is Action.HANDOFF)
    assert bool(reply.options) == (reply.action is Action.CLARIFY)
    assert all(0 <= item.span.start < item.span.end <= len(raw) for item in reply.evidence if item.span)
    if reply.severity is Severity.S:
        assert reply.action is Action.HANDOFF
    if reply.ticket is not None:
        assert reply.ticket.reasons == reply.reasons and reply.ticket.soothing == reply.text


@given(raw=ANY_TEXT)
def test_any_text_gets_a_whole_reply(tiny_bot: Assistant, raw: str) -> None:
    check(tiny_bot.reply(raw), raw)


@given(raw=ANY_TEXT)
def test_any_text_gets_a_whole_reply_from_the_shipped_bot(bot: Assistant, raw: str) -> None:
    check(bot.reply(raw), raw)


@given(raw=ANY_TEXT)
def test_the_same_text_gets_the_same_reply(tiny_bot: Assistant, raw: str) -> None:
    assert tiny_bot.reply(raw) == tiny_bot.reply(raw)


@pytest.mark.parametrize("raw", [None, 3, 1.5, b"text", ["a"], {"text": "a"}])
def test_only_a_str_is_a_message(tiny_bot: Assistant, raw: object) -> None:
    for ask in (tiny_bot.reply, tiny_bot.analyze, tiny_bot.explain):
        with pytest.raises(TypeError, match=type(raw).__name__):
            ask(raw)  # type: ignore[arg-type]


def test_one_text_is_no_list_of_messages(tiny_bot: Assistant) -> None:
    with pytest.raises(TypeError, match="a list of messages is needed"):
        tiny_bot.reply_many("怎么退货")


@pytest.mark.parametrize("raw", NOTHING)
def test_nothing_is_answered_with_a_question(tiny_bot: Assistant, raw: str) -> None:
    reply = tiny_bot.reply(raw)
    assert (reply.action, reply.reasons[0]) == (Action.CLARIFY, "empty_input")
    assert "empty" in reply.reasons


@pytest.mark.parametrize("raw", [*NOTHING, *UNREADABLE])
def test_the_shipped_bot_never_answers_what_says_nothing(bot: Assistant, raw: str) -> None:
    assert bot.reply(raw).action is not Action.ANSWER


@pytest.mark.parametrize(
    "raw",
    [
        "退款" * 5000,
        "a" * 10_000,
        "1" * 10_000,
        "！" * 10_000,
        "不" * 10_000,
        "[图片]" * 2500,
        "😡" * 10_000,
        "( " * 5000,
    ],
)
def test_ten_thousand_characters_are_cut_and_said_so(tiny_bot: Assistant, raw: str) -> None:
    reply = tiny_bot.reply(raw)
    check(reply, raw)
    assert "truncated" in reply.reasons
    assert all(item.span.end <= MAX_CHARACTERS for item in reply.evidence if item.span)


def test_a_long_message_within_the_limit_is_read_to_its_end(tiny_bot: Assistant) -> None:
    raw = "麻烦看下。" * 380 + "充电宝冒烟烫到手了，我要打12315"
    reply = tiny_bot.reply(raw)
    assert "truncated" not in reply.reasons
    assert reply.severity is Severity.S


@pytest.mark.parametrize(
    ("raw", "faq", "text"),
    [
        ("怎么退货呀", "return", "签收 7 天内可以申请退货。"),
        ("拆开过包装还能退货吗", "opened", "不影响二次销售就可以退。"),
        ("怎么开发票", "invoice", "在订单页申请电子发票。"),
    ],
)
def test_an_answer_comes_from_the_knowledge_base(tiny_bot: Assistant, raw: str, faq: str, text: str) -> None:
    reply = tiny_bot.reply(raw)
    assert (reply.action, reply.faq, reply.text) == (Action.ANSWER, faq, text)


def test_an_answer_whose_slots_cannot_be_filled_is_not_given(tiny_bundle: Bundle) -> None:
    entry = FaqEntry("hours", ("怎么开发票",), "请在 {hours} 来电。", intents=("invoice",), tags=("general",))
    reply = Assistant(tiny_bundle, [entry], {}).reply("怎么开发票")
    assert (reply.action, reply.faq, reply.reasons) == (Action.HANDOFF, None, ("no_answer_on_file",))


def test_a_file_chooses_what_finds_the_entries(tiny_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "search.yaml"
    file.write_text("version: 1\nkind: memory\n", encoding="utf-8")
    assert Assistant.load(tiny_folder, retriever=file).reply("怎么退货呀").faq == "return"
    file.write_text("version: 1\nkind: engine\nurl: http://127.0.0.1:9\ntimeout: 0.2\n", encoding="utf-8")
    alone = Assistant.load(tiny_folder, retriever=file)
    assert isinstance(alone.faq, EngineRetriever)
    assert alone.reply("怎么退货呀").faq == "return", "the general entry is at hand without the engine"


def test_an_urgent_message_reaches_a_human_with_a_ticket(tiny_bot: Assistant) -> None:
    reply = tiny_bot.reply("充电宝冒烟烫到手了，电话13800001234")
    assert (reply.action, reply.severity, reply.reasons) == (Action.HANDOFF, Severity.S, ("severity_s",))
    assert reply.ticket is not None
    assert reply.ticket.created == datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    assert "13800001234" not in repr(reply.ticket)


def test_a_question_offers_choices_that_lead_somewhere(bot: Assistant) -> None:
    reply = bot.reply("就是那个呢")
    assert (reply.action, 2 <= len(reply.options) <= bot.policy.options) == (Action.CLARIFY, True)
    assert len({option.intent for option in reply.options}) == len(reply.options)
    assert all(option.text and option.faq for option in reply.options)


def test_many_are_decided_one_by_one_in_order(tiny_bot: Assistant) -> None:
    texts = [example.text for example in tiny_examples()][:20]
    assert tiny_bot.reply_many(iter(texts)) == [tiny_bot.reply(text) for text in texts]
    assert tiny_bot.reply_many([]) == []


def test_threads_get_the_answers_one_would_get(tiny_bot: Assistant) -> None:
    texts = [example.text for example in tiny_examples()] * 2
    alone = [tiny_bot.reply(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(tiny_bot.reply, texts, chunksize=1)) == alone


def test_after_a_handoff_the_bot_is_silent_until_the_desk_is_done(tiny_bot: Assistant) -> None:
    session = Session()
    first = tiny_bot.reply("充电宝冒烟烫到手了", session)
    silent = tiny_bot.reply("怎么开发票", session)
    assert first.ticket is not None and session.owner == first.ticket.desk
    assert (silent.action, silent.text, silent.ticket, silent.reasons) == (Action.HANDOFF, "", None, ("owned_by_desk",))
    assert silent.intents[0].id == "invoice"
    session.give_back()
    assert session.owner == BOT
    assert tiny_bot.reply("怎么开发票", session).action is Action.ANSWER


def test_after_two_questions_a_human_takes_over(tiny_bot: Assistant) -> None:
    session = Session()
    actions = [tiny_bot.reply("", session).action for _ in range(2)]
    reply = tiny_bot.reply("就是那个呢", session)
    assert actions == [Action.CLARIFY, Action.CLARIFY]
    assert (reply.action, reply.reasons) == (Action.HANDOFF, ("repeated_failure",))


def test_messages_without_a_session_do_not_know_each_other(tiny_bot: Assistant) -> None:
    before = tiny_bot.reply("怎么开发票")
    tiny_bot.reply("充电宝冒烟烫到手了")
    assert tiny_bot.reply("怎么开发票") == before


@pytest.fixture(scope="module")
def library() -> Assistant:
    """An assistant for another trade and language, without a knowledge base."""
    return Assistant(train(english_examples(), Knowledge.default("elsewhere")), (), {})


def test_another_label_set_is_routed_to_people(library: Assistant) -> None:
    reply = library.reply("please renew that old atlas for me")
    assert reply.intents[0].id == "renew_loan"
    assert reply.action is not Action.ANSWER
    check(reply, "please renew that old atlas for me")


@pytest.mark.parametrize("left_out", [(), ("opening_hours", "lost_item")])
def test_choices_are_labels_the_model_knows(left_out: tuple[str, ...]) -> None:
    examples = [example for example in english_examples() if example.intent not in left_out]
    bot = Assistant(train(examples, Knowledge.default("elsewhere")), (), {})
    for raw in ("", "sing a song", "what about it", "the printer"):
        assert {option.intent for option in bot.reply(raw).options} <= set(bot.bundle.labels)


def test_everything_can_be_replaced(tiny_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "faq").mkdir()
    (tmp_path / "faq" / "a.yaml").write_text(
        "version: 1\nentries:\n  - {id: mine, question: 怎么开发票, answer: 前台开票。, intents: [invoice]}\n",
        encoding="utf-8",
    )
    (tmp_path / "policy.yaml").write_text(
        "version: 1\nthresholds: {direct: 0.0}\nsteps: [{reason: mine, action: answer, answer: true}, {reason: other, action: handoff}]\n"
        "clarify_question: 哪个？\nclarify_open: 什么？\ntexts: {default: 请稍等。}\n",
        encoding="utf-8",
    )
    (tmp_path / "desks.yaml").write_text(
        "version: 1\ndesks: {one: {name: 前台, tier: senior, intents: []}}\nfallback: one\nsenior_fallback: one\n",
        encoding="utf-8",
    )
    bot = Assistant.load(tiny_folder, tmp_path / "faq", policy=tmp_path / "policy.yaml", desks=tmp_path / "desks.yaml")
    assert (bot.reply("怎么开发票").text, bot.reply("怎么开发票").reasons) == ("前台开票。", ("mine",))
    ticket = bot.reply("快递到哪了").ticket
    assert ticket is not None and ticket.desk_name == "前台"


def test_paths_may_be_text(tiny_folder: Path) -> None:
    assert Assistant.load(str(tiny_folder)).reply("怎么开发票").faq == "invoice"


@pytest.mark.parametrize(
    ("option", "error"), [("bundle", ModelLoadError), ("policy", DataFileError), ("desks", DataFileError)]
)
def test_what_is_not_there_is_said(tiny_folder: Path, tmp_path: Path, option: str, error: type[Exception]) -> None:
    with pytest.raises(error, match="nowhere"):
        Assistant.load(**{"bundle": tiny_folder, option: tmp_path / "nowhere"})  # type: ignore[arg-type]


def test_the_policy_decides_over_the_trained_thresholds(tiny_bundle: Bundle) -> None:
    assert (
        Assistant(tiny_bundle, (), {}, rules=Rules(policy=Policy.default())).thresholds.direct
        == tiny_bundle.thresholds.direct
    )


@pytest.mark.parametrize(("raw", "intent"), [CLEAR_SENTENCES[0], CLEAR_SENTENCES[3], CLEAR_SENTENCES[9]])
def test_the_shipped_bot_answers_plain_questions(bot: Assistant, raw: str, intent: str) -> None:
    reply = bot.reply(raw)
    assert (reply.action, reply.intents[0].id) == (Action.ANSWER, intent)


def test_every_intent_of_the_shipped_bot_can_be_answered_or_handed_over(bot: Assistant) -> None:
    general = {entry.intents[0] for entry in bot.faq.entries() if "general" in entry.tags}
    assert set(bot.bundle.labels) - general - {"unclear"} == set()
