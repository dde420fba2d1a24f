"""A collection is loaded, whoever else looks at the file meanwhile."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

from adapters.milvus.connection import connect, load

MADE = """
import sys
from pymilvus import MilvusClient
client = MilvusClient(sys.argv[1])
client.create_collection("docs", dimension=8)
client.insert("docs", [{"id": number, "vector": [0.1] * 8} for number in range(2000)])
client.flush("docs")
"""


def looks(client: Any, over: Event) -> None:
    while not over.is_set():
        client.list_collections()


def test_a_collection_is_loaded_while_others_list_collections(tmp_path: Path) -> None:
    for number in range(3):
        uri, over = str(tmp_path / f"{number}.db"), Event()
        # By another process: here it is still released.
        subprocess.run([sys.executable, "-c", MADE, uri], check=True, timeout=100)
        mine, others = connect(uri), connect(uri)
        with ThreadPoolExecutor(5) as threads:
            looking = [threads.submit(looks, others, over) for _ in range(4)]
            try:
                threads.submit(load, mine, "docs").result(60)
                assert len(mine.search("docs", [[0.1] * 8], limit=3)[0]) == 3
            finally:
                over.set()
        for one in looking:
            one.result()
        for client in (mine, others):
            client.close()
