from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cs_nlp.text import dates, entities, figures, identifiers, people
from cs_nlp.text.entities import ENTITY_TYPES, find_entities
from cs_nlp.text.normalize import normalize
from cs_nlp.text.pattern import Pattern

SENSITIVE = {"phone", "landline", "email", "id_card", "bank_card", "address", "name"}
SENSITIVE |= {"order_id", "tracking_no", "order_card", "tax_no"}


def values(raw: str, *types: str) -> list[tuple[str, str]]:
    found = find_entities(normalize(raw).text)
    return [(entity.type, entity.value) for entity in found if not types or entity.type in types]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("订单号20481234567 到哪了", ("order_id", "20481234567")),
        ("订单编号：13800001234", ("order_id", "13800001234")),
        ("13800001234这个订单没收到", ("order_id", "13800001234")),
        ("20481234567", ("order_id", "20481234567")),
        ("单号 4316 0927 5588 103", ("order_id", "431609275588103")),
        ("210412-552019377412345", ("order_id", "210412-552019377412345")),
        ("服务单号 70023614", ("order_id", "70023614")),
        ("订单VB40293318", ("order_id", "VB40293318")),
        ("SF1300000000000", ("tracking_no", "SF:SF1300000000000")),
        ("YT7400000000000到了吗", ("tracking_no", "YT:YT7400000000000")),
        ("圆通单号8812345678901", ("tracking_no", "YT:8812345678901")),
        ("快递单号VB40293318", ("tracking_no", "VB40293318")),
        ("EA123456789CN", ("tracking_no", "EMS:EA123456789CN")),
        ("78123456789012", ("tracking_no", "ZTO:78123456789012")),
        ("京东快递JDVB12345678901", ("tracking_no", "JD:JDVB12345678901")),
    ],
)
def test_orders_and_parcels(raw: str, expected: tuple[str, str]) -> None:
    assert values(raw) == [expected]


@pytest.mark.parametrize(
    "raw",
    [
        "打13800001234",
        "138 0000 1234",
        "138-0000-1234",
        "1380000 1234",
        "１３８００００１２３４",
        "+86 138 0000 1234",
        "1 3 8 0 0 0 0 1 2 3 4",
        "138，0000，1234",
        "138\u200b0000\u200b1234",
        "①③⑧00001234",
        "幺三八零零零零一二三四",
        "订单的收货人要换，手机13800001234",
        "vx13800001234abc",
        "138_0000_1234",
    ],
)
def test_a_phone_is_found_however_it_is_written(raw: str) -> None:
    assert values(raw, "phone") == [("phone", "13800001234")]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("010-88886666", ("landline", "01088886666")),
        ("（021）68886666", ("landline", "02168886666")),
        ("400-800-1234", ("landline", "4008001234")),
        ("电话88886666", ("landline", "88886666")),
        ("发到lin_08@example.com", ("email", "lin_08@example.com")),
        ("lin.08 ＠ example . com", ("email", "lin.08@example.com")),
        ("11010519491231002X", ("id_card", "11010519491231002x")),
        ("身份证110105194912310021", ("id_card", "110105194912310021")),
        ("身份证110105491231002", ("id_card", "110105491231002")),
        ("6222 0200 0000 0000 000", ("bank_card", "6222020000000000000")),
        ("卡号6222020200098765432", ("bank_card", "6222020200098765432")),
        ("税号：91310115MA1K3UXX8Q", ("tax_no", "91310115MA1K3UXX8Q")),
        ("税号是这个 91440300AB", ("tax_no", "91440300AB")),
    ],
)
def test_other_personal_numbers(raw: str, expected: tuple[str, str]) -> None:
    assert values(raw) == [expected]


@pytest.mark.parametrize(
    "raw", ["商品编号1007123456", "取件码83921706", "打12315", "iphone15pro 256g", "rtx4060", "尾号4471", "12万公里"]
)
def test_other_numbers_are_not_personal(raw: str) -> None:
    assert not [entity for entity in find_entities(normalize(raw).text) if entity.sensitive]


@pytest.mark.parametrize(
    ("raw", "value", "rest"),
    [
        ("咨询订单号:20481234567 订单金额:89.00 下单时间:2024-03-08 能改地址吗", "20481234567", " 能改地址吗"),
        ("[订单编号:20481234567，订单金额:￥74，下单时间:2024-03-08 22:06:20] 你好", "20481234567", " 你好"),
        ("咨询订单号:20481234567 商品ID:24", "20481234567", ""),
    ],
)
def test_an_order_card_is_one_entity(raw: str, value: str, rest: str) -> None:
    text = normalize(raw).text
    [card] = find_entities(text)
    assert (card.type, card.value, card.start, text[card.end :]) == ("order_card", value, 0, rest)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("199元", ("money", "199")),
        ("￥199.50", ("money", "199.5")),
        ("199块", ("money", "199")),
        ("3块5", ("money", "3.5")),
        ("两百块", ("money", "200")),
        ("一千二百元", ("money", "1200")),
        ("1.5万元", ("money", "15000")),
        ("100到200元", ("money", "100-200")),
        ("3天", ("duration", "3天")),
        ("三天", ("duration", "3天")),
        ("48小时", ("duration", "48小时")),
        ("半个月", ("duration", "0.5个月")),
        ("3-5天", ("duration", "3-5天")),
        ("一个半小时", ("duration", "1.5小时")),
        ("两个星期", ("duration", "2周")),
        ("2件", ("quantity", "2件")),
        ("三双", ("quantity", "3双")),
        ("5斤", ("quantity", "5斤")),
        ("42码", ("size", "42码")),
        ("2XL", ("size", "2xl")),
        ("给我L码", ("size", "l码")),
        ("175/92A", ("size", "175/92a")),
        ("120斤", ("size", "120斤")),
        ("一米六八", ("size", "一米六八")),
        ("身高172", ("size", "身高172")),
    ],
)
def test_figures(raw: str, expected: tuple[str, str]) -> None:
    assert values(raw) == [expected]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("明天", ("date", "明天")),
        ("下周三", ("date", "下周三")),
        ("春节", ("date", "春节")),
        ("双十一", ("date", "双十一")),
        ("3月5号", ("date", "03-05")),
        ("2024-01-02", ("date", "2024-01-02")),
        ("2024年1月2日", ("date", "2024-01-02")),
        ("15号", ("date", "15号")),
        ("18:30", ("time", "18:30")),
        ("下午3点", ("time", "15:00")),
        ("晚上八点半", ("time", "20:30")),
        ("中午", ("time", "中午")),
        ("8点15", ("time", "08:15")),
    ],
)
def test_dates_and_times(raw: str, expected: tuple[str, str]) -> None:
    assert values(raw) == [expected]


@pytest.mark.parametrize(
    "raw",
    [
        "几天能到",
        "多少钱",
        "快一点",
        "一下子",
        "换一个",
        "三包政策",
        "四件套",
        "一起买",
        "统一发货",
        "怎么弄",
        "超市的路由器",
        "走在路上",
        "节省运费",
    ],
)
def test_look_alikes_are_left_alone(raw: str) -> None:
    assert values(raw) == []


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("地址改到江苏省苏州市和平路77号6幢1503，谢谢", "江苏省苏州市和平路77号6幢1503"),
        ("寄到广西人民路12号", "广西人民路12号"),
        ("送到幸福小区3栋2单元402室吧", "幸福小区3栋2单元402室"),
        ("浙江滨江区江南大道香樟苑5幢1101", "浙江滨江区江南大道香樟苑5幢1101"),
        ("云南省大理州祥云县下庄镇能送吗", "云南省大理州祥云县下庄镇"),
    ],
)
def test_addresses(raw: str, address: str) -> None:
    assert values(raw) == [("address", address)]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("收件人：王芳", "王芳"),
        ("收件人王芳芳请尽快", "王芳芳"),
        ("我叫李小明", "李小明"),
        ("姓名 欧阳小明", "欧阳小明"),
        ("联系人杨师傅", "杨师傅"),
        ("和平路77号3栋 李强 13700001234", "李强"),
        ("13700001234张伟", "张伟"),
    ],
)
def test_names(raw: str, name: str) -> None:
    assert values(raw, "name") == [("name", name)]


@pytest.mark.parametrize(
    "raw", ["收件人填错了", "我叫不到快递", "13700001234 谢谢", "13700001234 方便吗", "名字写错了"]
)
def test_what_is_no_name(raw: str) -> None:
    assert values(raw, "name") == []


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("https://item.example.com/1008.html，有货吗", ("link", "https://item.example.com/1008.html")),
        ("看www.example.cn/a", ("link", "www.example.cn/a")),
        ("[图片]", ("image", "图片")),
        ("【视频】", ("image", "视频")),
        ("商品ID：4325785", ("product_id", "4325785")),
        ("生产批号20241103A", ("batch_no", "20241103A")),
        ("瓶底的批次号是 LOT240311", ("batch_no", "LOT240311")),
    ],
)
def test_links_pictures_and_products(raw: str, expected: tuple[str, str]) -> None:
    assert values(raw) == [expected]


@pytest.mark.parametrize("raw", ["[手机号]", "138****1234", "[姓名x]", "[订单号]", "[地址]"])
def test_what_was_masked_keeps_its_type_and_is_not_sensitive(raw: str) -> None:
    [found] = find_entities(normalize(raw).text)
    assert not found.sensitive
    assert found.type in SENSITIVE


def test_entities_come_in_order_with_their_flags() -> None:
    found = find_entities("收件人王芳,13800001234,2件,199元,明天,[图片]")
    assert [entity.type for entity in found] == ["name", "phone", "quantity", "money", "date", "image"]
    assert all(entity.sensitive == (entity.type in SENSITIVE) for entity in found)


PIECES = [
    "13800001234",
    "138 0000",
    " 1234",
    "1",
    "00",
    "订单号",
    "电话",
    "[姓名]",
    "收件人",
    "王芳",
    ":",
    " ",
    "-",
    ".",
]
PIECES += [
    "6222",
    "sf1300000000000",
    "税号",
    "a@b.com",
    "市",
    "路",
    "号",
    "小区",
    "3栋",
    "明天",
    "三",
    "天",
    "元",
    "[",
    "]",
]


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=12).map("".join)))
def test_entities_of_any_text_are_inside_it_and_apart(raw: str) -> None:
    text = normalize(raw).text
    last = 0
    for entity in find_entities(text):
        assert last <= entity.start < entity.end <= len(text)
        assert entity.type in ENTITY_TYPES
        assert entity.value
        last = entity.end


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        (figures._SPOKEN, figures.SPOKEN_HINT),
        (dates._SPOKEN, dates.SPOKEN_HINT),
        (people._LABEL, people.HINT),
        (identifiers._SPOKEN_PHONE, entities._HINT.pattern),
    ],
    ids=["figures", "dates", "people", "phones"],
)
def test_a_hint_is_in_every_value(pattern: Pattern, hint: str) -> None:
    @settings(max_examples=300, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
    @given(st.from_regex(re.compile(pattern.pattern, pattern._flags)))
    def holds(text: str) -> None:
        match = pattern.search(text)
        assert match is None or re.search(hint, match[0])

    holds()
