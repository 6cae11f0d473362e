"""Chinese words for days. Each rule is a pattern and how to read it; a group `said` is the mention itself."""

import re
from datetime import date, timedelta

from services.nlu.domain.dates.calendar import (
    Days,
    Frame,
    Reading,
    Rule,
    day_of_month,
    holiday,
    month_at,
    month_of,
    months_on,
    nearest,
    one,
    part_of,
    shifted,
    week_at,
    weekday,
    year_at,
)  # fmt: skip
from services.nlu.domain.numbers import HAN, HAN_DIGITS, chinese_number

STEPS = {
    "大前天": -3, "前天": -2, "前日": -2, "昨天": -1, "昨日": -1, "昨": -1, "今天": 0, "今日": 0, "今": 0, "当天": 0,
    "明天": 1, "明日": 1, "明": 1, "后天": 2, "后日": 2, "大后天": 3, "前": -2, "后": 2,
}  # fmt: skip
PART = r"(?:早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜|凌晨|晚|早)"
AROUND = r"(?:左右|之前|以前|前|之后|以后|后)?"
CLOCK = rf"(?:(?:[01]?[0-9]|2[0-4]|{HAN}{{1,3}})(?:点(?:半|钟|[0-5]?[0-9]分?|一刻)?|[:：][0-5][0-9]){AROUND})"
TIME = rf"(?:的?{PART})?(?:{CLOCK})?"
WEEK = r"(?:周|星期|礼拜)"
DAY = "一二三四五六日天末"
NUMBER = rf"(?:[0-9]{{1,3}}|{HAN}{{1,4}})"
VAGUE = {
    "几": (3, 9),
    "好几": (3, 9),
    "两三": (2, 3),
    "三四": (3, 4),
    "四五": (4, 5),
    "十几": (11, 19),
    "十来": (9, 11),
}
COUNT = rf"(?:{'|'.join(sorted(VAGUE, key=len, reverse=True))}|{NUMBER}|半)"
UNITS = r"(?:天|日|周|个?星期|个?礼拜|个?多?月|年|个?小时|分钟|个?钟头|个工作日)"
HOLIDAYS = {
    r"双(?:十一|11)": "singles' day", r"双(?:十二|12)": "double twelve", r"(?<![0-9])618(?![0-9])|六一八": "618",
    r"元旦(?:节)?": "new year", r"春节|过年|大年初一": "spring festival", r"清明(?:节)?": "qingming",
    r"除夕|大年三十": "new year's eve (lunar)", r"(?:五一|劳动节)(?!街|路)": "labour day",
    r"六一(?!八)(?:儿童节)?|儿童节": "children's day", r"端午(?:节)?": "dragon boat", r"七夕(?:节)?": "qixi",
    r"中秋(?:节)?": "mid-autumn", r"国庆(?:节)?|十一(?:假期|黄金周)": "national day", r"圣诞(?:节)?": "christmas",
    r"平安夜": "christmas eve", r"跨年": "new year's eve", r"情人节": "valentine", r"黑五|黑色星期五": "black friday",
    r"感恩节": "thanksgiving", r"万圣节": "halloween", r"母亲节": "mother's day", r"父亲节": "father's day",
    r"教师节": "teachers' day", r"三八(?:女王节|节)?|妇女节": "women's day",
}  # fmt: skip
PARTS = {"初": "start", "上旬": "start", "中": "middle", "中旬": "middle", "底": "end", "末": "end", "下旬": "end"}
STEP = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
YEARS = {"前年": -2, "去年": -1, "今年": 0, "明年": 1, "后年": 2}


def rule(pattern: str, read: Reading) -> Rule:
    return re.compile(pattern), read


def _number(said: str) -> int:
    return int(said) if said.isdecimal() else chinese_number(said)


def _count(said: str) -> tuple[int, int]:
    return VAGUE[said] if said in VAGUE else (_number(said), _number(said))


def _named(match: re.Match[str], frame: Frame) -> Days:
    return one(shifted(frame.today, STEPS[match["word"]]))


def _of_week(match: re.Match[str], frame: Frame) -> Days:
    which, place = match["which"], DAY.index(match["day"])
    if place == 8:
        return _weekend(frame, which)
    day = min(place, 6)
    if which:
        return one(week_at(frame.today, STEP[which])[0] + timedelta(days=day))
    return one(weekday(frame, day))


def _weekend(frame: Frame, which: str | None) -> Days:
    monday = week_at(frame.today, STEP[which] if which else 0)[0]
    return monday + timedelta(days=5), monday + timedelta(days=6)


def _week(match: re.Match[str], frame: Frame) -> Days:
    return week_at(frame.today, STEP[match["which"]])


def _month(match: re.Match[str], frame: Frame) -> Days:
    step = STEP[match["which"]]
    if match["day"]:
        first = month_at(frame.today, step)[0]
        return one(first.replace(day=_number(match["day"])))
    whole = month_at(frame.today, step)
    return part_of(whole, PARTS[match["part"]]) if match["part"] else whole


def _ago(match: re.Match[str], frame: Frame) -> Days:
    way = 1 if match["way"].endswith("后") else -1
    ends = sorted(
        _moved(frame, way, number, match["count"] == "半", match["unit"]) for number in _count(match["count"])
    )
    return ends[0], ends[-1]


def _moved(frame: Frame, way: int, number: int, half: bool, unit: str) -> date:
    if half:
        return shifted(frame.today, way * {"月": 15, "年": 182, "天": 0}.get(unit[-1], 0))
    if "月" in unit:
        return months_on(frame.today, way * number)
    if unit.endswith("年"):
        return months_on(frame.today, 12 * way * number)
    if unit == "个工作日":
        return shifted(frame.today, way * number)
    days = {"天": 1, "日": 1, "周": 7, "期": 7, "拜": 7}.get(unit[-1], 0)
    return shifted(frame.today, way * number * days)


def _recent(match: re.Match[str], frame: Frame) -> Days:
    low = _count(match["count"])[-1] if match["count"] else 3
    return _moved(frame, -1, low, match["count"] == "半", match["unit"]), frame.today


def _date(match: re.Match[str], frame: Frame) -> Days:
    month = _number(match["month"])
    year = match["year"]
    said_year = YEARS.get(year + "年") if year else None
    number = frame.today.year + said_year if said_year is not None else _number(year) if year else None
    if match["day"]:
        return one(nearest(frame, month, _number(match["day"]), number))
    first = nearest(frame, month, 1, number)
    whole = month_of(first.year, month)
    return part_of(whole, PARTS[match["part"]]) if match["part"] else whole


def _year(match: re.Match[str], frame: Frame) -> Days:
    whole = year_at(frame.today, YEARS[match["year"]])
    return part_of(whole, PARTS[match["part"]]) if match["part"] else whole


def _end_of(match: re.Match[str], frame: Frame) -> Days:
    whole = year_at(frame.today, 0) if match["unit"] == "年" else month_at(frame.today, 0)
    return part_of(whole, PARTS[match["part"]])


def _holiday(name: str) -> Reading:
    def read(match: re.Match[str], frame: Frame) -> Days:
        day = holiday(frame, name)
        years = {"去年": -1, "今年": 0, "明年": 1}
        if (which := match["which"]) in years:
            around = Frame(date(frame.today.year + years[which], day.month, min(day.day, 28)))
            day = holiday(around, name)
        return one(day)

    return read


def _front(match: re.Match[str], frame: Frame) -> Days:
    """前几天: between two and some such units ago."""
    low, high = (2, 2) if match["count"] == "两" else (2, 7)
    return _moved(frame, -1, high, False, match["unit"]), _moved(frame, -1, low, False, match["unit"])


DATED = re.compile(r"[号日点]|早|上午|中午|下午|晚")


def _is_date(match: re.Match[str]) -> bool:
    """5.20 may be a price: it is a day beside a word for one, or with a stroke."""
    said = match["said"]
    before = match.string[max(match.start() - 6, 0) : match.start()]
    after = match.string[match.end() : match.end() + 4]
    marked = "/" in said or DATED.search(said) is not None
    around = re.search(r"(?:在|于|是|从|自|等到|约)$", before) or re.match(
        r"\s?(?:[下买订收签发到]|之?前|以?前|那天|的)", after
    )
    return marked or around is not None


WHICH = r"(?<![路网线身手以马晚早])(?P<which>上上|下下|上|这|本|下)(?:一)?个?"
MONTH = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
YEAR = rf"(?P<year>20[0-9]{{2}}|[二两][{HAN_DIGITS}]{{3}}|[今去明前])年"
PART_OF = r"(?P<part>底|初|末|中旬|上旬|下旬)"
DAY_OF_MONTH = r"(?P<day>[12][0-9]|3[01]|[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])\s?[号日]"
ITS_YEAR = r"(?:(?P<which>去年|今年|明年)的?)?"
NO_DAY = r"(?!码|线|店|楼|门|色|款|机|常|用|本|期|客服|订单|商品|院|[0-9])"

RULES: tuple[Rule, ...] = (
    rule(rf"(?P<said>(?P<word>大前天|大后天|前天|前日|昨天|昨日|今天|今日|明天|明日|后天|后日|当天){TIME})", _named),
    rule(rf"(?P<said>(?P<word>[今昨明前后])(?:晚上?|早上?){CLOCK}?)(?!就|点|些|一|了解)", _named),
    rule(rf"(?P<said>(?:{WHICH})?{WEEK}(?P<day>[{DAY}])(?!年){TIME})(?!个)", _of_week),
    rule(rf"(?P<said>{WHICH}{WEEK})(?![{DAY}])", _week),
    rule(
        rf"(?P<said>{WHICH}月(?:份)?(?:\s?(?P<day>{NUMBER})\s?[号日]|(?P<part>底|初|末|[中上下]旬|中(?!心|间)))?)",
        _month,
    ),
    rule(rf"(?P<said>(?P<count>{COUNT})(?P<unit>{UNITS})(?P<way>(?:以|之)?[前后]))(?!悔)", _ago),
    rule(rf"(?P<said>(?:最近|近|过去|这)(?P<count>{COUNT}|两)(?P<unit>天|周|个?星期|个?月|年))", _recent),
    rule(r"(?P<said>前(?P<count>几|两|些)(?P<unit>天|个?月|年|周))", _front),
    rule(
        rf"(?P<said>(?:{YEAR})?{MONTH}\s?月(?:\s?(?P<day>[0-3]?[0-9]|{HAN}{{1,3}})(?:\s?[号日])?|份?{PART_OF}|份)?{TIME})(?<![个多])",
        _date,
    ),
    rule(
        rf"(?<![0-9第大小加零一二三四五六七八九十月/.-])(?P<said>{DAY_OF_MONTH}{TIME}){NO_DAY}",
        lambda match, frame: one(day_of_month(frame, _number(match["day"]))),
    ),
    rule(
        rf"(?<![0-9.])(?P<said>(?P<month>1[0-2]|0?[1-9])[./](?P<day>[0-3]?[0-9])(?:号|日)?{TIME})"
        r"(?=[^0-9./元块折万%厘毫克码寸斤米Vv]|$)(?!\s?[a-zA-Z分颗星])",
        lambda match, frame: one(nearest(frame, int(match["month"]), int(match["day"]))) if _is_date(match) else None,
    ),
    rule(r"(?P<said>(?P<unit>月|年)(?P<part>底(?!下)|初|末|中(?=之?[前旬])))", _end_of),
    rule(r"(?P<said>(?P<year>前年|去年|今年|明年|后年)(?P<part>底|初|末)?)(?!双|十一|国庆|春节|新)", _year),
    *(rule(rf"(?P<said>{ITS_YEAR}(?:{words}))", _holiday(name)) for words, name in HOLIDAYS.items()),
    rule(
        rf"(?P<said>{PART}{CLOCK})|(?<=[到在改是])(?P<day>上午|下午|晚上|傍晚|中午)",
        lambda match, frame: one(frame.today),
    ),
    rule(r"(?P<said>周末)", lambda match, frame: _weekend(frame, None)),
)
SIGNS = frozenset("双天日周星期礼拜月年时钟号点晚早午夜晨旦节夕春清端五六七八三秋庆诞平跨黑:：")
"""Each rule needs one of these characters, or a digit."""
