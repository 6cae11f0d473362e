"""Ways of saying the same that words alone do not show: each is read as one of them. In both languages."""

import re

_FREE = (
    r"\bat no (?:extra |additional |further )?(?:cost|charge)s?\b|\bfree of charge\b|\bfor free\b|\bfor nothing\b|\bgratis\b|"
    r"\bon the house\b|\bwithout (?:any |an |extra |additional ){0,2}(?:charge|cost|fee)s?\b"
)


def _one(match: re.Match[str]) -> str:
    return f"{match[0].split()[0]} 1 "


def _both_halves(match: re.Match[str]) -> str:
    """Two times of which the second alone tells the half of the day: "from 6 to 9 pm"."""
    first, joint, second, half = match.groups()
    alike = int(first.split(":")[0]) < int(second.split(":")[0])
    return f"{first} {half}m {joint} {second} {half}m" if alike else match[0]


_TENTHS = {char: f"{tenth}0%" for tenth, char in enumerate("一二三四五六七八九", 1)}
_DIGITS = {char: str(value) for value, char in enumerate("零一二三四五六七八九")} | {"两": "2"}
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"


def _tenths(match: re.Match[str]) -> str:
    """Nine tenths, as Chinese says ninety per cent."""
    return _TENTHS[match[1]]


def _height(match: re.Match[str]) -> str:
    """A metre and some: 一米六五, 1米7."""
    metres, rest = ("".join(_DIGITS.get(char, char) for char in part) for part in match.groups())
    return f"{metres}{rest:0<2}厘米"


_POWERS_ZH = {"百": 100, "千": 1000, "万": 10_000}


def _power(match: re.Match[str]) -> str:
    """Figures and a power in one: 3千, 1.5万."""
    return f"{float(match[1]) * _POWERS_ZH[match[2]]:g}" if float(match[1]) < _MANY else match[0]


_MANY = 1000
_HOURS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def _figure(word: str) -> str:
    return str(_HOURS.index(word) + 1) if word in _HOURS else _DIGITS.get(word, word)


def _half_past(match: re.Match[str]) -> str:
    return f"{_figure(match[1])}:30"


def _and_half(match: re.Match[str]) -> str:
    return f"{_figure(match[1])}.5"


def _half_more(match: re.Match[str]) -> str:
    return f"{_figure(match[1])}.5个"


def _and_half_zh(match: re.Match[str]) -> str:
    return f"{_figure(match[1])}.5{match[2]}"


def _tenth_yuan(match: re.Match[str]) -> str:
    return f"0.{_figure(match[1])}元"


_NOT_SAY = (
    r"\b(?:i|we) (?:can't|cannot|can not|couldn't|(?:am|are) (?:not able|unable) to|'?(?:m|re) (?:not able|unable) to|won't|wouldn't)|"
    r"\b(?:i'm|we're) (?:not able|unable) to"
)
_DECLINES = (
    rf"(?:^|(?<=[,.;:!?\n])|(?<=\bbut)) ?(?!as an? )(?:[^,.;:!?\d\n]*? )?(?:(?:{_NOT_SAY}) (?:really |quite |exactly )?(?:say|tell|answer|name|give|offer|confirm|promise|speak|judge|quote)\b|"
    r"\b(?:i|we) (?:don't|do not) (?:know|have (?:any |the |that |an? |exact |further |more )*(?:details?|figures?|information|word|data|answer|measure|number)s?)\b|\b(?:i'm|i am|we're) (?:not (?:sure|certain)|unsure)\b|"
    r"\bthere(?:'s| is) no (?:word|information|detail|figure|mention)s? (?:here |there )?(?:on|about|of)\b)(?:(?! but )[^,.;:!?\d\n])*"
)
_DECLINES_ZH = (
    r"(?:^|(?<=[,。;:!?\n]))(?!作为)[^,。;:!?\d\n]*(?:(?<!我)(?:没法|没办法|无法|不好|不便|不能|不敢|难以)[^,。;!?\d我]{0,4}(?:说(?!明)|讲|断言|断定|下定论|打包票|答复|给准|判断)|给不(?:了|出)[^,。;!?\d]{0,3}(?:准|答|确切)|"
    r"说不(?:准|好|上来?)|拿不准|答不上来?|(?:我|这边|这里|暂时|目前)[^,。;!?\d]{0,4}(?:不(?:太)?(?:清楚|确定|了解|知道)|没有(?:这方面|相关|具体|更多)的?(?:信息|资料|数据|说明)))[^,。;:!?\d\n]*"
)
"""Says that it does not know: whatever it names, nothing is claimed of it."""

_IDIOMS = (
    (_DECLINES, " sorry"), (_DECLINES_ZH, "抱歉"),
    (r"\bno wonder\b|\b(?:it's|it is|that's|they're) (?:so )?eas(?:y|ily) (?:to (?:miss|overlook|mix up|forget)|missed|overlooked|forgotten)\b|\b(?:good|fair|great) (?:question|point)\b|\bno (?:harm|trouble)(?: done)?\b", "well"),
    (r"[^,。;!?\d]{0,8}(?:确实|真的?|挺|太|很)(?:是)?(?:难受|烦人?|闹心|糟心|扫兴|可惜|着急|头疼|不舒服|让人\w{1,3})(?=[,。!的了])|[您你](?:再)?(?:留意|看着办|看看?(?:哪[种个款])?(?:合适)?)(?:一?下)?(?:时间|日子)?(?=[,。!]|$)", "亲"),
    (r"(?:^|(?<=[,。!]))尽管(?:放心)?[\u3400-\u9fff]{1,2}(?=[,。!])", "放心"),
    (r"(?:^|(?<=[,。;!]))(没|未|不)([^,。;的\d]{1,8})就(?=[能可会得])", r"如果\1\2,"), (r"不((?:在|是|到)[^,。;\d]{1,8})也(?=[可能行])", r"\1"),
    (r"^should (?=(?:it|you|they|we|the|your|anything|there|that)\b)", "if "), (r"\b(is|are) (?:still |yet |only )*(?:waiting|yet|due) to be\b", r"\1 not yet"),
    (r"\bstraight ?away\b|\bright away\b|\bon the spot\b|\bwithout delay\b", "at once"), (r"([没不未][^,。;\d]{1,8})的话(?=[^,。;:!?\n])", r"\1的话,"), (r"(?:还|都)?没有?(?=超过)", "不"),
    (r"([退换取改寄买发送拿办开用装修补洗穿])不(?:了|掉|成)[了啦]?", r"不能\1"), (r"([退换取改寄买发送拿办开用装修补洗穿])得(?:了|掉|成)", r"能\1"),
    (r"退(?:回|到|还到?)?[您你]?(?:原来的?|付款时?用?的?|支付时?用?的?)(?:那?张)?(?:银行)?(?:卡|账户|付款方式|支付方式|渠道)里?", "原路退回"),
    (r"(?<![十百千万\d.])([一两二三四五六七八九\d])(升|斤|公斤|米|天|岁|码)半", _and_half_zh),
    (r"\b(?:you )?pay nothing\b(?! for| extra)|\b(?:there's|there is) nothing to pay\b", "it is free"),
    (r"(?<=[\u3400-\u9fff]) +(?=[\d¥€$£])|(?<=[\d%]) +(?=[\u3400-\u9fff])", ""),
    (rf"\b(\d{{1,2}})(?:st|nd|rd|th)? ?(-|to|and|until|till) ?(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTHS})\b", r"\1 \4 \2 \3 \4"),
    (rf"\b({_MONTHS}) (\d{{1,2}})(?:st|nd|rd|th)? ?(-|to|and|until|till) ?(\d{{1,2}})(?:st|nd|rd|th)?\b(?![:.]?\d)", r"\1 \2 \3 \1 \4"),
    (r"(\d{1,2})月(\d{1,2})[日号]?(到|至|-)(\d{1,2})[日号]", r"\1月\2日\3\1月\4日"),
    (r"(?m)^([a-z][a-z -]{2,30}): no(?=[,.;]|$)", r"not \1"), (r"(?m)^([\u3400-\u9fff]{2,8}):[否不无](?=[,。;]|$)", r"不\1"),
    (r"^(?:oh,? )*(?:what a (?:pity|shame|nuisance|disappointment)|oh (?:no|dear)|poor [a-z]+|how (?:annoying|disappointing)|that's (?:annoying|a (?:pity|shame)))(?:, [a-z' ]{1,30})?(?=[!.])", "sorry"),
    (r"\bthat(?:'s| is) (?:easily|quickly) (?:put right|done|sorted|fixed|solved)\b|\beasily done\b", "sure"), (r"\bit happens(?: to everyone)?\b|\b(?:don't|do not) be (?:too )?hard on yourself\b|\b(?:don't|do not) panic\b", "well"),
    (r"^i (?:do |fully |completely |can )?understand\b(?![^.!]*(?:\byou can\b|\bwe\b|\bfree\b|\bwill\b|\d))[^.!]*(?=!$|\.$)", "sorry"),
    (r"\bsorry (?:to hear (?:that|about|of)|about|for)\b(?! \d)[^,.;:!\d]*", "sorry"),
    (r"(?:抱歉|不好意思|对不起)(?:,?(?:给您(?:添麻烦|带来|造成)|让您|影响到?您)[^,。;!\d]{0,8})", "抱歉"), (r"给您这样的感受|(?:先)?别(?:着急|担心|难过|自责|慌)|让您久等了?|辛苦您?了|理解您的心情", "亲"),
    (r"(?<![需重])要是|万一|假如|倘若", "如果"),
    (r"(?<=[库司边])会?拒收|会拒收", "不收"), (r"^(?:in most cases|usually|as a rule|normally),? no(?=[,:.])", "no"),
    (r"\bbelow zero\b", "below freezing"), (r"\ba (?=(?:hundred|thousand)\b)", "one "),
    (r"\b(\d{1,2})(:\d\d)? (?:o'clock )?in the (?:afternoon|evening)\b", r"\1\2 pm"), (r"\b(\d{1,2})(:\d\d)? (?:o'clock )?in the morning\b", r"\1\2 am"),
    (r"\b(?:place |make )?two (?:separate |different )?orders\b", "order separately"), (r"再([^,。;\d]{1,4})一[次下遍回]", r"再\1"), (r"分(?:成|开)?两单|分两次下单|两单分开", "分开下单"),
    (r"(\d+(?:\.\d+)?)([百千万])(?![克米瓦\d])", _power), (r"(?<![\d.])(\d+)块([1-9])(?![\d.个天小年月])", r"\1.\2元"),
    (r"([¥€$£] ?\d[\d.,]*|\d[\d.]*(?:欧元|元|块钱?))(?:/|一)(?=单|件|次|份|双|年|月|天|人|位|只|袋|盒)", r"\1每"),
    (r"\b(?:(?:there is |there's )?no need to|do not|don't) worry(?: about [^,.;:!]*)?", "fine"),
    (r"([一二三四五六七八九])成(?![\u3400-\u9fff]{0,1}[长功交员立本分熟])", _tenths),
    (r"(?<![\d.])([12一两二])米([\d一二三四五六七八九零]{1,2})(?![\d.]|米|厘|毫|个)", _height),
    (r"(?<![十百千万\d几])一块(?=[\u3400-\u9fff])(?!块?钱|起|儿)", "一个"), (r"一分(?:钱)?(?:都|也)?不(?:少|差)", "全额"),
    (r"(?<![两三])半个月", "15天"), (r"(?:礼拜|星期)(?=[一二三四五六日天])", "周"), (r"周天", "周日"),
    (r"\bcosts? (?:you )?nothing\b|\b(?:does|do) ?(?:not|n't) cost (?:you )?anything\b", "is free"),
    (r"\b(?:you )?pays? nothing(?: extra)? for\b|\byou (?:do not|don't|won't|need not) (?:have to |need to )?pay (?:anything )?(?:extra )?for\b", "get free"),
    (r"\b(\d{1,2}(?::\d\d)?) ?(-|to|until|till|and) ?(\d{1,2}(?::\d\d)?) ?([ap])\.?m\b", _both_halves),
    (_FREE, "free"),
    (r"\b(?:there is|there's|there are|we charge|we take|you pay) no (?:extra |additional )?(?:charge|fee|cost)s?(?: for)?\b", "free"),
    (r"\bhalf past (\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b", _half_past),
    (r"\b(one|two|three|four|five|six|seven|eight|nine|ten|\d+) and a half\b(?= [a-z])", _and_half),
    (r"\bhalf an? (?=centimet|met|kilo|lit|mile)", "0.5 "),
    (r"([一二两三四五六七八九])毛(?:钱)?(?![\u3400-\u9fff]*[衣巾笔线皮毯])", _tenth_yuan), (r"([二两三四五六七八九\d])个半(?=小时|钟头|月|星期|礼拜)", _half_more),
    (r"\b(?:an|one) hour and a half\b|\bone and a half hours\b", "90 minutes"),
    (r"\bhalf an hour\b|\bhalf-hour\b|\ba half hour\b", "30 minutes"),
    (r"\ba quarter of an hour\b", "15 minutes"),
    (r"\bhalf a year\b", "6 months"), (r"\ba year and a half\b", "18 months"), (r"\ba fortnight\b", "14 days"),
    (r"\b(?:a|one) dozen\b", "12"), (r"\ba couple of (?=days|weeks|hours|months|years)", "2 "),
    (r"\b(?:at )?half (?:the )?price\b", "50% off"),
    (r"\b(?:12 )?(?:noon|midday)\b", "12:00"), (r"\b(?:12 )?midnight\b", "24:00"),
    (r"\b(?:within|in|after|for|than|takes?|about|around) (?:a|an|one) (?=(?:working |business )?(?:day|week|month|year|hour)\b)", _one),
    (r"\bneither of (?:them|the two|these)\b", "neither"), (r"\b(?:is|are) ruled out\b", "is not possible"),
    (r"\b(is|are) not excluded(?: from)?\b", r"\1 included in"), (r"\b(is|are) (?:also )?excluded(?: from)?\b", r"\1 not included in"), (r"(?<!can )(?<!may )(?<!to )(?<!will )\bexcludes?\b", "does not include"),
    (r"\b(?:closes?|shuts?) at (?=\d)", "is open until "), (r"\bopens? at (?=\d)", "is open from "),
    (r"\bmust not be missing\b", "must be there"), (r"\bno longer than\b", "at most"),
    (r"\bas long as (?=[^,.;]* (?:is|are|has|have) still )", "while "),
    (r"不(?:收取?|要|用付|用交|用出|需付|必付)(?:任何|额外)?(?:费用?|钱)|(?:不|无需|不用|不会|没有)(?:另外|额外|再)(?:收费|付费|付钱)|(?<!并)(?<!是)不收费|免收费用?|零费用|(?:无|没有)(?:任何|额外)费用", "免费"),
    (r"免(?:除|收|付)?([^\W\da-z免费的]{1,6}费)(?!用)", r"\1免费"),
    (r"一(?=(?:个?小时|天|周|个月|年|件|单|次|份|袋|盒|杯)[^,。;\d]{0,3}[¥\d])", "每"),
    (r"一个半(?:小时|钟头)", "90分钟"), (r"半(?:个)?(?:小时|钟头)", "30分钟"), (r"半价", "5折"), (r"一年半", "18个月"), (r"半年", "6个月"),
    (r"(?:中午|正午)(?!\d|十|1)(?=前|之前|以前)", "12:00"), (r"(?:零点|午夜)", "24:00"),
    (r"可不可以", "是否可以"), (r"([能会要])不\1", r"是否\1"),
    (r"除了([^,。;外]{1,16}),(?=[^,。;]{0,6}(?:还|也|更))", r"\1,"), (r"(\d)\([^()]{1,10}\)(?=之?前|以前|之?后|以后|起)", r"\1"),
    (r"有没有", "是否有"), (r"是不是", "是否是"),
    (r"\bfree (?:of|from) (?!charge)", "without "),
    (r"除了([^,。;外]{1,12}),", r"\1除外,"), (r"除了?([^,。;]{1,12}?)(?:之外|以外|外),?", r"\1除外,"), (r"一年四季(?:都)?", "全年"),
    (r"\b(?:all year round|all year long|year-round|throughout the year)\b", "all year"),
    (r"俩(?=月|小时|星期|礼拜)", "两个"), (r"每一?(?=\d|[一二两三四五六七八九十])", "每"),
)  # fmt: skip
_READ = [(re.compile(pattern), meant) for pattern, meant in _IDIOMS]


def plain(text: str) -> str:
    """A text in small letters with its idioms as other texts would say it."""
    for pattern, meant in _READ:
        text = pattern.sub(meant, text)
    return text
