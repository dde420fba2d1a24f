"""The words that tell a version of the product from other numbers."""

_SAID = (
    "version versions ver v release releases versión versiones versão versões versione versioni versie "
    "versionen версия версии версию версией версиях 版本 バージョン 버전"
)
_IN = (
    "in on for since until till before after with using use via into inside about and or but so en na "
    "no em para por con com desde unter mit bei für ab seit auf dans pour avec sur depuis nella nel per "
    "в на для с у к 在 从 到"
)
_FROM = "from to between than von nach zwischen de a da até от до"
_MEASURED = (
    "set sets setting increase increased decrease decreased raise raised reduce reduced lower lowered "
    "equal equals ratio factor score scores distance threshold value radius limit latency grew rose "
    "fell dropped up down takes took scale scaled larger smaller greater less more faster slower"
)
_OTHERS = (
    "python java javascript typescript node nodejs npm go golang rust ruby swift php perl scala kotlin "
    "spring pymilvus torch pytorch tensorflow keras numpy pandas scipy sklearn onnx onnxruntime cuda "
    "cudnn nvidia driver docker compose kubernetes k8s kubectl helm istio linux ubuntu debian centos "
    "rhel kernel windows macos gcc glibc cmake bazel kafka pulsar etcd minio mysql postgres postgresql "
    "redis mongodb elasticsearch opensearch sqlite grpc protobuf http https tls ssl ip ipv api rest "
    "openapi json yaml gpt llama bert e5 bge mistral langchain llamaindex haystack openai pydantic "
    "fastapi flask django airflow spark flink hadoop avx avx2 sse chapter section step figure fig table "
    "page appendix item question part row line number issue ticket pr"
)
_PARTS = (
    "client sdk chart schema index collection library package plugin extension browser app firmware format "
    "protocol image api config file template model"
)

SAID = frozenset(_SAID.split())
"""Words for "version"."""
IN = frozenset(_IN.split())
"""Words before a version: "in 2.4"."""
FROM = frozenset(_FROM.split())
"""Words before a version as well as before a measure."""
MEASURED = frozenset(_MEASURED.split())
"""Words around a measure: "raise it from 2.4 to 2.6"."""
OTHERS = frozenset(_OTHERS.split())
"""Other software, and other things with numbers, that stand before one."""
PARTS = frozenset(_PARTS.split())
"""Parts of a product, and things around it, with versions of their own: "chart version 4.1"."""
