"""LangChain with langchain-milvus: folder loader, recursive splitter 1,000/200, the store's defaults."""

from pathlib import Path

from langchain_community.document_loaders import DirectoryLoader, TextLoader
from langchain_milvus import Milvus
from langchain_text_splitters import RecursiveCharacterTextSplitter

from benchmarks.peers.embedders import for_langchain

K = 4
embeddings = for_langchain()


def index(docs: Path, database: Path) -> int:
    pages = DirectoryLoader(str(docs), glob="**/*.md", loader_cls=TextLoader).load()
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    chunks = splitter.split_documents(pages)
    Milvus.from_documents(chunks, embeddings, connection_args={"uri": str(database)})
    return len(chunks)


def opened(database: Path) -> Milvus:
    return Milvus(embedding_function=embeddings, connection_args={"uri": str(database)})


def search(store: Milvus, question: str, k: int) -> list[tuple[str, str]]:
    found = store.similarity_search(question, k=k)
    return [(chunk.metadata["source"], chunk.page_content) for chunk in found]


def context(found: list[tuple[str, str]]) -> str:
    return "\n\n".join(text for _, text in found)
