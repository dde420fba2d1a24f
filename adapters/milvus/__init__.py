"""Milvus: Lite, a server or Zilliz Cloud behind the ports of both cores."""
