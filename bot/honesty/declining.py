"""Tells messages that try to steer the bot, or ask it for harm, from questions about a product (pure)."""

import re

# ruff: noqa: E501 - a pattern that is torn apart is harder to read than a long line

# Each pattern names somebody to act on: the bot, its rules, its host, other people. "How do I set a token",
# "ignore null values" and "the proxy acts as a server" are questions about a product, and stay that.
_RULES = r"(?:instruction|rule|guideline|guardrail|prompt|directive|programming|training|safety)s?\b"
_SECRET = r"(?:(?<![a-z])(?:api|openai|slack|discord|admin)[_ -]?keys?|tokens?|passwords?|secrets?|credentials?|\.env\b|env(?:ironment)? variables?)"
_SHOW = (
    r"\b(?:show|print|reveal|repeat|give|send|tell|dump|output|echo|leak|display|expose|share|paste|translate|encode"
    r"|summari[sz]e|recite|complete|list)\b"
)
_REST = r"[^.?!\n]"
_STEERING = (
    rf"\b(?:ignore|disregard|forget|override|bypass)\b{_REST}{{0,30}}\b(?:your|previous|prior|earlier|above|preceding|all"
    rf"|these|those)\b{_REST}{{0,20}}\b{_RULES}",
    rf"\b(?:disable|turn off|break|stop following|override|drop) your\b{_REST}{{0,20}}\b{_RULES}",
    rf"\b(?:disregard|ignore|forget)\b{_REST}{{0,10}}\b{_RULES}{_REST}{{0,10}}\b(?:above|before|you)\b",
    rf"\b(?:ignore|disregard|forget)\b{_REST}{{0,10}}\b(?:everything|anything|all)\b{_REST}{{0,30}}"
    r"\b(?:above|before|said|told|previous|know)\b",
    r"\byou(?:'re| are) (?:now|no longer|hereby)\b(?! able)|\byou are free\W*(?:now\b|$)",
    r"(?:^|[.!,;:]\s*|\b(?:you|please|must|and|now) )(?:act|behave|pose|speak|talk|respond|answer|reply) (?:as|like) "
    r"(?:if you|an? |my |the |dan\b|though)",
    rf"(?:^|[.!,;:]\s*|\b(?:please|and|now|to) )pretend\b{_REST}{{0,40}}\b(?:you|docs?|documentation|that|to be)\b",
    r"\b(?:role[- ]?play(?:ing)?|jail ?break|developer mode|god mode|dan mode|sudo mode|do anything now)\b",
    rf"\b(?:ai|assistant|bot|model|chatbot|answer|you)\b{_REST}{{0,30}}\b(?:without|no) (?:any )?"
    r"(?:rules|restrictions|content policy|guidelines|filter|sources|citations)\b",
    rf"\bfrom (?:now|this (?:point|moment)|here) on\b{_REST}{{0,60}}\b(?:you|answer|reply|respond|speak|end|begin|say)\b",
    r"\bfrom this point you\b|\b(?:you must|you have to|you will) (?:obey|comply|answer yes|always|say|agree|not refuse)",
    r"\b(?:obey|comply with) (?:me|my|all)\b|\bnew (?:instruction|directive|order)s?\b"
    r"|\b(?:system|new) (?:policy|override)\b\W",
    r"\A\W*(?:system|assistant|admin|developer)\s*(?:\]|>|:)|^#+ *(?:system|instructions?)\b",
    r"<\|(?:im_start|im_end|system|start|channel|message|endoftext|eot_id)\b|</(?:context|question|passage)\b|\[/?inst\]|<<sys>>",
    r"\b(?:respond|reply|answer)\b[^?!\n]{0,40}?(?:\bonly|\bjust|\bexactly|\bquestions?)\b"
    r"(?: with)?(?: the (?:word|phrase|sentence))? ?(?:['\"“]|(?-i:[A-Z]{5,}\b))",
    r"(?:\A|[.!] )\W*(?:please )?(?:say|write|repeat|print|output|answer|reply)(?: only| exactly| just| the words?)? ?['\"“]",
    rf"\b(?:begin|start|end|finish|prefix)\b{_REST}{{0,12}}\b(?:your|every|each)\b{_REST}{{0,12}}"
    r"\b(?:answer|reply|response|message|sentence)s?\b",
    rf"\bstop being\b|\b(?:decode|decrypt|unscramble)\b{_REST}{{0,40}}\b(?:do|follow|execute|obey)\b",
    rf"\b(?:i|we) (?:hereby )?authori[sz]e\b{_REST}{{0,40}}\b(?:you|mode)\b|\byou (?:must|have to) (?:reveal|leak|disclose)\b",
    r"(?:\A|[.!?:,] )\W*just (?:say|answer|reply)(?: with)? (?:yes|no)\b(?! or)",
    rf"\banswer (?:every|all|any|each) questions?\b{_REST}{{0,20}}\b(?:with|by|as|in)\b"
    r"|\bwhatever i (?:ask|say)\b|\bif you (?:do not|don't) (?:answer|comply|obey)\b|\b(?:yes|no) to (?:every|all|any)\b",
)
_REVEALING = (
    r"\byour (?:\w+ ){0,2}(?:prompts?|instructions|guidelines|system message|context window|rules)\b",
    rf"(?:{_SHOW}|\bwhat (?:is|are|was|were|does)\b){_REST}{{0,30}}\b(?:the|its|this|hidden|all) (?:\w+ )?"
    r"(?:system|hidden|initial|original|secret|developer)[- ]?(?:prompt|instruction|rule|message)s?\b",
    r"\bmy system prompt is\b|\bhidden (?:prompt|instruction|rule)s?\b",
    rf"\b(?:what|which|list|show|tell)\b{_REST}{{0,30}}\b(?:rules|instructions|guidelines)\b{_REST}{{0,12}}"
    r"\b(?:were|are|have|was|did) you\b|\b(?:rules|instructions)\b (?:that )?(?:were you|you were|you have)",
    rf"{_SHOW}{_REST}{{0,20}}\b(?:everything|all|anything|text|words|lines?|messages?|prompt)\b{_REST}{{0,12}}"
    r"\b(?:above|before this|preceding|so far|verbatim|word for word)\b(?! \d)",
    rf"\b(?:of|in) your context\b|\b(?:everything|anything|what|all)\b{_REST}{{0,10}}\byou (?:were|have been) told\b",
    rf"{_SHOW}{_REST}{{0,20}}\byour (?:own |current )?(?:config\w*|settings|environment|source code|memory|logs)\b(?! \w)",
    rf"\b(?:enable|enter|unlock|switch to|activate|turn on)\b{_REST}{{0,20}}\bmode\b and (?:then )?(?:dump|reveal|show|print|list)\b",
    rf"\b(?:comes|stands|is|was) before\b{_REST}{{0,80}}\b(?:your|the) prompt\b",
)
_ASKING_FOR_SECRETS = (
    rf"\byour (?:own |bot |slack |discord |openai |\w+[_ ])?{_SECRET}",
    rf"{_SECRET}{_REST}{{0,60}}\b(?:you (?:use|run|log ?in|have|hold|store|were given)"
    r"|your (?:environment|config\w*|process|server|memory|system|host|settings)|the bot)\b",
    rf"{_SHOW}{_REST}{{0,25}}\b(?:bot|assistant|openai|slack|discord)(?:'s)? {_SECRET}",
    rf"\bi(?:'m| am)\b{_REST}{{0,40}}\b(?:admin|administrator|developer|ceo|cto|owner|creator|employee|security team)\b"
    rf"[^\n]{{0,80}}{_SHOW}[^\n]{{0,40}}{_SECRET}",
    rf"{_SECRET}{_REST}{{0,40}}\byou(?:'re| are) (?:connected|logged)\b"
    r"|\b(?:secret|key|token|password)s? of (?:the|this) (?:\w+ )?(?:bot|assistant)\b",
    rf"{_SHOW}{_REST}{{0,20}}\b(?:slack|discord|bot|workspace)(?:'s)? (?:signing|client|private) (?:secret|key)\b",
    rf"\bas your (?:developer|admin|creator|owner)\b|\btell me your\b{_REST}{{0,20}}\b(?:secret|password|key)"
    r"|\bleak (?:the|your|our|all)\b",
)
_AT_ITS_HOST = (
    r"/etc/(?:passwd|shadow)\b|~/\.(?:ssh|aws)\b|\bid_rsa\b|169\.254\.169\.254|\brm -rf /(?!\w)|\bwhoami\b",
    r"\b(?:machine|server|host|computer|box) (?:that |which )?you(?:'re| are)? run(?:ning)?\b|\byour \.?env\b",
    r"\A\W*(?:please )?(?:run|execute|eval(?:uate)?) (?:this|that|the following)(?: for me| now| code| script)*\s?:",
    r"\A\W*(?:print|eval|exec|system|require|open)\([^\n]*(?:environ|getenv|open|subprocess|system|secret|\.env\b)[^\n]*\)\W*\Z|\A\W*\$\(",
    r"\A\W*(?:(?:please|can you|could you|go ahead and) )*(?:delete|drop|wipe|erase|restart|reboot|kill|stop|shut down)\b[^?\n]{0,80}"
    r"(?:\bfor (?:me|us)\b|\bright now\b|\bimmediately\b)(?:,? (?:now|please))?\W*\Z",
    rf"\b(?:run|execute|open|spawn)\b{_REST}{{0,40}}\b(?:paste|show|send|give|tell)\b{_REST}{{0,12}}\boutput\b",
    rf"\b(?:run|execute|open|spawn)\b{_REST}{{0,40}}\bon (?:your (?:host|server|machine)|the host\W*$)",
)
_ABOUT_OTHERS = (
    rf"\b(?:users|people|everyone|everybody|who|what)\b{_REST}{{0,30}}\bask(?:ed|ing|s)? you\b",
    r"\b(?:chat|message|question|conversation)s?(?: history)? of (?:the )?(?:other|private|everyone|everybody|all)\b",
    rf"\b(?:messages?|conversations?|dms)\b{_REST}{{0,12}}\bprivate channels?\b|\bother (?:people|users?)'s? "
    r"(?:messages?|questions?|chats?|conversations?)\b",
    r"\b(?:email|phone|home)[ -]?(?:addresses|address|numbers?)? of (?:every|all|the users|people)",
    r"\b(?:admin|administrator|owner|manager|boss|ceo|founder)'s (?:private |personal )?(?:e-?mail|phone|home address)\b",
    rf"\b(?:e-?mail|phone|home)(?: (?:address|number))?\b{_REST}{{0,20}}\bof (?:the|your|our) (?:\w+ )?"
    r"(?:admin|administrator|owner|manager|boss|ceo|founder|person)\b",
    r"\bwhat did (?:\w+ ){1,3}(?:ask|write|say)\b[^.!\n]{0,12}\b(?:yesterday|today|this (?:morning|week)|last|earlier)\b",
    r"\b(?:people|users|members|who) (?:have |has )?(?:asked|wrote|written|posted)\b[^.!\n]{0,30}\bin (?:this|the) (?:\w+ )?channel\b",
    rf"\b(?:previous|last|other|another) (?:person|user|member)s?\b{_REST}{{0,20}}\b(?:to|with|ask|asked|told) you\b",
    rf"\b(?:post|send)\b{_REST}{{0,20}}\b(?:messages?|emails?|announcement)\b{_REST}{{0,12}}"
    r"(?:#\w+|\b(?:the channel|all customers|everyone|everybody|all users)\b)",
    r"\bmessages in this (?:channel|server|thread)\b|\b(?:ban|kick|mute|dox) (?:the )?(?:user|member)\b|\bfree nitro\b",
)
_DECEIVING = (
    rf"(?:^|[.!,;] )(?:please )?(?:make up|invent|fabricate)\b{_REST}{{0,30}}"
    r"\b(?:benchmark|citation|quote|source|number|answer|statistic|feature|claim|reference)s?\b",
    rf"(?:^|[.!,;] |\bjust |\bplease )(?:tell|confirm to|assure|convince) "
    rf"(?:everyone|everybody|(?:my|our|the) (?:boss|manager|customers?|users?|team))\b{_REST}{{0,4}}"
    r"\bthat\b|\bit to my (?:boss|manager|team)\b",
    r"\A\W*(?:please )?(?:say|state|claim|declare|announce) that\b(?! (?:i|we|you|my|our|there)\b)",
    rf"\blie (?:to|about)\b|\b(?:say|confirm) that\b{_REST}{{0,60}}\beven (?:if|though)\b|\bconfirm by\b",
)
_HARMING = (
    r"\b(?:write|make|build|create|give|help|code|how)\b[^.?!\n]{0,30}\b(?:ransomware|malware|keylogger|spyware|rootkit"
    r"|botnet|phishing|trojan|ddos|exploit|virus|worm|backdoor|bomb|weapon)\b(?!-)",
    rf"\b(?:hack|break|sneak)(?:ing)? into\b|\bsteal\b{_REST}{{0,30}}\b(?:passwords?|data|credentials|tokens|money)\b",
    rf"\b(?:bypass|circumvent|crack)\b{_REST}{{0,40}}\b(?:somebody|someone|without permission|licen[sc]e)\b",
    r"\b(?:racist|sexist|offensive about|insult(?:ing)? (?:my|our|the|him|her|them|some|any)|swear at|slurs?|obscene|porn\w*|erotic)\b",
)
_FOREIGN = (
    rf"\b(?:ignoriere|vergiss)\b{_REST}{{0,30}}\b(?:anweisung|regel|alles)\w*|\bdeine[nmr]? (?:system)?[- ]?prompt\b",
    rf"\b(?:ignora|olvida|dimentica|ignore[zr]?|oublie[zr]?|esque[cç]a)\b{_REST}{{0,30}}"
    r"\b(?:instruc\w*|istruzion\w*|reglas|regole|règles|consignes|regras)",
    rf"(?:игнорируй|забудь){_REST}{{0,30}}(?:инструкц|правил)|忽略.{{0,12}}(?:指令|指示|规则|提示)|(?:你的|显示).{{0,4}}系统提示",
)
_ALL = (
    *_STEERING, *_REVEALING, *_ASKING_FOR_SECRETS, *_AT_ITS_HOST, *_ABOUT_OTHERS, *_DECEIVING, *_HARMING, *_FOREIGN,
)  # fmt: skip
_PATTERNS = tuple(re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in _ALL)
_TO_THE_BOT = re.compile(
    rf"\b(?:you|your|yourself|me|us)\b|\A\W*(?:please )?(?:{_SHOW}|(?:run|execute|reply|answer|write|make|say|do)\b)",
    re.IGNORECASE,
)
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_READ = 4_000
"""Characters that are looked at."""


def declined(text: str) -> bool:
    """Whether ``text`` is no question about a product but an instruction to the bot, or asks for harm.

    Fenced code is left out: a configuration file or a log may say anything.
    """
    prose = _CODE.sub(" ", text[:_READ]).replace("’", "'")
    return any(pattern.search(prose) for pattern in _PATTERNS)


def to_the_bot(text: str) -> bool:
    """Whether ``text`` is put to the bot itself: it says "you", or tells it to do something."""
    return bool(_TO_THE_BOT.search(text[:_READ]))
