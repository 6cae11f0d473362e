# One image for every service: `deskbell run gateway`, `deskbell run nlu`, ... The layers change in the order
# in which they are listed, dependencies least often. `--target tools` adds what load reports need.
FROM python:3.11-slim-bookworm AS dependencies
WORKDIR /build
COPY requirements/build.lock requirements/default.lock ./
# pip itself stays outside of the environment, and so outside of the image's own packages.
RUN python -m venv --without-pip /opt/venv
ENV PIP_PYTHON=/opt/venv/bin/python PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_REQUIRE_HASHES=1
RUN python -m pip install -r build.lock \
 && python -m pip install --no-build-isolation --use-pep517 -r default.lock

FROM dependencies AS tool-dependencies
COPY requirements/load.lock ./
RUN python -m pip install --no-build-isolation --use-pep517 -r load.lock

FROM python:3.11-slim-bookworm AS service
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
# Healthy means ready: the process reaches its bus and its stores. The first start fits the shop's models: a minute on
# two cores, many on a busy one. The period costs nothing, for the first good answer ends it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=900s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('DESKBELL_INTERNAL_PORT', '8001') + '/readyz', timeout=4)"]
ENTRYPOINT ["python", "-m", "services.cli"]
CMD ["run"]

FROM service AS tools
COPY --from=tool-dependencies /opt/venv /opt/venv
USER root
COPY loadtest loadtest
RUN chmod -R a+rX loadtest && PYTHONDONTWRITEBYTECODE= python -m compileall -q loadtest
USER 10001:10001
HEALTHCHECK NONE
CMD ["--help"]

# What a build makes that names no target.
FROM service
