# One image for web, worker, keeper and clock. It holds no key and no data.
FROM python:3.11-slim-bookworm
RUN useradd --system --uid 900 --home-dir /var/lib/mlmc --create-home mlmc
WORKDIR /opt/mlmc
COPY . .
# The same set-up as on any machine: pinned packages, the front end, the static files.
RUN python3 -m mlmc.launcher set-up && rm -rf var/npm var/log /root/.cache
ENV DJANGO_SETTINGS_MODULE=mlmc.settings MLMC_VAR=/var/lib/mlmc MLMC_STATIC=/opt/mlmc/var/static PATH=/opt/mlmc/.venv/bin:$PATH
USER mlmc
VOLUME /var/lib/mlmc
EXPOSE 8000
CMD ["gunicorn", "mlmc.wsgi", "--bind", "0.0.0.0:8000", "--no-control-socket", "--worker-class", "gthread", "--workers", "3", "--threads", "4"]
