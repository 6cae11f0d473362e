"""How a clause that says something is told from a mere phrase: by its verb. Lists are open, not complete."""

import re

_PLAIN = """
accept add adjust apply arrive ask become begin belong bring buy call carry change charge check choose clean
close collect combine come consist contact contain contribute cost count cover deduct deliver depend dry earn
end enter exchange expire extend fit fold get give go have help hold include inform keep last lead leave let
like live look lose make mean measure move need offer open order pack pay pick place play print protect
provide put reach receive refund refuse register reimburse remain remove rent repair replace require reserve
return rinse run save say search seem sell send serve ship show sit stand start stay stick stop store suit
swap switch take tell travel try turn use wait wash weigh wipe work write
"""
_PAST = "given taken sent kept held made paid sold bought brought found written chosen"


def _forms(verb: str) -> str:
    if verb.endswith("e"):
        return f"{verb}[sd]?"
    return f"{verb[:-1]}(?:y|ies|ied)" if verb.endswith("y") and verb[-2] not in "aeo" else f"{verb}(?:s|es|ed)?"


_AUXILIARY = (
    r"is|are|was|were|be|been|can|could|may|might|must|shall|should|will|would|do|does|did|has|had|cannot|isn't|aren't|"
    r"can't|don't|doesn't|won't|mustn't|needn't|wasn't|hasn't|haven't|(?:it|that|there|they|you|we|i)'(?:s|re|ve|ll|m|d)"
)
VERB = "|".join([*(_forms(verb) for verb in _PLAIN.split()), *_PAST.split(), _AUXILIARY])
"""Verbs in the forms that a clause has them in."""
AFTER_VERB = (
    r"(?:the|a|an|your|our|their|its|it|them|after|before|within|in|on|at|for|from|to|up|as|you|us|back|into|only|no|not|"
    r"always|also|automatically)\b|[€¥$£\d]"
)
"""What stands after a verb rather than after a noun."""
PREDICATE = re.compile(rf"\b(?:{VERB})\b|^(?:please|(?:and |but |so )?(?:we|you|they|i|it) [a-z]+)\b|[\u3400-\u9fff]")
"""Has a verb; Chinese is taken to have one."""
ADJUNCT = re.compile(
    r"(?:for|in|on|at|during|with|from|to|under|within|due to|because of|of|as|by|per|via|since|including|"
    r"(?:after|before|until|about|around|up to) (?=[€¥$£\d]))(?:\b|(?=[€¥$£]))"
)
"""Begins like a phrase that says where, when, for what: it belongs to the clause that it stands beside."""
FRAGMENT = re.compile(
    rf"{ADJUNCT.pattern}|(?:the|a|an|your|our|all|any|each|some|both)\b|[a-z-]+s?$|"
    r"(?!(?:if|once|when|unless|while|because|although|provided|until|after|before|without|whereas|except|apart|never|neither|nor|only|yes|no|sure|hello|hi|"
    r"sorry|and|but|not|so)\b)[a-z][a-z -]+$"
)
"""Begins like a phrase that may be what the next clause is about."""
REASON_ZH = re.compile(r"(?:出于|因为|因|由于|根据|依照|依据|按照|为了|对于|至于)[^可不能须需会]{1,10}")
"""Begins a Chinese sentence and says nothing alone."""
LONGEST_HEADING = 6
BARE_ZH = re.compile(
    r"[有是为约达共只仅最多少至大需要可以能长高低价格]*[¥€$£]?[\d.]+(?:-[\d.]+)?(?:[a-z%°]+|[\u3400-\u9fff]{0,3})"
)
"""No more than a number, which belongs to what is before it."""
_BEFORE_VERB_ZH = re.compile(
    r"^(.*?)(?:可以|可|不|能|须|需|要|会|是|由|在|都|也|没|无|未|支持|提供|免费|收费|收取|适合|最|每(?!个)|属于|包含|包括|\d|[€¥$£])"
)


def says(text: str) -> bool:
    """Whether a normal text has a verb; a Chinese one, whether it is long enough to have one."""
    han = re.findall(r"[\u3400-\u9fff]", text)
    return len(han) > LONGEST_HEADING if han else PREDICATE.search(text) is not None


def subject_of(text: str) -> str:
    """What a normal clause is about: as a rule, what stands before its verb; empty if it begins with that."""
    if match := _BEFORE_VERB_ZH.match(text) if re.search(r"[\u3400-\u9fff]", text) else None:
        return match[1]
    lead = re.sub(rf"^(?:and|but|so|or|then) |^{ADJUNCT.pattern}[^,]*, ", "", text)
    verb = PREDICATE.search(lead)
    return lead[: verb.start()] if verb and not re.search(r"[\u3400-\u9fff]", text) else ""
