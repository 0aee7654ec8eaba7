# One image for web, the three workers and beat. It holds no secrets: they come from the environment.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PORTAL_HOME=/data RECORDS_DIR=/data/records STATIC_ROOT=/app/static-files

# Reads scans, so that they can be searched.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends tesseract-ocr && rm -rf /var/lib/apt/lists/*

WORKDIR /app
# requirements-s3.txt where records go to an S3-compatible store.
ARG REQUIREMENTS=requirements.txt
COPY requirements.txt requirements-s3.txt ./
RUN pip install --require-hashes -r "$REQUIREMENTS"

COPY manage.py .
COPY portal portal
COPY referrals referrals
COPY content content
COPY templates templates
RUN DEMO=1 python manage.py make_fonts && DEMO=1 python manage.py collectstatic --no-input --verbosity 0

RUN useradd --uid 10001 --no-create-home portal && install -d -o portal -m 700 /data /data/records /data/arriving
USER portal
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "--config", "python:portal.gunicorn"]
