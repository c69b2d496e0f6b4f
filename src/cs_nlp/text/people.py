"""Names of people: behind a label (收件人, 姓名, 我叫), and right beside a phone number or an address.

A name is a family name and one or two more characters, or a family name and 先生, 女士, 师傅 …
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cs_nlp.text.pattern import Pattern
from cs_nlp.types import Entity

_DOUBLE = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|端木|夏侯|宇文|南宫"
_FAMILY = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆"
    "郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛"
    "管祝左涂谷祁时舒耿牟卜詹关苗凌费纪靳盛童欧甄项曲游阳裴席卫查屈鲍覃霍翁隋植甘景薄包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米"
)
_TITLE = "先生|女士|小姐|太太|老师|师傅|阿姨|叔叔|大哥|大姐|同学|经理"
_PERSON = rf"(?P<name>(?:{_DOUBLE})[\u4e00-\u9fff]{{1,2}}|[{_FAMILY}](?:{_TITLE}|[\u4e00-\u9fff]{{1,2}}))"
_LABEL = Pattern(
    "(?:收件人|收货人|收件(?=[: ])|联系人|签收人|姓名|户名|名字|本人叫?|我叫|我是叫)(?:姓名|名字)?"
    rf"(?:是|为|叫|写|填|改成|改为|换成)?[: ]{{0,2}}{_PERSON}"
)
HINT = "[收货系姓户名本我是][件人名字叫]"
"""A pattern that finds something before every name, if there is no phone number or address beside it."""
_HINT = Pattern(HINT)
_BEFORE = Pattern(rf"(?:^|[ ,;:号室栋幢楼0-9]){_PERSON}[ ,;:]{{0,3}}$")
_AFTER = Pattern(rf"[ ,;:]{{0,3}}{_PERSON}(?:收|(?![\u4e00-\u9fff]))")
_ENDS_BEFORE = frozenset("请我你您他她在电手联系收要想帮了呢啊说地住不跟与给把的吗吧呀这那寄改也都就是可已发先行")
_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        谢谢 谢谢啦 谢谢你 谢谢您 方便 方便吗 高兴 安装 安排 常用 何时 于是 时间 时候 马上 马上到 万一 任何 白条 钱款 余额
        周一 周二 周三 周四 周五 周六 周日 周末 许多 毛病 严重 程序 曾经 顾客 江苏 武汉 黄色 金额 成功 关闭 关于 高的 马虎
        易碎 安全 白色 解决 华为 查询 查一下 查下 查一查 车主 房子 方式 文件 向您 包裹 包邮 路上 管用 费用 左右 时效 盛情
        申请 康师傅 司机 段时间 文字 计划 强烈 古怪 米色 常见 阳台 宁可 施工 金色 石头 牛奶 万元 平安 项目 解释 盛夏
        强制 边上 安检 查看 关机 何必 高档 高中 石家庄 马桶 项链
        """,
    )
)
"""What begins like a family name and is none."""


def find_people(text: str, anchors: Iterable[Entity] = ()) -> list[Entity]:
    """Names.

    Args:
        text: The normal text.
        anchors: Phones and addresses that were found; what stands right beside one is a name without a label.

    >>> [name.value for name in find_people("收件人王芳,我叫李小明请尽快")]
    ['王芳', '李小明']
    """
    matches: list[re.Match[str] | None] = []
    if _HINT.search(text) is not None:
        matches += _LABEL.finditer(text)
    for anchor in anchors:
        matches.append(_BEFORE.search(text, max(0, anchor.start - 8), anchor.start))
        matches.append(_AFTER.match(text, anchor.end))
    found = (_name(match) for match in matches if match is not None)
    return [name for name in found if name is not None]


def _name(match: re.Match[str]) -> Entity | None:
    name, start = match["name"], match.start("name")
    if len(name) > 2 and name[-1] in _ENDS_BEFORE:
        name = name[:-1]
    if name in _WORDS or name[:2] in _WORDS or name[1] in _ENDS_BEFORE:
        return None
    return Entity("name", name, start, start + len(name), sensitive=True)
