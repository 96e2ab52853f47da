#!/usr/bin/env bash
# Run once by the PostgreSQL image: the owner, who migrates, and the role that the services log in as.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -v owner="$USHER_OWNER_PASSWORD" -v app="$USHER_APP_PASSWORD" --username postgres <<'SQL'
CREATE ROLE usher_owner LOGIN PASSWORD :'owner';
CREATE ROLE usher_app LOGIN PASSWORD :'app';
CREATE DATABASE usher OWNER usher_owner;
SQL
