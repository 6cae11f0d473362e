# One image for every service: `deskbell run gateway`, `deskbell run nlu`, ... The layers change in the order
# in which they are listed, dependencies least often.
FROM python:3.11-slim-bookworm AS dependencies
WORKDIR /build
COPY requirements/build.lock requirements/default.lock ./
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r build.lock \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
      --no-build-isolation --use-pep517 -r default.lock \
 && /opt/venv/bin/pip uninstall --yes --quiet pip

FROM python:3.11-slim-bookworm
RUN groupadd --system --gid 10001 deskbell \
 && useradd --system --uid 10001 --gid deskbell --no-create-home --home-dir /tmp deskbell \
 && install -d -o deskbell -g deskbell /var/lib/deskbell
COPY --from=dependencies /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp DESKBELL_VAR=/var/lib/deskbell
WORKDIR /app
COPY shared shared
COPY services services
COPY shops shops
# The root file system may be read-only, so Python cannot keep its bytecode later; and whatever umask the
# checkout was made with, the service's user must be able to read it.
RUN chmod -R a+rX /app && PYTHONDONTWRITEBYTECODE= python -m compileall -q services shared
USER 10001:10001
EXPOSE 8000 8001
# Healthy means ready: the process reaches its bus and its stores.
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('DESKBELL_INTERNAL_PORT', '8001') + '/readyz', timeout=4)"]
ENTRYPOINT ["python", "-m", "services.cli"]
CMD ["run"]
