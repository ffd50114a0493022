#!/bin/sh
# Brings into the database what the other parts of the stack need there: the roles of the broker and of the metrics exporter, and the
# tables of MQTT users and their rights (prepare.sql). Runs before every start, so that an older database gets them too, and a
# password that was lost and made anew counts. Nobody else is connected meanwhile.
#
# Environment: PGDATA, DATABASE_NAME, DATABASE_USER, and for each password a file: BROKER_PASSWORD_FILE, METRICS_PASSWORD_FILE (roles of
# PostgreSQL), MQTT_API_PASSWORD_FILE, MQTT_EXPORTER_PASSWORD_FILE (users of the broker).
set -eu

# setting NAME VALUE: a statement; the value may be anything that is printable
setting() {
  printf "SET tenantry.%s = '%s';\n\n" "$1" "$(printf %s "$2" | sed "s/'/''/g")"
}
# password NAME FILE
password() {
  value=$(cat "$2")
  if [ -z "$value" ]; then
    echo "$2 is empty" >&2
    exit 1
  fi
  setting "$1" "$value"
}

statements=$(
  # Whatever the database's owner has set for it: the literals below are read as they are written.
  printf 'SET standard_conforming_strings = on;\n\nSET search_path = pg_catalog, pg_temp;\n\n'
  setting app_user "$DATABASE_USER"
  password broker_password "$BROKER_PASSWORD_FILE"
  password metrics_password "$METRICS_PASSWORD_FILE"
  password mqtt_api_password "$MQTT_API_PASSWORD_FILE"
  password mqtt_exporter_password "$MQTT_EXPORTER_PASSWORD_FILE"
  cat "$(dirname "$0")/prepare.sql"
)
# -j: a statement ends with a semicolon and an empty line. log_min_error_statement: a statement that fails is logged with its text, which
# would be the password's.
printf '%s\n\n' "$statements" \
  | postgres --single -j -D "$PGDATA" -c exit_on_error=on -c log_min_error_statement=panic -c log_statement=none "$DATABASE_NAME" > /dev/null
echo "the database $DATABASE_NAME has what broker and metrics need"
