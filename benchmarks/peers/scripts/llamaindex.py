"""LlamaIndex with its Milvus store: folder reader, Markdown reader and sentence splitter as they come."""

from pathlib import Path

from llama_index.core import Settings, SimpleDirectoryReader, StorageContext, VectorStoreIndex
from llama_index.core.schema import MetadataMode
from llama_index.vector_stores.milvus import MilvusVectorStore

from benchmarks.peers.embedders import for_llama_index

K = 2
Settings.embed_model = for_llama_index()


def index(docs: Path, database: Path) -> int:
    pages = SimpleDirectoryReader(str(docs), recursive=True, required_exts=[".md"]).load_data()
    store = MilvusVectorStore(uri=str(database), dim=384, overwrite=True)
    VectorStoreIndex.from_documents(pages, storage_context=StorageContext.from_defaults(vector_store=store))
    return int(store.client.get_collection_stats(store.collection_name)["row_count"])


def opened(database: Path) -> VectorStoreIndex:
    store = MilvusVectorStore(uri=str(database), dim=384)
    store.client.load_collection(store.collection_name)  # Milvus Lite opens collections released
    return VectorStoreIndex.from_vector_store(store)


def search(store: VectorStoreIndex, question: str, k: int) -> list[tuple[str, str]]:
    found = store.as_retriever(similarity_top_k=k).retrieve(question)
    return [(hit.metadata["file_path"], hit.get_content(MetadataMode.LLM)) for hit in found]


def context(found: list[tuple[str, str]]) -> str:
    return "\n\n".join(text for _, text in found)
