#!/bin/sh
# Makes the database of a new customer: a superuser whom nobody can be over the network, and the API's own user, who owns
# one database and nothing else. It is made beside its place and moved there whole, so that a start that was killed half-way
# is simply begun again: without the move, a folder that looks initialised would lack the API's user for ever. A folder that
# holds a database is never touched.
#
# Environment: PGDATA, DATABASE_NAME, DATABASE_USER, DATABASE_PASSWORD_FILE. Needs PostgreSQL's own programs only, which every
# build of the official image has on its path.
set -eu

if [ -s "$PGDATA/PG_VERSION" ]; then
  echo "there is a database in $PGDATA: nothing to do"
  exit 0
fi
# An empty folder may be there; one that holds something else is a person's to look at, and rmdir says so.
if [ -e "$PGDATA" ]; then rmdir "$PGDATA"; fi
password=$(cat "$DATABASE_PASSWORD_FILE")
if [ -z "$password" ]; then
  echo "$DATABASE_PASSWORD_FILE is empty" >&2
  exit 1
fi

new="$PGDATA.new"
rm -rf "$new"
# The superuser gets no password. Connections from other pods need one, so the superuser is reached from inside the pod alone.
initdb --pgdata="$new" --username=postgres --encoding=UTF8 --auth-local=trust --auth-host=scram-sha-256
echo 'host all all all scram-sha-256' >> "$new/pg_hba.conf"
echo "listen_addresses = '*'" >> "$new/postgresql.conf"

# A statement a line. The names are plain words (values.schema.json); the password may be anything, on one line.
# log_min_error_statement: a statement that fails is logged with its text, which would be the password's.
quoted=$(printf %s "$password" | sed "s/'/''/g")
postgres --single -D "$new" -c exit_on_error=on -c log_min_error_statement=panic -c standard_conforming_strings=on postgres > /dev/null <<SQL
CREATE ROLE "$DATABASE_USER" LOGIN PASSWORD '$quoted'
CREATE DATABASE "$DATABASE_NAME" OWNER "$DATABASE_USER"
REVOKE ALL ON DATABASE "$DATABASE_NAME", postgres, template1 FROM PUBLIC
SQL

# On the disk before it has its name, and the name too before anybody uses it.
initdb --sync-only --pgdata="$new"
mv "$new" "$PGDATA"
sync -f "$PGDATA"
echo "made the database $DATABASE_NAME, owned by $DATABASE_USER"
