#!/bin/sh
# Runs once, when the database is made: a user for Grafana that reads and cannot write.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\getenv password GRAFANA_READER_PASSWORD
CREATE ROLE grafana LOGIN PASSWORD :'password' IN ROLE pg_read_all_data;
ALTER ROLE grafana SET default_transaction_read_only = on;
ALTER ROLE grafana SET statement_timeout = '30s';
SQL
