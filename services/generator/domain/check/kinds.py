"""What customers name and pages speak of as a kind: a country of the EU, a city of China, a card. Lists are open.

Also closed-kind words that say the same as others: a page that has one has told the other.
"""

import re

from services.generator.domain.check.tables import word_set

_EU = word_set(
    """
    austria belgium bulgaria croatia cyprus czechia czech denmark estonia finland france germany greece hungary ireland
    italy latvia lithuania luxembourg malta netherlands holland poland portugal romania slovakia slovenia spain sweden
    austrian belgian bulgarian croatian danish estonian finnish french german greek hungarian irish italian latvian
    lithuanian maltese dutch polish portuguese romanian slovak slovenian spanish swedish berlin munich hamburg leipzig
    cologne frankfurt paris lyon rome milan madrid barcelona lisbon porto vienna prague warsaw krakow budapest dublin
    cork copenhagen stockholm helsinki amsterdam rotterdam brussels antwerp athens tallinn riga vilnius
    奥地利 比利时 保加利亚 克罗地亚 塞浦路斯 捷克 丹麦 爱沙尼亚 芬兰 法国 德国 希腊 匈牙利 爱尔兰 意大利 拉脱维亚 立陶宛 卢森堡 马耳他
    荷兰 波兰 葡萄牙 罗马尼亚 斯洛伐克 斯洛文尼亚 西班牙 瑞典 柏林 慕尼黑 巴黎 罗马 米兰 马德里 维也纳 都柏林 阿姆斯特丹
    """
)
_CHINA = word_set(
    """
    shanghai beijing shenzhen guangzhou chengdu wuhan nanjing suzhou xiamen tianjin chongqing qingdao dalian ningbo
    changsha harbin kunming xian zhengzhou 上海 北京 深圳 广州 成都 武汉 南京 苏州 厦门 天津 重庆 青岛 大连 宁波 长沙 哈尔滨 昆明 西安 郑州
    杭州 合肥 福州 济南 沈阳 长春 佛山 东莞 无锡 温州 珠海
    """
)
_CARDS = word_set(
    "visa mastercard amex american express maestro unionpay debit credit 信用卡 银行卡 储蓄卡 借记卡 银联"
)
_KINDS = (
    (_EU, re.compile(r"\beu\b|\beurop|欧盟|欧洲")),
    (_CHINA, re.compile(r"\bchina\b|\bchinese\b|\bmainland\b|¥|大城市|国内|内地|大陆|中国|全国|各地")),
    (word_set("black navy brown grey gray 黑色 棕色 灰色 藏青"), re.compile(r"\bdark\b|深色")),
    (word_set("white beige 白色 米色"), re.compile(r"\blight(?:[- ]coloured)?\b|浅色")),
    (word_set("tonight today 今天 今晚"), re.compile(r"\bat once\b|\bimmediately\b|\binstant|立即|即时|马上|立刻")),
    (word_set("gmbh ltd llc sarl bv srl inc"), re.compile(r"\bcompan(?:y|ies)\b|\bbusiness\b|公司|企业")),
    (_CARDS, re.compile(r"(?<!gift )(?<!student )\bcards?\b|银行卡|信用卡|(?<![品员积生])卡(?!号|片)")),
)
_ALIKE = [
    (re.compile(word), re.compile(told))
    for word, told in (
        (r"couriers?", r"\b(?:carriers?|drivers?|delivery (?:person|service)s?|dhl|ups|dpd|gls)\b"),
        (r"uk|britain|england", r"\b(?:uk|britain|british|england|united kingdom)\b"), (r"usa?|america", r"\b(?:usa?|america|american|united states)\b"),
        (r"phone|hotline", r"\b(?:phone|telephone|mobile|smartphone|hotline|call|ring)s?\b"), (r"weekends?", r"\bsaturdays?\b.*\bsundays?\b"),
        (r"saturday|sunday", r"\bweekends?\b"), ("today", r"\bsame day\b"), ("tomorrow", r"\bnext day\b"), ("twice", r"\b(?:two|2) times\b"),
        ("half", r"\b(?:halves|50 ?%|0\.5)"), (r"china|chinese", r"\bchin(?:a|ese)\b"), (r"eu|europe|european", r"\b(?:eu|europe|european)\b"),
        (r"german(?:y|s)?", r"\bgerman"), (r"france|french", r"\b(?:france|french)\b"), (r"ital(?:y|ian)", r"\bital(?:y|ian)"), (r"spain|spanish", r"\bspa(?:in|nish)\b"),
        (r"japan(?:ese)?", r"\bjapan"), (r"leather", r"\b(?:cowhide|calfskin|suede|nubuck)\b"), (r"wool", r"\b(?:woollen|merino|cashmere)\b"), ("sms", r"\btext (?:message)?"),
        (r"vouchers?", r"\b(?:gift card|coupon|credit|voucher)s?\b"), ("代金券", "券|礼品卡"),
        (r"gr[ae]y", r"\bgr[ae]y\b"), ("aluminium|aluminum", r"\balumini?um\b"), ("branch", r"\b(?:store|shop|showroom|counter)\b"), (r"minus", r"-\d|below"),
        ("门店|实体店", "展厅|线下店|店里|到店|柜台|门店|实体店"), ("仓库", "仓里|库房|发货地"), ("公司", "企业|商家|对公"), ("电话|热线", "电话|热线|手机|致电|拨打"), ("短信", "手机消息"),
        ("周末", "周六|星期六|周日|双休"), ("周[六日]|星期[六日]", "周末"), ("节假日", "法定假|放假|假期|节日"), ("今天", "当日|同日"), ("明天", "第二天|隔天|隔日"),
        ("皮革|真皮", "[牛羊鹿猪]皮|头层"), ("羊毛", "美利奴"), ("海外", "国外|境外|外国"), ("欧洲", "欧盟"), ("银行", "银行卡|开户行"), ("烘干机", "烘干"),
        ("灰色", "灰"), ("红色", "红"), ("蓝色", "蓝|藏青"), ("绿色", "绿"), ("黑色", "黑"), ("白色", "白"), ("黄色", "黄"), ("棕色", "棕|咖啡色"), ("粉色", "粉"), ("金色", "金"), ("紫色", "紫"), ("橙色", "橙"),
    )
]  # fmt: skip


def told_by_kind(word: str, known: str) -> bool:
    """Whether a normal text speaks of what a word is one of."""
    return any(word in members and told.search(known) is not None for members, told in _KINDS)


def told_alike(word: str, known: str) -> bool:
    """Whether a normal text has another word for the same."""
    return any(said.fullmatch(word) and told.search(known) for said, told in _ALIKE)
