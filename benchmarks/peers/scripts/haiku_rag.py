"""haiku.rag through its Python interface; a person would use its command line and haiku.rag.yaml."""

import asyncio
from pathlib import Path

from haiku.rag.client import HaikuRAG
from haiku.rag.config import AppConfig, expand_env_vars, load_yaml_config

K = 5
CONFIG = Path(__file__).with_name("haiku.rag.yaml")
loop = asyncio.new_event_loop()


def client(database: Path, *, create: bool) -> HaikuRAG:
    config = AppConfig.model_validate(expand_env_vars(load_yaml_config(CONFIG)))
    rag = HaikuRAG(database.with_suffix(".lancedb"), config=config, create=create)
    return loop.run_until_complete(rag.__aenter__())


def index(docs: Path, database: Path) -> int:
    rag = client(database, create=True)
    loop.run_until_complete(rag.create_document_from_source(docs))
    count = loop.run_until_complete(rag.store.chunks_table.count_rows())
    loop.run_until_complete(rag.__aexit__(None, None, None))
    return int(count)


def opened(database: Path) -> HaikuRAG:
    return client(database, create=False)


def search(rag: HaikuRAG, question: str, k: int) -> list[tuple[str, str]]:
    return loop.run_until_complete(_search(rag, question, k))


async def _search(rag: HaikuRAG, question: str, k: int) -> list[tuple[str, str]]:
    # What its search tool gives a model: the hits with the text around them.
    found = await rag.expand_context(await rag.search(question, limit=k))
    return [
        (str(hit.document_uri).removeprefix("file://"), hit.format_for_agent(rank=place, total=len(found)))
        for place, hit in enumerate(found, 1)
    ]


def context(found: list[tuple[str, str]]) -> str:
    return "\n\n---\n\n".join(text for _, text in found)
