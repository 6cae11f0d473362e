"""What no model may say of itself or of the shop's work, whatever the pages hold."""

import re

_DONE_EN = "corrected|cancel(?:l?ed)|refunded|changed|updated|shipped|sent|processed|registered|submitted|forwarded|passed|booked|placed|issued|arranged|reserved|scheduled|opened|created|applied|added|removed|extended|credited|escalated|notified|contacted|checked|confirmed|approved|completed|initiated|started|logged|noted|filed|resolved|prepared|asked|informed|emailed|verified|transferred|deleted|activated|looked|returned|exchanged|replaced|repaired|dispatched|collected|reordered"
_DO_EN = r"call|contact|get back|follow up|notify|inform|update you|email|e-mail|write to you|let you know|reach out|check|look into|look it up|investigate|escalate|forward|pass|arrange|make sure|ensure|handle|take care|process|cancel|refund|send|ask|see to|try|keep|monitor|reserve|remind|transfer|connect|put you|request|issue|apply|add|prepare|change|review|speak|raise|waive|find out|let (?:\w+ ){1,3}know|report|have (?:it|this|your|a)"

PROMISE = re.compile(
    r"\b(?:i'll|i will|i shall) (?:now |also |gladly |happily |personally )*(?!be\b|not\b|now\b|also\b)[a-z]{2,}\b|我(?:来|先|再)?(?:帮|替|给|为)[您你]|"
    rf"\b(?:i'll|i will|i shall|i'm going to|i am going to|i can|let me|i'd be able to|allow me to|i promise to)(?: now| also| gladly| happily| quickly| just| immediately| personally)* (?:{_DO_EN})\b(?! if)"
    rf"|\b(?:we'll|we will|we're going to|we shall)(?: now| also| gladly| personally| soon| then)* (?:{_DO_EN})\b"
    r"|\b(?:someone|somebody|a colleague|my colleague|our team|the team|an agent|a specialist|a manager|my manager|our staff|a representative|a person|support)(?: from [\w ]+?)? (?:will|is going to|is looking|is checking|shall)\b"
    r"|\bwill be in touch\b|\brest assured\b|\b(?:hold on|wait a moment|one moment|just a moment|give me a (?:moment|second|minute)|bear with me)\b"
    r"|\bi(?:'m| am) (?:checking|looking|working|processing|contacting|forwarding|cancelling|escalating|on it|arranging|transferring)\b|\bin the background\b|\byou have my word\b|\bleave (?:it|this|that) (?:with|to) (?:me|us)\b|\bconsider it (?:done|sorted)\b|\bwe'll see you right\b|\b(?:colleagues?|one|someone) of (?:mine|ours) (?:will|is going to)\b|\bi promise\b|\bwe promise\b"
    r"|\b(?:technician|fitter|engineer|warehouse|adviser|advisor|expert|boss|courier|driver)s?(?: from [\w ]+?)? (?:will|is going to|shall) (?:ring|phone|call|contact|text|e-?mail)\b|\bwill (?:ring|phone|call) you\b"
    r"|我(?:这就|马上|立即|立刻|立马|现在就|稍后|回头)|下次(?:一定|肯定|保证)"
    r"|我(?:会|来|马上|这就|立即|稍后|现在就|尽快|正在|先|去|再)(?:\w{0,4})?(?:帮|为您|给您|联系|查|跟进|处理|回复|通知|反馈|转|催|核实|申请|安排|确认|提醒|记录|上报|问)"
    r"|(?:专员|同事|客服|工作人员|经理|专人|技术人员|团队|主管|人工)(?:\w{0,4})?(?:会|将|稍后|马上|正在)(?:\w{0,6})?(?:联系|回电|致电|回复|跟进|处理|与您|给您|为您|协助|核实)"
    r"|(?:稍后|尽快|马上|随后|第一时间)(?:\w{0,4})?(?:给您|为您|帮您|与您|联系您|回电|回复|答复|通知|跟进|处理|反馈)|请稍等|稍等|请您?耐心等待|我们会(?:尽快|持续|全力|马上|第一时间|跟进|主动|电话|安排|联系|致电|回电)|向您承诺|我承诺|我们承诺|包在我身上|交给我|我(?:一直|会|在|帮您)?(?:盯|看|守)着|会有(?:同事|专人|人|客服|师傅)[^,。;]{0,4}(?:打给|打电话|联系|回电|找您|通知)|帮您(?:催|跟进|盯|查|问|申请|争取|留意|反馈)"
)
"""Work announced: a model works on nothing and calls nobody."""
OWN = re.compile(r"\b(?:i\b|i'|let me|allow me)|我(?!们)|帮您|请稍等|稍等|包在我")
"""Announces work of its own."""
PROMISED = re.compile(
    PROMISE.pattern
    + r"|\b(?:we|you) (?:reply|replies|answer|answers|hear|get|receive)\b|\b(?:colleagues?|team|staff|somebody|someone) (?:\w+ )?(?:answer|repl|call|contact|write)"
    r"|(?:同事|客服|我们|专员)[^,。;]{0,8}(?:回复|联系|答复|通知|回电|处理|跟进)|第一时间"
)
"""What pages say of the same, not always in the future tense."""

ACT = re.compile(
    rf"\b(?:i|we)(?:'ve| have|'d| had)?(?: just| already| now| successfully| also)*(?: been)? (?:{_DONE_EN})\b"
    rf"|\b(?:your|the|this|that|it|everything|a|an|my)(?: \w+){{0,4}}?(?: has been| have been|'s been| was| were| is now| is already| are now)(?: just| already| now| successfully)* (?:{_DONE_EN})\b"
    r"|\bi(?:'ve| have)(?: just| already| now| also| successfully| gone ahead and)* (?!been|to\b)(?:[a-z]+(?:ed|en)|set|put|had|made|done|sent|left|told|found|begun|let|cut|paid|held|kept|brought|got (?!that|it\b|you\b))\b"
    r"|\bwe(?:'ve| have) (?:just|already|now) (?:[a-z]+(?:ed|en)|set|put|made|done|sent|left|told|found|begun|paid|held|brought|got)\b"
    r"|\bi (?:just|already) (?:[a-z]+ed|set|put|had|made|did|sent|left|told|found)\b|\byour (?:\w+ ){1,3}?(?:is|are) (?:just |already |now |currently )*being (?:\w+ )?[a-z]+(?:ed|en)\b"
    r"|\byour(?: \w+){1,3}? (?:has|have) (?:just |already |now |successfully )?been [a-z]+(?:ed|en)\b"
    r"|^(?:all )?done\b|\bit's done\b(?! (?:within|in|by|at|on|for))|\ball set\b|\btaken care of\b|\bsuccessfully\b|\bconsider it done\b|\b(?:cancell?ed|refunded|changed|updated) (?:it )?for you\b|\byour (?:\w+ ){1,3}?(?:went|came|has gone|have gone) (?:out|off|through|in|back)\b|\b(?:now|already) in your (?:inbox|mailbox)\b|\bin your (?:inbox|mailbox) (?:now|already)\b|\bis on its way to you\b|\bare on their way to you\b"
    r"|已经?(?:成功)?(?:为您|帮您|给您|替您)|(?:为您|帮您|给您|替您)\w{0,8}(?:好了|完成|成功|完毕)|(?:订单|退款|申请|退货|换货|地址|优惠券|积分|款项|包裹|付款|账号|工单|发票|投诉|您的\w{1,6})(?:都|也|现在)?已(?:经)?(?:成功)?(?:被)?(?:处理成功|取消|退|修改|更新|提交|处理|受理|登记|通过|寄|发|补|到账|变更|开具|开好|办|生成|恢复|记录|延长|转|删除|锁定|解锁)"
    r"|(?:刚刚|刚才|刚)(?:已经?)?(?:把|将|给您|帮您|替您|为您)|已经?(?:把|将)[^,。;]{1,12}(?:发|寄|改|取消|退|提交|登记|安排|转|加|放|换)(?!后|之后|的)"
    r"|[您你]的\w{1,8}?(?:已经|刚刚|已)(?!有)|已经?\w{1,4}(?:给|到)您"
    r"|(?:今早|今天|昨天|昨晚|上午|下午|刚刚?|已经?)(?:就|都)?(?:给您)?(?:打|发|寄|转|退|汇)(?:过去|出去|出|走)了|(?:发|寄|打)到?[您你]的?(?:邮箱|手机|卡|账户)里?了"
    r"|(?:办|处理|改|取消|退|登记|搞定|安排|转接|提交)好了|搞定了?|办理?(?:成功|完成|完毕)|(?:操作|取消|退款|修改|提交)(?:成功|完成)(?!后|之后|时|的)|我(?:刚刚?|已经?|刚才)"
)
"""Work said to be done."""

CONDITION = re.compile(
    r"\b(?:if|once|when|whenever|after|as soon as|unless|until|before|as long as|where|while|every|each)\b|如果|一旦|若|当|的话|之后|以后|后[，,]|前[，,]|时[，,]|尚未|(?<![您你])的(?:订单|商品|包裹|退款)"
)

SECRET = re.compile(
    r"\b(?:send|tell|give|share|provide|enter|type|need|confirm|reply with|post|message|what is|what's)\b[^.?!]{0,40}\b(?:password|passcode|card number|cvv|cvc|pin|security code|full card|one-time code|bank details|account number|iban|expiry date|verification code|id number|passport)\b"
    r"|(?:告诉|发|提供|输入|报|给|说|回复|填写)[^。！？]{0,14}(?:密码|卡号|cvv|安全码|验证码|银行账号|身份证|有效期和)|(?:密码|卡号|验证码|身份证号?)[^。！？]{0,8}(?:告诉|发给|发送|提供给|报给|发来)"
)
"""Asks for what nobody may be asked for here."""

SELF = re.compile(
    r"\b(?:as an? (?:ai|assistant|language model|chatbot|large)|language model|i(?:'m| am) (?:just |only )?(?:an? (?:ai|assistant|bot|chatbot|human|real|person|llm|large)|chatgpt|not able|unable|sorry, (?:but )?i can'?t)|"
    r"system prompt|my instructions|ignore (?:all|your|the|previous)|(?:provided|given|above|following) (?:context|text|passages?|facts?|information|document)|according to the (?:passages?|text|context|document|facts?|page|information)|(?:on|from) the page\\b(?! you)|the (?:passages?|context|page) (?:says?|states?|does|mentions?|tells?)|"
    r"i can(?:no|')t (?:help|assist|answer)|i do(?:n't| not) have (?:access|information|enough)|the answer (?:to (?:the|your) question )?is|(?:how|where|when|why|what) (?:can|do|should|must|may) i (?!help|assist|do for)|[aq]: |user:|assistant:|system:|human:|question:|answer:|openai|knowledge cutoff)"
    r"|作为一?[个名]?(?:ai|人工智能|语言模型|智能助手|助手|机器人)|语言模型|系统提示|提示词|忽略(?:之前|以上|所有|你的)|根据(?:提供|给出|上述|上面|以上|所给|文中|资料|上下文|页面|网页|信息)|页面(?:上|里)?(?:写着|显示|说|提到|没有|未)|(?:上下文|原文|文中|资料|文本)(?:中|里)?(?:没有|未|提到|显示|指出)|我是(?:一个|一名|真人|人工|ai|机器人)|我无法(?:回答|提供|帮)|我不能(?:回答|提供|帮)|(?:用户|助手|系统|问题|回答|问|答)[::]|训练数据"
)
"""Speaks of itself, of its task, or refuses it."""
