#!/bin/sh
# Stands in for mosquitto-go-auth, which cannot be had here: started as `mosquitto -c FILE`, it reads the plugin's options in that file, asks
# PostgreSQL by the statements that stand there, and starts Debian's mosquitto with what was answered as its password file and its
# file of rights. Who is made later is known after a restart, where the plugin would know at once; a subscription to what may not be
# received is taken and nothing comes, where the plugin would refuse it. Everything else is the chart's own configuration.
#
# Environment: MOSQUITTO, the real one (default: mosquitto-of-debian, on the path); FILES, a folder to write to (default: /tmp).
set -eu
conf=$2
files=${FILES:-/tmp}
umask 077

option() { sed -n "s/^auth_opt_pg_$1 //p" "$conf"; }

# A value in quotes, as a connection string of PostgreSQL's has it.
PGPASSWORD=$(option password | sed "s/^'\(.*\)'\$/\1/; s/\\\\\(.\)/\1/g")
export PGPASSWORD PGHOST="$(option host)" PGPORT="$(option port)" PGDATABASE="$(option dbname)" PGUSER="$(option user)" PGCONNECT_TIMEOUT=5
# ask STATEMENT PARAMETERS TYPES: the statement of the configuration, as it is, with its parameters bound
ask() { printf 'PREPARE asked (%s) AS %s;\nEXECUTE asked (%s);\n' "$3" "$1" "$2" | psql --no-psqlrc -qAt; }

until psql --no-psqlrc -qAtc 'SELECT 1' > /dev/null; do sleep 1; done
: > "$files/users"
: > "$files/rights"
for user in $(psql --no-psqlrc -qAtc 'SELECT username FROM mqtt.users'); do
  hash=$(ask "$(option userquery)" "'$user'" text)
  [ -n "$hash" ] || continue
  # Debian's broker has the same hash under another name, and takes salts of 12 bytes only.
  echo "$user:$(echo "$hash" | sed 's/^PBKDF2[$]sha512[$]/$7$/')" >> "$files/users"
  echo "user $user" >> "$files/rights"
  for access in "1 read" "2 write"; do
    ask "$(option aclquery)" "'$user', ${access% *}" text,int \
      | sed "s/%u/$user/g; s|^|topic ${access#* } |" >> "$files/rights"
  done
done
{
  grep -v '^auth_' "$conf"
  echo "password_file $files/users"
  echo "acl_file $files/rights"
} > "$files/broker.conf"
unset PGPASSWORD
exec "${MOSQUITTO:-mosquitto-of-debian}" -c "$files/broker.conf"
