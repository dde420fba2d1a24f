"""Names the part of a product that a message is about, by its words and by the passages found (pure)."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.model import Passage
from bot.words import stem

OTHER = "other"
COMPONENTS: Mapping[str, str] = {
    "search": "search query filter result results recall ranking rank score scores hybrid neighbour "
    "neighbor topk limit range match expression contains pagination iterator retrieve",
    "indexing": "index reindex hnsw ivf flat diskann scann gpu cagra cuda quantization nlist nprobe ef",
    "storage": "storage disk volume backup restore snapshot s3 bucket minio object persistence persistent "
    "wal segment compaction etcd retention export dump migrate move data lost gone corrupted "
    "replica",
    "insert": "insert upsert import ingest ingestion ingested bulk write load upload delete primary "
    "unique schema",
    "auth": "password login log-in auth authorization authentication token role permission rbac sso "
    "saml ldap oidc credential user locked jwt tls certificate",
    "k8s": "kubernetes k8s helm pod pods operator statefulset pvc eks gke aks openshift ingress "
    "namespace chart cluster rolling rollout rollback air-gapped node quorum",
    "docker": "docker compose container podman image dockerfile arm arm64 cpu xeon exit",
    "monitoring": "metric metrics prometheus grafana dashboard alert log logs telemetry trace",
    "messaging": "broker topic consumer producer kafka pulsar queue offset subscription partition message",
    "network": "proxy dns port firewall load-balancer timeout timeouts grpc connect connection refused "
    "address",
    "sdk-python": "python pip pypi pandas numpy asyncio jupyter fastapi django attributeerror keyerror "
    "typeerror valueerror importerror modulenotfounderror indexerror nameerror traceback",
    "sdk-node": "node.js nodejs npm typescript javascript yarn promise",
    "sdk-java": "java maven gradle jar spring nullpointerexception kotlin jvm classcastexception",
    "sdk-go": "golang goroutine go-sdk",
    "sdk-dotnet": "c# dotnet nuget",
    "sdk-rust": "cargo crate",
}
"""Parts of most products for developers, with the words that speak for them."""
_STRONG = ("sdk-", "auth", "k8s", "docker")
"""Words of these are named for no other reason than being used; "search" and "data" stand everywhere."""
_TOKEN = re.compile(r"[^\W_]+(?:[.#-][^\W_]+)*#?")
_PYTHON = re.compile(r"\bpy[a-z]{3,20}\b|\.py\b|\bpython\d?\b", re.IGNORECASE)
_SDK_OF = re.compile(
    r"\b(python|node|java|go|rust|ruby|php|c#|dotnet) (?:sdk|client|driver|library)\b", re.IGNORECASE
)
_CLIENT = re.compile(r"\b[A-Z]\w*Client\b")
_OWN_WORDS, _PASSAGE = 1.0, 0.2
_READ_PASSAGES = 3
_SILENT = frozenset({"not-support", "account-billing"})
"""Categories of messages that are about no part of the product."""


def component(message: str, category: str, passages: Sequence[Passage] = ()) -> str:
    """One of ``COMPONENTS``, or ``other``.

    Headings and paths of the first passages count a fifth of what the message says itself.
    """
    if category in _SILENT:
        return OTHER
    said = _words(message)
    found = [_words(f"{one.title} {one.heading} {one.path}") for one in passages[:_READ_PASSAGES]]
    scores: dict[str, float] = dict.fromkeys(COMPONENTS, 0.0)
    for name, listed in COMPONENTS.items():
        meant = {stem(word) for word in listed.split()}
        weight = 2 * _OWN_WORDS if name.startswith(_STRONG) else _OWN_WORDS
        scores[name] = weight * len(meant & said) + _PASSAGE * sum(bool(meant & one) for one in found)
    for name in _sdks(message):
        if name in scores:
            scores[name] += 2
    best = max(scores, key=scores.__getitem__, default=OTHER)
    return best if scores.get(best) else OTHER


def _words(text: str) -> set[str]:
    return {stem(word) for token in _TOKEN.findall(text) for word in (token, *re.split(r"[.-]", token))}


def _sdks(message: str) -> Iterator[str]:
    if _PYTHON.search(message) or _CLIENT.search(message):
        yield "sdk-python"
    for found in _SDK_OF.finditer(message):
        name = found[1].lower()
        yield f"sdk-{'dotnet' if name == 'c#' else name}"
