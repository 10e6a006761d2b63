#!/bin/sh
# Makes a certificate authority and a certificate for the Redis of redis-tls.conf:
#   make-certificates.sh FOLDER HOST
# Clients trust it by NODE_EXTRA_CA_CERTS=FOLDER/ca.crt; ca.key is needed only to make more certificates.
set -eu

if [ $# -ne 2 ]; then
  echo "usage: $0 FOLDER HOST" >&2
  exit 2
fi
folder=$1
host=$2
days=825

umask 077
mkdir -p "$folder"
cd "$folder"

openssl req -x509 -newkey rsa:3072 -nodes -days "$days" -subj "/CN=natsweep authority" \
  -keyout ca.key -out ca.crt 2>/dev/null
openssl req -newkey rsa:3072 -nodes -subj "/CN=$host" -keyout redis.key -out redis.csr 2>/dev/null

case $host in
  *[!0-9.]*) name="DNS:$host" ;;
  *) name="IP:$host" ;;
esac
printf 'subjectAltName=%s\n' "$name" >redis.ext
openssl x509 -req -in redis.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days "$days" \
  -extfile redis.ext -out redis.crt 2>/dev/null
rm redis.csr redis.ext
chmod 644 ca.crt redis.crt

echo "made $folder/redis.crt for $host; give $folder/ca.crt to every machine of the fleet"
