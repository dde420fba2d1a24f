"""Speed and quality on the Milvus documentation: ``python -m benchmarks`` (``make bench``)."""
