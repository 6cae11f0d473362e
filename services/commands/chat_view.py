"""How a conversation looks in a terminal. Replies go to standard output, talk about them to standard error."""

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from shared.contracts.messages import PreviewShown, Reply

WORDS = {
    "en": {
        "bot": "bot",
        "agent": "agent",
        "you": "you",
        "choose": "Type the number of your choice, or answer in your own words.",
        "confirm": "Type confirm to go ahead, or cancel to leave everything as it is.",
        "nothing": "There is nothing to confirm or cancel at the moment.",
        "receipt": "Receipt",
        "source": "Source",
        "again": "Connected again.",
        "late": "No answer came in time.",
        "failed": "This message could not be answered; it is safe to ask again.",
        "expired": "The answer took too long; it is safe to ask again.",
        "ticket": "Ticket {ticket}: {state}, place {position} in the queue.",
        "closed": "The shop closed this conversation; start a new one.",
        "refused": "Not taken: {detail}",
    },
    "zh": {
        "bot": "客服",
        "agent": "人工客服",
        "you": "您",
        "choose": "请输入选项前的数字，也可以直接用文字回答。",
        "confirm": "输入“确认”即执行，输入“取消”则保持原样。",
        "nothing": "目前没有需要确认或取消的操作。",
        "receipt": "回执",
        "source": "来源",
        "again": "已重新连接。",
        "late": "未能及时收到回复。",
        "failed": "这条消息没能处理成功，您可以放心再问一次。",
        "expired": "处理超时，您可以放心再问一次。",
        "ticket": "工单 {ticket}：{state}，排在第 {position} 位。",
        "closed": "商店已结束本次对话，请重新开始。",
        "refused": "消息未被接收：{detail}",
    },
}


def printable(text: str) -> str:
    """The text without control characters, which could act on the reader's terminal."""
    return "".join(char for char in text if char.isprintable() or char in "\n\t")


class View:
    """Draws what the gateway sends; `language` follows the last reply."""

    def __init__(self, out: Console, err: Console, language: str = "en") -> None:
        self._out = out
        self._err = err
        self.language = language

    def word(self, name: str) -> str:
        return WORDS[self.language][name]

    def notice(self, name: str, **values: object) -> None:
        """A remark of this program, not of the shop."""
        self._err.print(Text(printable(self.word(name).format(**values)), style="dim"), soft_wrap=True)

    def agent(self, text: str) -> None:
        self._say("agent", text)

    def reply(self, reply: Reply) -> None:
        self.language = reply.language
        self._say("bot", reply.text)
        for source in reply.sources:
            where = f"{source.title} {source.url}".strip()
            self._line(f"  {self.word('source')}: {where}", "dim")
        for act in reply.acts:
            if act.receipt not in reply.text:
                self._line(f"  {self.word('receipt')} {act.receipt} · {act.target}", "green")
        if reply.expects.preview:
            self._preview(reply.expects.preview)
        elif reply.expects.options:
            self._options(reply)

    def _options(self, reply: Reply) -> None:
        """The choices with their numbers, where the text does not list them itself."""
        for place, option in enumerate(reply.expects.options, 1):
            line = f"{place}. {option.label}"
            if line not in reply.text:
                self._line(f"  {line}", "cyan")
        self.notice("choose")

    def _preview(self, preview: PreviewShown) -> None:
        title = Text(printable(preview.target), style="bold")
        self._out.print(Panel(printable(preview.effect), title=title, box=box.ROUNDED, expand=False))
        self.notice("confirm")

    def _say(self, who: str, text: str) -> None:
        line = Text.assemble((f"{self.word(who)} › ", "bold"), printable(text))
        self._out.print(line, soft_wrap=True)

    def _line(self, text: str, style: str) -> None:
        self._out.print(Text(printable(text), style=style), soft_wrap=True)
