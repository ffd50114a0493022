#!/bin/sh
# Starts the broker with the password of its role in PostgreSQL, which is a Secret and no part of the ConfigMap: read at every start.
# The plugin writes it into a connection string of PostgreSQL's, hence the quotes, in which \ stands before ' and \.
#
# Environment: DATABASE_PASSWORD_FILE
set -eu
umask 077
quoted=$(sed "s/[\\\\']/\\\\&/g" "$DATABASE_PASSWORD_FILE")
{
  cat "$(dirname "$0")/mosquitto.conf"
  printf "auth_opt_pg_password '%s'\n" "$quoted"
} > /tmp/mosquitto.conf
exec mosquitto -c /tmp/mosquitto.conf
