# Docent as an image: `docker build -t docent .`
FROM python:3.12-slim

# git reads documentation from repositories.
RUN apt-get update \
    && apt-get install -y --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/*

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

# The dependencies change seldom, so that they are a layer of their own.
COPY requirements.lock ./
RUN pip install --no-deps --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE NOTICE ./
COPY adapters ./adapters
COPY bot ./bot
COPY config ./config
COPY indexer ./indexer
RUN pip install --no-deps --no-build-isolation .

COPY docent.toml ./
COPY samples ./samples
RUN useradd --create-home --uid 10001 docent && mkdir data && chown docent:docent data
USER docent
VOLUME /app/data
EXPOSE 8080
CMD ["docent", "serve"]
