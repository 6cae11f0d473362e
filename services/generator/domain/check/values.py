"""Words of closed kinds: who writes one of them claims a fact, so it must stand in what is known."""

import re

from services.generator.domain.check.tables import word_list

_ENGLISH = word_list(
    """
    monday tuesday wednesday thursday friday saturday sunday weekend today tomorrow yesterday tonight
    january february april june july august september october november december red blue green black white yellow
    orange purple pink brown grey gray beige navy gold silver cotton wool silk leather linen polyester nylon suede
    cashmere merino bamboo plastic steel aluminium titanium rubber fur china germany france italy spain japan korea
    britain england uk usa america switzerland austria poland netherlands russia norway canada australia taiwan
    macau hangzhou shanghai beijing shenzhen berlin paris london dhl dpd ups fedex gls hermes sf ems yto zto usps
    evri postnl paypal visa mastercard amex klarna alipay wechat unionpay sepa bitcoin crypto cash cheque ideal
    amazon ebay taobao tmall jd aliexpress whatsapp telegram instagram facebook tiktok youtube app phone hotline sms
    fax microwave oven bleach dishwasher softener tailor locksmith courier warehouse branch lawyer police bank
    insurance twice thrice doubled half dozen
    """
)
_CHINESE = word_list(
    """
    周一 周二 周三 周四 周五 周六 周日 周末 星期一 星期二 星期三 星期四 星期五 星期六 星期日 星期天 节假日 今天 明天 后天 昨天 下周 下个月 本周 红色 蓝色 绿色 黑色 白色 黄色 橙色 紫色 粉色 棕色
    灰色 金色 银色 棉 羊毛 真丝 牛皮 皮革 亚麻 涤纶 尼龙 羊绒 塑料 不锈钢 钛 橡胶 真皮 德国 法国 意大利 西班牙 日本 韩国 英国 美国 瑞士 俄罗斯 加拿大 澳大利亚 台湾 香港 澳门 杭州 上海 北京 深圳
    广州 欧洲 海外 顺丰 京东 中通 圆通 韵达 申通 邮政 德邦 菜鸟 极兔 支付宝 微信 银联 花呗 信用卡 银行卡 货到付款 现金 比特币 数字货币 白条 余额 淘宝 天猫 拼多多 抖音 小红书 闲鱼 亚马逊 微博 电话
    短信 传真 热线 漂白剂 柔顺剂 微波炉 烘干机 洗衣机 洗碗机 门店 仓库 银行 保险 律师 警察 驿站 公司 总部 实体店
    """
)
_WORD_EN = re.compile(r"(?<![a-z])(" + "|".join(sorted(_ENGLISH, key=len, reverse=True)) + r")(?:e?s)?(?![a-z])")
_WORD_ZH = re.compile("|".join(sorted(_CHINESE, key=len, reverse=True)))
_LATIN = re.compile(r"(?<![a-z0-9])[a-z]{2,}(?![a-z0-9])")
_CAPITAL = re.compile(r"(?<=[a-z0-9,;&] )([A-Z][a-z]+|[A-Z]{2,})\b")
_PERSON_ZH = re.compile(
    r"小[王李张刘陈杨赵黄周吴徐孙马朱胡林]|[王李张刘陈杨赵黄周吴徐孙马朱胡林](?:先生|女士|经理|老师|主管)"
)
_SAME = {
    "星期": "周",
    "礼拜": "周",
    "周天": "周日",
    "机洗": "洗衣机洗",
    "烘干(?!机)": "烘干机",
    "当天": "今天",
    "次日": "明天",
}


def claimed_values(text: str) -> set[str]:
    """The closed-kind words of a normal text."""
    for written, meant in _SAME.items():
        text = re.sub(written, meant, text)
    return {*_WORD_EN.findall(text), *_WORD_ZH.findall(text), *_PERSON_ZH.findall(text)}


def unknown_names(sentence: str, known: str, language: str) -> set[str]:
    """Names in a sentence that `known`, a normal text, does not hold: capitals in English, Latin in Chinese."""
    if language == "zh":
        names = _LATIN.findall(sentence.lower())
    else:
        names = [name.lower() for name in _CAPITAL.findall(sentence)]
    return {name for name in names if not re.search(rf"(?<![a-z]){re.escape(name.removesuffix('s'))}", known)}
