"""Which column or key of an export is what, whatever it is called there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared.errors import ConfigError

NAMES = {
    "text": "text utterance message content body query question sentence phrase customermessage usermessage "
    "messagetext messagebody customertext userinput input utt msg instruction chat "
    "内容 消息内容 聊天内容 消息 文本 问题 买家消息 用户问题 客户问题 咨询内容 句子 话术 原文 留言",
    "intent": "intent intentname intentlabel userintent goldintent 意图 意图名称 label labels class classname target "
    "category topic tag 标签 分类 类别 类目 问题类型",
    "role": "role senderrole sendertype authorrole authortype speakerrole participanttype usertype direction from "
    "speaker sender author 角色 发送方 发言方 发送者类型 身份 说话人 发送人 发送者",
    "name": "name sendername author authorname sender from customer customername username nickname nick buyer "
    "buyernick 姓名 昵称 买家昵称 客户姓名 用户名 发送人 发送者 买家 说话人 旺旺",
    "language": "language lang locale languagecode 语言 语种",
    "entities": "entities spans slots annotations 实体",
}
"""What each meaning may be called, the likeliest first; case, blanks and signs do not count."""
CUSTOMER = (
    "customer user client buyer visitor consumer guest enduser contact human inbound in incoming received requester "
    "lead shopper member 客户 用户 顾客 买家 访客 消费者 会员 客人 1"
)
SHOP = (
    "agent assistant bot system support seller shop operator staff admin merchant store outbound out outgoing sent "
    "service representative rep teammate employee tool developer csr advisor 客服 卖家 商家 店铺 店家 机器人 系统 坐席 "
    "店小二 运营 人工客服 智能客服 0"
)
SHOP_IN_NAME = re.compile(
    r"客服|旗舰店|专卖店|专营店|官方|小助手|机器人|\b(?:support|service|bot|team|shop|store|help ?desk|agent)\b", re.I
)


@dataclass(frozen=True)
class Columns:
    """The column of each meaning; None where the export has none."""

    text: str
    intent: str | None = None
    role: str | None = None
    name: str | None = None
    language: str | None = None
    entities: str | None = None

    def told(self) -> dict[str, str]:
        return {meaning: column for meaning, column in vars(self).items() if column is not None}


def find_columns(names: Sequence[str], text: str | None = None, intent: str | None = None) -> Columns | None:
    """The meaning of each of these headings; `text` and `intent` are what somebody says they are called.

    None if none of them is the text. Raises ConfigError where a column that somebody named is not there.
    """
    found = {meaning: _first(names, known) for meaning, known in NAMES.items()}
    for meaning, column in (("text", text), ("intent", intent)):
        if column is not None:
            found[meaning] = _named(names, column, meaning)
    if found["text"] is None:
        return None
    taken = {found["text"], found["intent"]}
    rest = {meaning: column for meaning, column in found.items() if meaning not in ("text", "intent")}
    return Columns(found["text"], found["intent"], **{m: None if c in taken else c for m, c in rest.items()})


def _first(names: Sequence[str], known: str) -> str | None:
    plain = {_plain(name): name for name in reversed(names)}
    return next((plain[word] for word in known.split() if word in plain), None)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _named(names: Sequence[str], column: str, meaning: str) -> str:
    if column in names:
        return column
    if column.isdecimal() and 0 < int(column) <= len(names):
        return names[int(column) - 1]
    there = ", ".join(names[:12])
    raise ConfigError(f"there is no column `{column}` for --{meaning}; name one of: {there}")


def is_shop(role: str) -> bool | None:
    """Whether the shop speaks, judged by a role; None where the role is not known."""
    plain = _plain(role)
    if plain in SHOP.split():
        return True
    return False if plain in CUSTOMER.split() else None


def names_shop(sender: str) -> bool:
    """Whether a sender's name is that of the shop's desk."""
    return bool(SHOP_IN_NAME.search(sender))
