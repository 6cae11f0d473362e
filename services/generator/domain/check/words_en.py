"""What the check knows of English."""

from services.generator.domain.check.tables import word_set

STOP = word_set(
    """
    a an the this that these those there here it its it's he she they them their theirs i me my mine we us our ours
    you your yours yourself who whom whose which what where when why how and or but so if then than as at by for
    from in into of on onto to with within without about after before between during over under up down out off
    again also too very just only even still yet ever more most less least much many any some all both each every
    either neither other another such own same not no nor never none nothing can can't cannot could may might must
    shall should will won't would do does did doesn't don't didn't done is isn't are aren't was wasn't were weren't
    be been being am have has had haven't hasn't having that's there's you'll you're you've we'll we're we've
    they'll they're i'm i'll i've let's until unless once while because although provided long soon through per via
    however therefore usually normally simply around approximately about roughly exactly currently well quite rather
    instead one ones whether upon along across against except apart plus one's ok okay et al first way ways case cases thing
    things lot bit able make makes made take takes taken get gets got going go goes come comes means mean used use
    uses using put puts possible necessary need needs needed want wants wish like would'd rest note above below yes day days week weeks month months year years minute minutes second seconds hour hours
    euro euros percent someone somebody anyone anybody whatever whichever whenever though
    """
)

NEUTRAL = (
    r"\b(?:prices?|costs?|fees?|surcharges?|charges?|lets?|options?|includ(?:es?|ed|ing)|offer(?:s|ed)?|available|possible|"
    r"differ(?:s|ent|ence|ences)?|receives?|totals?|amounts?|kinds?|types?|range|measures?|(?:tall|short|long|larg|bigg|small|heavi|light|strong|cheap)er|comes|between|adds?|simply|details?|"
    r"applies|apply|counts?|belongs?|part of|whereas|compared|comparison|recommend(?:ed)?|suggest|remember|keep in mind|works?|prefer|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|call|write|allows?|enjoys?|lasts?|stays?|remains?)\b"
)
"""Words that join facts and are none: they need no support."""

COURTESY = word_set(
    """
    happy help thanks thank question questions glad sorry hear know feel free ask anything else please hope good
    great sure course hello hi welcome assist pleased understand understood assistance reaching inquiry interest day
    nice wonderful appreciate patience worry worries problem let kind regards answer short brief dear unfortunately sadly afraid luckily fortunately moment present now yes
    """
)
"""Words that claim nothing; they need no support, but none may carry a sentence alone that has others."""

SAME = {
    word: group.split()[0]
    for group in """
    order buy purchase bought ordered
    send ship dispatch mail post sent shipped dispatched deliver delivery delivered shipping shipment
    parcel package box packet
    refund reimburse money repaid
    item good product article piece
    repair fix mend repaired fixed
    pay payment paid payable
    cost fee charge price expense freight postage
    start begin began begun
    receive arrive arrived received arrival
    require must requirement
    keep remain stay kept
    choose pick select option chosen
    request ask contact call write message tell
    change modify alter switch swap exchange replace replacement
    show display appear see visible view find
    email e-mail mail
    check verify look examine
    person human colleague staff employee agent
    hour hr
    working business workday weekday
    website site shop store online
    valid last apply expire
    code password
    fault defect defective faulty fail break broken
    damaged damage
    cancel stop
    sign login log
    account profile
    back return send-back bring
    free gratis
    bill invoice receipt
    size fit
    cover include contain
    wash clean launder washable
    dry air
    give offer provide hand
    maximum most
    minimum least
    leave departure
    buyer customer
    photo picture image
    ready prepare pack packed
    discount reduction off
    combine together
    """.strip().splitlines()
    for word in group.split()
}

NEGATION = (
    r"\bbefore\b(?! \d| noon| mid|[,.;:]|$)(?! (?:the|a|an|your|our|christmas|easter)\b(?:(?!\b(?:is|are|was|were|be|has|have|can|will|it|you|we|leaves?|ships?|ends?|begins?|starts?|arrives?)\b)[^,.;:])*(?:[,.;:]|$))|"
    r"(?<!\bor )\bnot\b(?! only| just| more than| later than)|\bno\b(?! later than| more than| problem| worries|[,.])|\bnever\b|\bcannot\b|"
    r"n't\b|\bwithout\b(?! (?:it|that|one|them)\b)|\bneither\b|\bnone\b|\bnobody\b|\bnothing\b|\bunless\b|\bexcept\b|\bexclud\w+|\bapart from\b|"
    r"\btoo (?:late|much for)\b|\bkeeps? (?:\w+ ){0,2}(?:out of|away from)\b|\bunable\b|\bimpossible\b|\brather than\b|\binstead of\b|\buntil\b(?! (?:about )?\d| (?:mon|tues|wednes|thurs|fri|satur|sun)day| (?:noon|midnight|the end|then|(?:early|late) ))|\bnon-\w|\bfails? to\b|\bstops? being\b|\brules? out\b|"
    r"\bun(?:opened|worn|used|packed|damaged|washed|paid|shipped|available|returnable|altered|read|likely|happy|sealed)\b"
)

OPPOSITE = (
    ("open", "close"), ("before", "after"), ("more", "less"), ("more", "fewer"), ("minimum", "maximum"),
    ("early", "late"), ("earlier", "later"), ("above", "below"), ("always", "never"), ("all", "none"),
    ("include", "exclude"), ("accept", "refuse"), ("accept", "decline"), ("allow", "forbid"), ("hot", "cold"),
    ("warm", "cold"), ("dry", "wet"), ("inside", "outside"), ("increase", "decrease"), ("high", "low"),
    ("cheap", "expensive"), ("same", "different"), ("start", "end"), ("buyer", "seller"),
    ("sender", "recipient"), ("public", "private"), ("optional", "compulsory"), ("optional", "mandatory"),
    ("possible", "impossible"), ("lose", "keep"), ("add", "remove"), ("separate", "together"), ("first", "second"),
    ("manually", "automatically"), ("larger", "smaller"), ("up", "down"), ("big", "small"), ("day", "night"), ("long", "short"), ("light", "dark"), ("soft", "hard"), ("domestic", "international"),
    ("small", "large"), ("morning", "evening"), ("customer", "seller"), ("used", "unused"), ("opened", "unopened"), ("sunny", "shady"), ("left", "right"),
    ("original", "different"), ("weekend", "weekday"), ("wide", "narrow"), ("pause", "continue"), ("front", "back"), ("gentle", "strong"),
    ("loose", "tight"), ("loose", "snug"), ("loose", "slim"), ("loose", "narrow"), ("roomy", "tight"), ("roomy", "snug"), ("thick", "thin"), ("indoor", "outdoor"), ("indoors", "outdoors"), ("fresh", "frozen"), ("top", "bottom"), ("adult", "child"), ("adult", "puppy"),
    ("wired", "wireless"), ("fixed", "removable"), ("fixed", "adjustable"), ("empty", "full"), ("wet", "dry"), ("raw", "cooked"), ("heavy", "light"), ("fast", "slow"), ("strong", "weak"), ("sweet", "dry"),
    ("summer", "winter"), ("spring", "autumn"), ("upstairs", "downstairs"), ("online", "offline"), ("partial", "full"), ("partly", "fully"), ("permanent", "temporary"), ("single", "double"), ("bright", "dark"),
    ("men", "women"), ("ladies", "men"), ("boys", "girls"), ("sold separately", "included"), ("recommended", "discouraged"), ("automatic", "manual"), ("incoming", "outgoing"), ("upright", "flat"), ("standing", "sitting"),
    ("matte", "glossy"), ("rough", "smooth"), ("warm", "cool"), ("clockwise", "anticlockwise"), ("ascending", "descending"), ("arrival", "departure"), ("wholesale", "retail"), ("sender", "addressee"), ("gross", "net"),
)  # fmt: skip

OVERCLAIM = (
    r"\bguarante\w+|\balways\b|(?<!^)\bdefinitely\b|\bforever\b|\blifetime\b|\blifelong\b|\bunlimited\b|\bevery single\b|"
    r"(?<!^)\babsolutely\b|\bcompletely\b|(?<!^)(?<!'d )(?<!is )(?<!are )(?<!works )\bbest\b(?! to| go| take| wait)|\beverywhere\b|\bcheapest\b|\bnever\b|\binstantly\b|\bat once\b|\bimmediately\b|\banywhere\b|\bworldwide\b|"
    r"\bany time\b(?! between| from| before| until| you)|\banytime\b|\bat any\b|\bno matter\b|\bevery(?:thing|one)\b|\bregardless\b|\bwhatever\b|\bno questions asked\b"
)

OVERCLAIM_SAME = (
    "always every each all whenever",
    "never not no nobody nothing cannot n't",
    "immediately instantly at_once straight_away right_away",
    "any_time anytime at_any whenever",
    "everyone everybody anyone all",
    "everything all anything",
    "completely fully entirely",
    "anywhere everywhere all every",
    "worldwide all_over_the_world everywhere",
    "forever lifetime lifelong",
)
"""Words of which one may stand for another."""

PAYS_SHOP = (
    r"\b(?:we|seller|shop|store|merchant)(?:'ll| will| would| also| always)? (?:pay|bear|cover|take over|reimburse)s?\b|"
    r"\bat our (?:own )?(?:cost|expense)|\bfree of charge\b|(?<!duty-)(?<!toll-)\bfree\b(?! to| of)|\bcosts? (?:you )?nothing\b|\bon us\b|"
    r"\bour (?:cost|expense|account)\b|\bat no (?:extra |additional )?(?:cost|charge)|\bwithout (?:any )?(?:charge|cost)|"
    r"\b(?:paid|covered|borne) by (?:us|the (?:seller|shop|store))|\bno (?:fee|charge|cost)s?\b"
)
PAYS_CUSTOMER = (
    r"(?<!before )(?<!when )(?<!after )(?<!once )(?<!if )\b(?:you|buyers?|customers?)(?:'ll| will| would| only| always)?(?: have to| need to| must)? (?:pay|bear|cover)s?\b(?! (?:in|by|with|via|when|at|on|online|through|as)\b)|"
    r"\bat your (?:own )?(?:cost|expense)|\byour (?:own )?(?:cost|expense)\b|\b(?:for|on) your (?:own )?account\b|\bcharged to you\b|\bon you\b|"
    r"\b(?:paid|covered|borne) by (?:you|the (?:buyer|customer))|\bdeducted?\b|\bis not free\b|\bisn't free\b"
)

FOREIGN = word_set(
    """
    der die das und ist nicht ein eine mit für auf sie wir ihr können innerhalb tagen von zu le la les est et vous
    nous votre pas pour dans avec une des que el los las por para con su una puede dentro días es sus del il lo gli
    della sono può entro giorni voor een het niet van wij dagen uw você não dias seu
    """
)
COMMON = STOP | COURTESY
