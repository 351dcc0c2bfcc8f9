# Two images from one file: the product and Rasa exclude each other's dependencies.
FROM python:3.11-slim AS product
WORKDIR /app
RUN pip install --no-cache-dir uv
COPY requirements/product.txt requirements/
RUN uv pip install --system --no-cache --require-hashes -r requirements/product.txt
COPY . .
ENV PYTHONPATH=/app PYTHONUNBUFFERED=1
RUN printf '#!/bin/sh\nexec python -m concierge "$@"\n' > /usr/local/bin/concierge \
    && chmod +x /usr/local/bin/concierge \
    && useradd --create-home concierge
USER concierge

FROM python:3.10-slim AS rasa
WORKDIR /app
RUN pip install --no-cache-dir uv
COPY requirements/rasa.txt requirements/
RUN uv pip install --system --no-cache --require-hashes -r requirements/rasa.txt
COPY nlu nlu
ENV PYTHONPATH=/app/nlu PYTHONUNBUFFERED=1 RASA_TELEMETRY_ENABLED=false
RUN rasa train --config nlu/config.yml --domain nlu/domain --data nlu/data --out nlu/models \
      --fixed-model-name concierge \
    && useradd --create-home rasa
USER rasa
CMD ["rasa", "run", "--model", "nlu/models", "--endpoints", "nlu/endpoints.yml", \
     "--credentials", "nlu/credentials.yml", "--port", "5005"]
