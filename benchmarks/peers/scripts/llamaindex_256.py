"""The same with pieces that the embedding model can read whole, overlapping by as large a share."""

from llama_index.core import Settings

from benchmarks.peers.scripts.llamaindex import K, context, index, opened, search

__all__ = ["K", "context", "index", "opened", "search"]
Settings.chunk_size = 256
Settings.chunk_overlap = 50
