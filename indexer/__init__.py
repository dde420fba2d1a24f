"""The indexing core: changed pages in, vectors out."""
