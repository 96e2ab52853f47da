#!/usr/bin/env bash
# First boot of the compose installation: what is there stays as it is.
set -euo pipefail
umask 077

tls=/data/nats/tls
mkdir -p "$tls" /data/nats/accounts /agent/keys /router/keys /migration/keys
if [ ! -f "$tls/server.crt" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=usher broker authority' -keyout "$tls/ca.key" -out "$tls/ca.crt"
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=nats' -keyout "$tls/server.key" -out "$tls/server.csr"
  openssl x509 -req -in "$tls/server.csr" -CA "$tls/ca.crt" -CAkey "$tls/ca.key" -CAcreateserial -days 3650 \
    -extfile <(printf 'subjectAltName=DNS:nats,DNS:localhost,IP:127.0.0.1') -out "$tls/server.crt"
fi
install -m 0444 "$tls/ca.crt" /ca/ca.crt

node apps/usher/dist/main.js broker-config
# The agent host gets its login and nothing else of the key folder.
install -m 0600 /data/keys/agent-host.creds /agent/keys/agent-host.creds
# So do router and migration, each with the one key that it signs with.
install -m 0600 /data/keys/router.login.json /router/keys/router.login.json
install -m 0600 /data/keys/migration.login.json /migration/keys/migration.login.json
