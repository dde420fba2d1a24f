"""Embedding models behind one interface: encode_documents, encode_queries, dim."""
