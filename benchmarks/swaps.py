"""What readers see while another index takes its place: ``python -m benchmarks.swaps``."""

import asyncio
import os

import typer

from adapters.index_process import index_apart
from adapters.milvus.connection import served_address
from benchmarks.serving import Reader
from benchmarks.workspace import ROOT, Workspace, workspace
from config import indexing, wiring
from config.settings import load_settings

READERS = 4
SWAPS = 20
OTHER_CHUNKS = "1300"


async def watched(docent: wiring.Docent, work: "asyncio.Future[None]") -> tuple[int, int]:
    """Searches, and those of them that failed or found nothing, while ``work`` goes on."""
    readers = [Reader(docent) for _ in range(READERS)]
    await asyncio.gather(*(reader.until(work.done) for reader in readers))
    await work
    return sum(len(reader.waits) for reader in readers), sum(reader.failed for reader in readers)


async def rebuild(space: Workspace, uri: str) -> None:
    os.environ["DOCENT_INDEX__CHUNK_CHARS"] = OTHER_CHUNKS
    try:
        await index_apart(space.config, (), "benchmark", lambda: served_address(uri))
    finally:
        del os.environ["DOCENT_INDEX__CHUNK_CHARS"]


async def back_and_forth(space: Workspace) -> None:
    store = indexing.store_of(load_settings(space.config))
    try:
        for _ in range(SWAPS):
            await asyncio.to_thread(store.rollback)
            await asyncio.sleep(0.3)
    finally:
        store.close()


async def measure(space: Workspace) -> None:
    uri = wiring.start(space.config).milvus.uri
    async with wiring.wire(space.config) as docent:
        await docent.retriever.search("What is Milvus?", 1)
        for name, work in (
            ("an index with other chunks is built, checked and swapped in", rebuild(space, uri)),
            (f"{SWAPS} rollbacks to and fro", back_and_forth(space)),
        ):
            searches, failed = await watched(docent, asyncio.ensure_future(work))
            print(f"| {name}: searches of {READERS} readers, failed or empty | {searches}, {failed} |")


def main(model: str = "minilm") -> None:
    """Index the documentation, then search while the alias moves."""
    print("| what | figure |\n| --- | --- |")
    with workspace(model) as space:
        os.chdir(space.folder)
        os.environ["PYTHONPATH"] = str(ROOT)
        space.docent("index")
        asyncio.run(measure(space))


if __name__ == "__main__":
    typer.run(main)
