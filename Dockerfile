ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS build

WORKDIR /srv/epochplan

# the environment is made without pip; the pip of the base image fills it
COPY requirements/runtime.txt requirements/
RUN python -m venv --without-pip /opt/venv \
 && python -m pip --python /opt/venv/bin/python --disable-pip-version-check --no-cache-dir --no-input \
      install --no-deps --require-hashes --requirement requirements/runtime.txt \
 && find /opt/venv/lib -depth -type d \( -name tests -o -name test \) -exec rm -rf {} +

# readable by everybody, whatever the umask of the building person
COPY LICENSE LICENSE
COPY app app
RUN rm -r requirements && chmod -R a+rX .

# the command `epochplan`, from whichever folder
RUN /opt/venv/bin/python -c "import pathlib, sysconfig; pathlib.Path(sysconfig.get_path('purelib'), 'epochplan.pth').write_text('/srv/epochplan\n')" \
 && printf '#!/opt/venv/bin/python\nfrom app.cli.__main__ import main\n\nmain()\n' >/opt/venv/bin/epochplan \
 && chmod 755 /opt/venv/bin/epochplan

FROM ${BASE}

LABEL org.opencontainers.image.title="Epochplan" \
      org.opencontainers.image.description="Plans training schedules" \
      org.opencontainers.image.licenses="Apache-2.0"

RUN python -m pip uninstall --yes --quiet --root-user-action=ignore pip setuptools wheel

COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/epochplan /srv/epochplan

WORKDIR /srv/epochplan
ENV PATH=/opt/venv/bin:$PATH \
    EPOCHPLAN_HOST=0.0.0.0 \
    EPOCHPLAN_PORT=8000 \
    PYTHONUNBUFFERED=1

# Nothing can be written at run time, so the bytecode and the kernels are compiled here, the latter
# for the processor of the building machine. Another processor compiles them when the service starts.
RUN python -c "import app.__main__, app.sampling.warm_up as w; w.warm_up()"
ENV PYTHONDONTWRITEBYTECODE=1

USER 10001:10001
EXPOSE 8000

HEALTHCHECK --interval=5s --timeout=3s --start-period=15s --retries=3 \
  CMD ["python", "-c", "import http.client as h, os; c = h.HTTPConnection('127.0.0.1', int(os.environ['EPOCHPLAN_PORT']), timeout=2); c.request('GET', '/livez'); raise SystemExit(c.getresponse().status != 200)"]

# no shell in between: SIGTERM reaches the service
CMD ["python", "-m", "app"]
