from __future__ import annotations

import pytest

from cs_nlp.errors import DataFileError
from cs_nlp.faq.guards import guards, read_guards

DIFFER = [
    ("能退吗", "不退了", "不要做"),
    ("我想退", "我不想退", "不要做"),
    ("怎么申请退货", "怎么申请换货", "售后方式"),
    ("退款多久", "维修多久", "售后方式"),
    ("取消订单", "订单退款", "售后方式"),
    ("发票什么时候开", "什么时候发货", "发票与发货"),
    ("7天可以退吗", "15天可以退吗", "numbers"),
    ("七天内能退吗", "15天内能退吗", "numbers"),
    ("x200pro有货吗", "x100有货吗", "codes"),
    ("为什么没发货", "多久没发货", "问法"),
]


@pytest.mark.parametrize(("one", "other", "reason"), DIFFER)
def test_what_must_match_is_punished(one, other, reason):
    table = guards()
    left, right = table.read(one), table.read(other)
    assert reason in table.reasons(left, right)
    assert table.factor(left, right) == table.factor(right, left) < 1.0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("能退货吗", "怎么申请退货"),
        ("可以退货退款吗", "怎么退款"),
        ("退换货怎么弄", "怎么换货"),
        ("七天无理由", "7天无理由退货"),
        ("要不要运费", "需要运费吗"),
        ("物流不更新", "快递没动"),
        ("x200pro有货吗", "有货吗"),
        ("3期免息吗", "满59元包邮吗"),
    ],
)
def test_what_may_differ_is_not_punished(one, other):
    table = guards()
    assert table.factor(table.read(one), table.read(other)) == 1.0


def test_a_quantity_is_no_code():
    assert guards().read("买5kg的").codes == ()
    assert guards().read("iphone15有吗").codes == ("iphone15",)


def test_a_broken_table_names_its_faults(tmp_path):
    file = tmp_path / "guards.yaml"
    text = "version: 1\nconflicts: [{name: a, factor: 3, sides: {x: [退]}}]\nnumbers: {factor: 1, units: [天]}\n"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataFileError) as error:
        read_guards(file)
    assert [line.split(": ")[1] for line in error.value.faults] == ["conflicts[0].factor", "codes", "codes.factor"]
