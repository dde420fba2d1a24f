"""Turns a message into the features that triage is decided by: words, pairs of words, patterns (pure)."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from bot.honesty.declining import declined
from bot.words import stem

# ruff: noqa: E501 - a pattern that is torn apart is harder to read than a long line

READ, _READ_LAST = 4_000, 1_000
_LONGEST_WORD = 40
_FRAME = re.compile(
    r"^[ \t]*(?:File \"[^\"\n]{1,300}\", line \d+.*(?:\n[ \t]+.*)?|at [\w$.<>/ ]{1,200}\(.*\).*|at .{1,200}:\d+:\d+\)?"
    r"|goroutine \d+ \[.*|\S{1,200}\.(?:go|rs|py|java|js|ts):\d+.*|from \S{1,200}:\d+:in .*|\.\.\. \d+ more)$",
    re.MULTILINE,
)
_TRACE = re.compile(
    r"Traceback \(most recent call last\)|^[ \t]*at [\w$.<>/]+\(|^goroutine \d|^Exception in thread|^panic: "
    r"|^[ \t]+at .{1,200}:\d+:\d+|^Caused by: ",
    re.MULTILINE,
)
MENTION = re.compile(r"<[@#!][^>\s]{1,60}>|(?<![\w.])@[\w.-]{1,40}")
# What stands for all names and figures of its kind, so that a new product's names weigh the same.
_STAND_INS = (
    ("zlink", re.compile(r"https?://\S+|www\.\S+")),
    ("zerror", re.compile(r"\b[A-Za-z_.]{0,60}[a-z](?:Error|Exception|Fault)\b|\bE\d{3,5}\b|\berror[: ]+\d+")),
    ("zversion", re.compile(r"\bv?\d+\.\d+(?:\.\d+)*(?:-\w+)?\b")),
    ("zname", re.compile(r"\b\w+_\w+(?:\(\))?|\b[a-z]+[A-Z]\w*(?:\(\))?|\b[A-Z][a-z]+[A-Z]\w*|\b\w+\(\)|\b[a-z]\w*(?:\.[a-z]\w+)+")),
    ("zsize", re.compile(r"\b\d[\d,]*\s?(?:[kmgt]i?b|bytes)\b", re.IGNORECASE)),
    ("ztime", re.compile(r"\b\d[\d,]*\s?(?:ms|s|sec|seconds?|min|minutes?|h|hours?|days?)\b", re.IGNORECASE)),
    ("zfactor", re.compile(r"\b\d+(?:x\b|\s?%)|\b\d+ times\b", re.IGNORECASE)),
    ("zcount", re.compile(r"\b\d[\d,]*\s?(?:k|m|b|million|billion|qps)\b", re.IGNORECASE)),
    ("znumber", re.compile(r"\b\d[\d,]*\b")),
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:'[a-z]+)?")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_HYPOTHETICAL = re.compile(
    r"\b(?:how (?:do|can|would|to|should)|what (?:happens|if)|would|could it|avoid|prevent|protect|practi[sc]e|before (?:we|i|something)|in case)\b"
)
_DENIED = re.compile(
    r"\b(?:no|nothing|none|nobody) (?:\w+ )?(?:is|are|was|were|got|has been|have been) (?:down|lost|gone|missing|affected|offline|corrupt\w*)\b"
    r"|\b(?:not|isn't|wasn't|aren't|weren't|never|didn't) (?:down|lost|lose|gone|missing|affected|offline|corrupt\w*)\b"
    r"|\b(?:without|no) (?:any )?(?:data )?(?:loss|outage|corruption)\b"
)
_OUTAGE = re.compile(
    r"\b(?:is|are|was|been|everything|prod|production|went|goes|site|service|cluster|system|app|api|database|db) (?:\w+ )?(?:down|offline|dead|unreachable|unavailable|unusable)\b"
    r"|\boutage\b|\bsev ?-?[01]\b|\bp[01]\b|\bnothing works\b|\bnobody can (?!log in\b)|\b(?:all|every) (?:\w+ ){0,2}(?:requests?|quer(?:y|ies)|search(?:es)?|writes?|reads?|calls?|nodes?|pods?|shards?|users?|tenants?) (?:\w+ ){0,3}(?:fail\w*|rejected|crash\w*|tim(?:e|es|ing) out|return\w* (?:5\d\d|'|\"|not)|gone|killed)"
    r"|\boom ?-?killed\b"
)
_LOSS = re.compile(
    r"\b(?:data|records?|documents?|rows?|messages?|tables?|collections?|backups?|everything|volume|it|databases?|topics?|keys|users) (?:\w+ ){0,3}(?:lost|gone|wiped|vanished|disappeared|missing|destroyed|corrupt\w*|empty|zero bytes|unreadable)\b"
    r"|\b(?:lost|losing|lose|missing|wiped|corrupted?) (?:\w+ ){0,3}(?:data|records|documents|rows|messages|tables?|collections?|everything|database|index|backups?)\b"
    r"|\bdata ?-?(?:loss|corruption)\b|\b(?:data|everything)\b.{0,20}\bgone\b"
)  # fmt: skip
_PATTERNS: Mapping[str, str] = {
    "how": r"\bhow (?:do|does|can|could|to|would|should|did|is|are)\b",
    "way": r"\b(?:is there|any|some|best|easiest|right|quick(?:est)?|fast(?:est)?|recommended) (?:a |an |the |any )?(?:\w+ )?(?:way|example|command|tutorial|method|function|equivalent)\b",
    "possible": r"\b(?:is it possible|can (?:i|we|you|one|the)|possible to|able to)\b",
    "what_is": r"\bwhat(?:'s| is| are| does| do)\b|\bdifference between\b|\bexplain\b|\bmeaning of\b",
    "where": r"\bwhere (?:do|can|is|are|to|does|should)\b",
    "should": r"\bshould (?:\w+ ){1,3}be\b|\bshould (?:i|we) (?:set|use|pick|tune|choose)\b|\bdo (?:i|we) (?:need|have) to\b",
    "either": r"\b(?:zsize|znumber|zcount|ztime|zversion|true|on) or (?:rather )?(?:zsize|znumber|zcount|ztime|false|off)\b",
    "or_choice": r"\b\w+ or \w+\W*$",
    "setting": r"\b(?:config\w*|setting|settings|set|parameters?|options?|env(?:ironment)? var\w*|ya?ml|toml|values\.yaml|defaults?|enabled?|disable|turn (?:on|off)|switch (?:on|off)|flag|key|limit is|quota)\b",
    "slow": r"\b(?:slow\w*|latenc\w+|throughput|qps|performan\w+|speed\w*|faster|fastest|p9\d|cpu|tim(?:e|es) slower|benchmark\w*|bottleneck|takes? (?:\w+ )?ztime|hangs for|recall)\b|zfactor (?:slower|faster)",
    "sizing": r"\b(?:how (?:much|many)|which|what) (?:memory|ram|cpu|nodes?|shards?|index|instance|disk|hardware|machine)\b|\b(?:index|nodes?|memory|ram|machine) for (?:zcount|znumber)\b|\bzcount (?:x znumber|vectors|rows|documents|records|embeddings)\b|\bsiz(?:e|ing)\b",
    "deploying": r"\b(?:helm|kubernetes|k8s|docker|compose|podman|containers?|pods?|operator|image|images|install\w*|deploy\w*|upgrad\w*|downgrade|rollback|roll back|rolling|openshift|eks|gke|aks|minikube|ingress|pvc|statefulset|terraform|ansible|air-?gapped|offline|on[- ]prem|arm64|arm|systemd|node affinity|chart|cluster|zone)\b",
    "wish": r"\b(?:would (?:be|love|like to see|appreciate)|feature(?: request| idea| wish)?|wish\w*|roadmap|any plans?|planned|plans? (?:for|to)|are you planning|please (?:add|support|consider)|could you (?:please )?add|support for|suggest\w*|proposal|nice to have|eta|enhancement|would be (?:great|nice|cool|helpful|awesome|good)|contribute|missing feature|\+1 for|vote for|consider adding|any chance|looking forward|(?:can|could) (?:you|we) (?:add|have|get)|(?:we|team) miss(?:es)?|idea|please build|awesome if|great if|help a lot if|in (?:a )?future)\b",
    "support_new": r"\b(?:will there be|when (?:will|is)|is there a plan|do you plan|is (?:\w+ ){1,4}(?:planned|coming))\b",
    "billing": r"\b(?:invoic\w+|bill\w*|charg\w+|refund\w*|payments?|paid|pay|subscription\w*|credit card|card|price|pricing|cost|costs|quote|discount|plan|trial|license|licence|receipts?|vat|coupon|seats?|sales|purchase|money|credits)\b",
    "account": r"\b(?:my|our|the|your|an?) (?:\w+ )?account\b|\borgani[sz]ation\b|\binvit(?:e|ation)\b",
    "thanks": r"\b(?:thanks?|thank you|thx|cheers|appreciate|awesome|great|perfect|congrats|nice|love)\b",
    "solved": r"\b(?:fixed it|solved|works now|did (?:it|the (?:job|trick))|that was it|resolved|found it|never ?mind|nvm|all good|works like)\b",
    "promise": r"\b(?:will|i'll|let me) (?:\w+ )?(?:try|test|report|check|have a look|give it|tell|read|let you)\b|\btrying now\b",
    "advert": r"\b(?:hir(?:e|ing)|job|recruit\w*|developer|engineer|cv|remote|salary|bitcoin|crypto|wallet|invest\w*|profit|earn|giveaway|followers|dm me|message me|drop me|ping me|write (?:to )?me|webinar|conference|meetup|survey|channel|dear|guaranteed|click here|internship)\b",
    "greeting_only": r"\A\W*(?:hi|hello|hey|good (?:morning|night|evening)|welcome)\b[\w\s,]{0,30}\W*\Z",
    "error": r"\b(?:error|exception|zerror|fail\w*|crash\w*|panic\w*|segfault\w*|sigsegv|core dumped|stack ?trace|assertion|raises?|throws?|broken|bug|leak\w*|deadlock|hangs?|stuck|refuse\w*|invalid|cannot|can't|unexpected|freez\w+)\b",
    "crash": r"\b(?:crash\w*|segfault\w*|segmentation fault|sigsegv|core dumped|panic|oom\w*|out of memory|dies|killed|restarts?|restarting|deadlock|double free)\b",
    "wrong": r"\b(?:wrong|incorrect\w*|different|duplicate\w*|twice|instead of|although|even though|ignor\w+|negative|never (?:finish|stop|catch)\w*|come back|comes back|again|mismatch|returns? (?:\w+ )?(?:znumber|nothing|empty|the wrong)|should (?:return|have)|but (?:it|the|a|client|server)|expected)\b",
    "reproducible": r"\b(?:reproduc\w+|steps|every time|each time|always|happens|confirmed|since (?:zversion|the|this|monday|last|we|i))\b",
    "outdated": r"\b(?:has no attribute|no attribute|cannot import name|unexpected keyword|unknown method|nosuchmethod\w*|not defined|no module named|modulenotfound\w*|cannot find symbol|method not found|undefined:|unimplemented|missing \d* ?required)\b",
    "old": r"\b(?:old|older|outdated|against server)\b",
    "prod": r"\b(?:prod|production|live|customers?|clients saw|our users|users (?:notice|see|affected|wait)\w*|tenants|shop|checkout|orders|sla)\b",
    "not_prod": r"\b(?:staging|test (?:environment|cluster|server)|testing|laptop|dev (?:environment|cluster|machine)|minikube|playground|poc|sandbox|locally)\b",
    "urgent": r"\b(?:urgent|asap|emergency|immediately|critical|right now|help now|please help|need (?:\w+ ){0,3}(?:today|quickly|now|help)|quickly|sev ?\d|p[01])\b|!!",
    "calm": r"\b(?:not (?:so |very |that )?(?:urgent|important|critical|a big deal)|no (?:rush|hurry)|low prio\w*|minor|cosmetic|typo|harmless|whenever|small thing|just curious|nice to have)\b",
    "some_left": r"\b(?:still|other|others|rest|reads?) (?:\w+ ){0,4}(?:works?|working|answers?|fine|served|up|running|runs|ok|carries)\b|\bonly \S+ (?:is )?(?:running|fine|up)\b|\bworried|nervous\b",
    "locked_out": r"\b(?:nobody|no one|none of us|can't|cannot) (?:can )?(?:log|access|get in|sign)\w*|\block(?:ed)? (?:\w+ )?out\b|\b(?:password|2fa|key|admin|owner)\b.{0,30}\b(?:lost|forgotten|broken|gone|left)\b|\b(?:lost|forgot\w*) (?:\w+ ){0,3}(?:password|key)\b|\bno way into\b",
    "undo": r"\b(?:accidentally|by mistake|someone deleted|wrong (?:bucket|namespace|table|database))\b|\bget (?:it|them) back\b",
    "stuck_upgrade": r"\b(?:upgrade|update|rollout|rollback|migration|roll back|versions?)\b.{0,60}\b(?:half|stuck|hangs|stopped|fails|cannot be finished|continue|between|neither)\b|\b(?:stuck|hangs|fails)\b.{0,40}\b(?:upgrade|update|rollout|rollback|migration|versions)\b",
    "observed": r"\b(?:ignores?|ignored|returns?|shows?|keeps|raises?|throws?|prints?|reports?|skips?|miss(?:es)?|says|fails?|crashes|loses|drops|gives?|leaves|appears?|repeats|finds|stored|does ?n[o']t|does not|never|no longer|still|silently)\b",
    "since": r"\b(?:since|after) (?:the |an? |our |your |this |last )?(?:update|upgrade|restart|reboot|failover|release|migration|maintenance|deploy\w*|patch|zversion|\w+day|morning)\b",
    "asking": r"^\W*(?:(?:hi|hello|hey)\b\W*\w*\W+)?(?:how|what|whats|which|where|when|who|why|is|are|can|could|does|do|should|would|any)\b|\?\s*$",
    "leak_of_data": r"\b(?:other (?:customers|tenants|users)|security|isolation|exposed|everyone can read|unauthori[sz]ed)\b",
}  # fmt: skip
_COMPILED = {name: re.compile(pattern) for name, pattern in _PATTERNS.items()}


def features(message: str) -> frozenset[str]:
    """What ``message`` holds: ``word``, ``two words``, ``+pattern``, ``=shape``; at most about a thousand.

    Sentences that try to steer whoever reads them are left out.
    """
    text = readable(message)
    plain = _stood_in(without_frames(text))
    words = [stem(word)[:_LONGEST_WORD] for word in _WORD.findall(plain)]
    return frozenset((*words, *map(" ".join, pairwise(words)), *_signs(text, plain, words)))


def alarming(message: str) -> bool:
    """Whether it says that a service is down or that data is lost: now, and not as a question about it."""
    for sentence in _SENTENCE.split(readable(message).lower()):
        told = not _HYPOTHETICAL.search(sentence) or bool(
            re.search(r"\b(?:prod|production)\b.*\bis down", sentence)
        )
        if told and not _DENIED.search(sentence) and (_OUTAGE.search(sentence) or _LOSS.search(sentence)):
            return True
    return False


def readable(message: str) -> str:
    """The part of ``message`` that is read: its begin and its end, without mentions and steering sentences."""
    text = message if len(message) <= READ else f"{message[:READ]}\n{message[-_READ_LAST:]}"
    text = MENTION.sub("", text.replace("’", "'").replace("\0", " "))
    if not declined(text):
        return text.strip()
    return "\n".join(part for part in _SENTENCE.split(text) if not declined(part)).strip()


def without_frames(text: str) -> str:
    """A stack trace without its frames: what is left is the error itself."""
    return _FRAME.sub("", text)


def _stood_in(text: str) -> str:
    for name, pattern in _STAND_INS:
        text = pattern.sub(f" {name} ", text)
    return re.sub(r"[ \t]+", " ", text).lower()


def _signs(text: str, plain: str, words: list[str]) -> Iterator[str]:
    yield from (f"+{name}" for name, pattern in _COMPILED.items() if pattern.search(plain))
    lower = text.lower()
    yield from (
        f"+{name}" for name, pattern in (("outage", _OUTAGE), ("loss", _LOSS)) if pattern.search(lower)
    )
    if alarming(text):
        yield "+alarming"
    if _COMPILED["observed"].search(plain) and not _COMPILED["asking"].search(plain):
        yield "+stated"
    if _TRACE.search(text):
        yield "+trace"
    if text.rstrip().endswith("?"):
        yield "=asks"
    elif "?" in text:
        yield "=asks inside"
    if words:
        yield f"=begins {words[0]}"
    yield f"=length {min(len(words) // 5, 5)}"
    shouted = sum(word.isupper() and len(word) > 3 for word in re.findall(r"[A-Za-z]+", text))
    if shouted >= 2:
        yield "=shouts"
