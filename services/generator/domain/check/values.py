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
    glass copper enamel voucher vouchers
    evri postnl paypal visa mastercard amex klarna alipay wechat unionpay sepa bitcoin crypto cash cheque ideal
    amazon ebay taobao tmall jd aliexpress whatsapp telegram instagram facebook tiktok youtube app phone hotline sms
    fax microwave oven bleach dishwasher softener tailor locksmith courier warehouse branch lawyer police bank
    insurance twice thrice doubled half dozen
    goose duck alpaca mohair cowhide sheepskin calfskin goatskin oak walnut beech birch ceramic silicone latex brass
    bronze zinc elastane spandex viscose modal lyocell tencel acrylic hemp jute denim corduroy velvet flannel porcelain
    ireland denmark sweden finland portugal greece hungary romania croatia turkey india vietnam thailand mexico brazil
    guangzhou chengdu wuhan nanjing suzhou xiamen qingdao ningbo wenzhou london manchester dublin vienna
    madrid rome milan amsterdam brussels prague warsaw lisbon stockholm copenhagen helsinki oslo zurich
    vancouver toronto sydney singapore seoul tokyo osaka bangkok dubai
    """
)
_CHINESE = word_list(
    """
    周一 周二 周三 周四 周五 周六 周日 周末 星期一 星期二 星期三 星期四 星期五 星期六 星期日 星期天 节假日 今天 明天 后天 昨天 下周 下个月 本周 红色 蓝色 绿色 黑色 白色 黄色 橙色 紫色 粉色 棕色
    灰色 金色 银色 棉 羊毛 真丝 牛皮 皮革 亚麻 涤纶 尼龙 羊绒 塑料 不锈钢 钛 橡胶 真皮 德国 法国 意大利 西班牙 日本 韩国 英国 美国 瑞士 俄罗斯 加拿大 澳大利亚 台湾 香港 澳门 杭州 上海 北京 深圳
    广州 欧洲 海外 顺丰 京东 中通 圆通 韵达 申通 邮政 德邦 菜鸟 极兔 支付宝 微信 银联 花呗 信用卡 银行卡 货到付款 现金 比特币 数字货币 白条 余额 淘宝 天猫 拼多多 抖音 小红书 闲鱼 亚马逊 微博 电话
    鸭绒 鹅绒 羊驼毛 马海毛 牦牛绒 兔毛 貂毛 牛皮 羊皮 猪皮 鹿皮 麂皮 人造革 橡木 胡桃木 松木 桦木 榉木 柚木 榆木 竹纤维 莫代尔 天丝 腈纶 氨纶 粘胶 硅胶 乳胶 陶瓷 搪瓷 黄铜 纯银 铝合金 碳纤维
    成都 重庆 武汉 南京 苏州 西安 天津 厦门 青岛 大连 宁波 温州 长沙 郑州 昆明 哈尔滨 沈阳 济南 合肥 福州 佛山 东莞 无锡 绍兴 义乌 泉州 珠海 三亚 拉萨 贵阳 南宁 兰州 太原 石家庄 南昌 长春 海口
    温哥华 多伦多 纽约 洛杉矶 伦敦 巴黎 柏林 慕尼黑 米兰 罗马 马德里 维也纳 东京 大阪 首尔 曼谷 悉尼 墨尔本 迪拜 阿姆斯特丹 新加坡 越南 泰国 印度 印尼 马来西亚 土耳其 巴西 墨西哥 荷兰 瑞典 丹麦
    挪威 芬兰 奥地利 比利时 葡萄牙 希腊 波兰 捷克 匈牙利 爱尔兰 新西兰 巴基斯坦 孟加拉 柬埔寨
    招商银行 工商银行 建设银行 农业银行 中国银行 交通银行 平安银行 浦发银行 兴业银行 民生银行 中信银行 光大银行 邮储银行 广发银行 网商银行 微众银行
    广场 大厦 商场 购物中心 火车站 机场 地铁站 写字楼 专卖店 旗舰店
    华为 小米 苹果 三星 倍思 绿联 安克 公牛 罗马仕 品胜 飞利浦 索尼 松下 西门子 美的 海尔 格力 联想 佳能 戴森 耐克 阿迪达斯 李宁 安踏 优衣库 无印良品 宜家 迪卡侬 沃尔玛 盒马 美团 饿了么 滴滴 高德 百度 唯品会 得物
    玻璃 实木 铸铁 代金券
    短信 传真 热线 漂白剂 柔顺剂 微波炉 烘干机 洗衣机 洗碗机 门店 仓库 银行 保险 律师 警察 驿站 公司 总部 实体店
    """
)
_WORD_EN = re.compile(r"(?<![a-z])(" + "|".join(sorted(_ENGLISH, key=len, reverse=True)) + r")(?:e?s)?(?![a-z])")
_WORD_ZH = re.compile("|".join(sorted(_CHINESE, key=len, reverse=True)))
_LATIN = re.compile(r"(?<![a-z0-9])[a-z]{2,}(?![a-z0-9])")
_CAPITAL = re.compile(
    r"(?:(?<=[a-z0-9,;&] )|(?<=\bM[rs]\. )|(?<=\bMrs\. ))([A-Z][a-z]+(?:[A-Z][a-z]*)*|[A-Z]{2,}[a-z]*)\b"
)
_PERSON_ZH = re.compile(
    r"(?<=画家|师傅|作者|歌手|演员|教授|医生|博士)[王李张刘陈杨赵黄周吴徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严武戚莫孔向汤][\u3400-\u9fff]{1,2}|(?<=摄影师|设计师|创始人|主理人)[王李张刘陈杨赵黄周吴徐孙马朱胡林][\u3400-\u9fff]{1,2}|"
    r"小[王李张刘陈杨赵黄周吴徐孙马朱胡林]|[王李张刘陈杨赵黄周吴徐孙马朱胡林](?:先生|女士|经理|老师|主管|师傅|主任|大姐|大哥|顾问)"
)
_SAME = {
    "星期": "周",
    "礼拜": "周",
    "周天": "周日",
    "机洗": "洗衣机洗",
    "烘干(?!机)": "烘干机",
    "(?:快递|物流|支付|航空|保险)公司": "",
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
