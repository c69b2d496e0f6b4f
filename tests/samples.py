"""A small world of the tests' own: labelled messages, a knowledge base, and clear sentences."""

from __future__ import annotations

from cs_nlp.faq import FaqEntry, to_json
from cs_nlp.train.dataset import Example
from cs_nlp.train.fit import Options
from cs_nlp.train.space import DEFAULT_WEIGHTS

# intent: lines of "severity emotion text"
_MESSAGES = {
    "greeting": """
        N calm 您好呀在忙吗
        N calm 哈啰有人值班吗
        N calm 早上好客服
        N calm 嗨
        N calm 晚上好呀店家
        N calm 你好你好
        N calm 有客服在线吗
        N calm 喂在不在呀
        N calm 掌柜的在吗
        N calm 下午好想咨询点事
        N calm 你好店家
        N calm 客服在线吗
        N calm 您好打扰一下
        N calm 在吗在吗在吗
        N calm hello 有人吗
        N calm 店家早呀
        N calm 亲在线不
        N calm 你好咨询一下
    """,
    "delivery_status": """
        N calm 我的包裹现在走到哪座城了
        N calm 帮我看看快递走到哪个站了
        A anxious 物流三天没有动静了
        N calm 快递大概哪天能送来呀
        A anxious 包裹卡在中转站一周了
        N calm 查一下我的物流走到哪
        A anxious 快递怎么还在路上晃悠
        N calm 这个快递几号能派送
        N calm 包裹今天会派送吗
        A angry 物流像蜗牛一样什么时候送来
        N calm 快递送到哪里了
        A anxious 物流信息停在昨天没更新
        N calm 想知道包裹到哪个网点了
        A anxious 快递卡住不走了帮忙催催
        N calm 派送员几点能送到包裹
        N calm 帮忙催一下快递派送
        A anxious 物流一直不动着急用呢
        N calm 我那个包裹何时能送来
        N calm 快递单显示运输中哪天送到
    """,
    "return_apply": """
        N calm 鞋子想退货在哪儿点
        N calm 不合身想退掉走什么流程
        N calm 怎样提交退货申请
        N calm 我要退货麻烦处理下
        N calm 拆开过包装还能退货吗
        N calm 退货申请的入口找不着
        N calm 不喜欢可以退货吗
        N calm 想把外套退回去
        N calm 退货要寄到哪个仓库
        N calm 裤子太长想退货
        N calm 七天之内随便退货吗
        N calm 这单我不要了给我退货
        N calm 怎么申请退掉这双鞋
        N calm 想办理退货手续
        N calm 可以直接拒收退货吗
        N calm 买重复了想退掉一件
        N calm 退货流程麻烦说一下
        N calm 穿过一次还能退货不
        N calm 包包不想要了申请退货
    """,
    "refund_status": """
        N calm 退款多久能到我卡上
        A anxious 退款十天了钱还没回来
        N calm 钱退到哪个账户了
        A anxious 退款怎么还没到账啊
        N calm 退的钱几天到账
        A angry 退款拖半个月不到账
        N calm 查下我的退款进度
        N calm 退款是原路退回吗
        A anxious 退款显示成功可钱没到
        N calm 退款金额什么时候到账
        N calm 退款审核通过后几天到
        A anxious 我的退款卡了好多天
        N calm 退到微信零钱要多久
        N calm 退款进度在哪儿看
        A angry 退款到底还给不给到账
        N calm 退款的钱到哪里了
        N calm 想问问退款几号到账
        A anxious 退款一直在处理中
        N calm 退款多久原路返回
    """,
    "invoice": """
        N calm 能开增值税专用发票吗
        N calm 电子发票怎么下载保存
        N calm 发票抬头想改成公司名
        N calm 发票可以补开不
        N calm 开发票要提供税号吗
        N calm 纸质发票会随货寄来吗
        N calm 发票发到我邮箱行吗
        N calm 下单时忘了选发票怎么办
        N calm 发票抬头写错能换开吗
        N calm 想要一张普通发票
        N calm 电子发票在哪看
        N calm 发票什么时候开出来
        N calm 可以开个人抬头的发票吗
        N calm 发票税号填错了
        N calm 需要给公司开发票
        N calm 请帮我开一张发票
        N calm 开票信息在哪里填
        N calm 发票内容能写明细吗
    """,
    "quality_issue": """
        A calm 台灯用两天就不亮了
        A angry 这质量也太差劲了吧
        A calm 拉链坏了拉不上
        A angry 洗一次就掉色成花布
        A calm 耳机左边没有声音
        S anxious 孩子用了这个面霜满脸红疹
        A calm 衣服开线了线头一堆
        A angry 水壶漏水质量真差
        S anxious 充电宝冒烟烫到手了
        A calm 手表走着走着就停了
        A calm 锅柄松动质量有问题
        S anxious 吃完这罐头全家上吐下泻
        A angry 刚穿就开胶什么破质量
        A calm 电风扇坏了转不动
        S anxious 插上电就起火吓死人
        A calm 音箱坏了一直有杂音
        A angry 质量垃圾两天就坏
        A calm 椅子腿坏了坐不稳
        A calm 杯盖坏了关不严
    """,
    "complaint": """
        A angry 你们客服态度真恶劣
        S angry 再糊弄我就打12315投诉
        A angry 我要投诉这个快递小哥
        S angry 不解决我要去消协告你们
        A angry 客服半天不理人我要投诉
        A angry 投诉你们虚假宣传
        S angry 我已经准备向工商局举报你们
        A angry 服务差得离谱必须投诉
        S angry 明天就找记者曝光你们店
        A angry 要投诉那个骂人的客服
        A angry 客服踢皮球我很生气要投诉
        S angry 等着吃官司吧我要起诉
        A angry 你们店就会忽悠人
        A calm 我对处理结果不满意要投诉
        S angry 打12345告你们欺诈消费者
        A angry 这服务我要投诉到底
        A angry 态度这么差我要给差评
        A angry 客服说话不算数投诉
    """,
    "unclear": """
        N calm 那这个怎么办呢
        N calm 就是上面那个
        N calm 嗯那个呢
        N calm 还是不行呀
        N calm 第二个吧
        N calm 那一款呢
        N calm 然后呢怎么弄
        N calm 是的就那样
        N calm 上次说的那个
        N calm 它怎么不行
        N calm 另外那个呢
        N calm 为什么不行呀
        N calm 刚才那个呢
        N calm 这样可以不
        N calm 那然后呢
        N calm 就这个吧怎么弄
        N calm 哪个呀
        N calm 那怎么弄呀
    """,
}

SETTINGS = {"return_days": "7"}

ENTRIES = (
    FaqEntry("hello", ("您好",), "您好，很高兴为您服务。", intents=("greeting",), tags=("general",)),
    FaqEntry(
        "parcel", ("快递到哪了",), "在订单页点物流可以看到包裹。", intents=("delivery_status",), tags=("general",)
    ),
    FaqEntry(
        "return", ("怎么退货",), "签收 {return_days} 天内可以申请退货。", intents=("return_apply",), tags=("general",)
    ),
    FaqEntry("opened", ("拆开过包装还能退货吗",), "不影响二次销售就可以退。", intents=("return_apply",)),
    FaqEntry("refund", ("退款多久到账",), "原路退回，一般三天到账。", intents=("refund_status",), tags=("general",)),
    FaqEntry("invoice", ("怎么开发票",), "在订单页申请电子发票。", intents=("invoice",), tags=("general",)),
    FaqEntry("fault", ("东西坏了怎么办",), "请拍照后申请售后。", intents=("quality_issue",), tags=("general",)),
    FaqEntry("sorry", ("我要投诉",), "很抱歉，请说说发生了什么。", intents=("complaint",), tags=("general",)),
)

CLEAR_SENTENCES = (
    ("电子发票在哪里下载", "invoice"),
    ("发票抬头开成公司的可以吗", "invoice"),
    ("能补开一张发票吗", "invoice"),
    ("怎么申请退货", "return_apply"),
    ("这件衣服不合适我想退货", "return_apply"),
    ("支持七天无理由退货吗", "return_apply"),
    ("退款什么时候到账", "refund_status"),
    ("退款三天了还没到账", "refund_status"),
    ("帮我查查退款进度", "refund_status"),
    ("我的快递到哪里了", "delivery_status"),
    ("物流好几天没更新了", "delivery_status"),
    ("麻烦催一下派送", "delivery_status"),
    ("什么时候发货", "ship_time"),
    ("拍下好几天了怎么还没发货", "ship_time"),
    ("从哪个城市发货", "ship_time"),
    ("可以修改收货地址吗", "order_modify"),
    ("地址填错了帮我改一下", "order_modify"),
    ("收件人电话写错了想改", "order_modify"),
    ("我想取消订单", "order_cancel"),
    ("订单怎么取消", "order_cancel"),
    ("有优惠券可以领吗", "coupon"),
    ("优惠券为什么用不了", "coupon"),
    ("买完就降价了能退差价吗", "price_protect"),
    ("价保怎么申请", "price_protect"),
    ("这款还有货吗", "stock"),
    ("什么时候补货", "stock"),
    ("我要转人工客服", "request_human"),
    ("给我接人工", "request_human"),
    ("你好在吗", "greeting"),
    ("穿多大码合适身高170体重130", "product_recommend"),
    ("运费谁承担", "shipping_fee"),
    ("包邮吗", "shipping_fee"),
    ("可以货到付款吗", "payment"),
    ("支持花呗分期吗", "payment"),
    ("保修期是多久", "repair_warranty"),
    ("想换个大一码的", "exchange"),
    ("收到的杯子碎了", "damaged"),
    ("给我发错颜色了", "wrong_or_missing"),
    ("少发了一件", "wrong_or_missing"),
    ("怎么修改登录密码", "account"),
    ("我的账号被盗了", "account_security"),
    ("怎么写评价", "review"),
)
"""Sentences nobody can misread, with what they ask for."""


def tiny_examples() -> list[Example]:
    """About 150 labelled messages of eight intents."""
    found = []
    for intent, block in _MESSAGES.items():
        for line in block.strip().splitlines():
            severity, emotion, text = line.split(maxsplit=2)
            found.append(Example(text, intent, severity=severity, emotion=emotion, source="samples"))
    return found


def tiny_faq() -> str:
    """A knowledge base for the eight intents."""
    return to_json(ENTRIES, SETTINGS)


def english_examples() -> list[Example]:
    """Forty messages to a library desk, in English, with labels of their own."""
    things = ("my library card", "the reading room", "a borrowed novel", "the big printer", "that old atlas")
    asks = {
        "opening_hours": ("when does {} open", "opening time of {} please"),
        "lost_item": ("i lost {} yesterday", "{} got lost somewhere"),
        "renew_loan": ("please renew {} for me", "can i renew {} again"),
        "elsewhere": ("tell {} about the weather on mars", "sing a song about {}"),
    }
    return [
        Example(form.format(thing), label, source="samples")
        for label, forms in asks.items()
        for form in forms
        for thing in things
    ]


def tiny_options() -> Options:
    """How the small model is trained: with every kind of feature, skip-grams as well."""
    return Options(block_weights=dict(DEFAULT_WEIGHTS))
