#!/bin/sh
# Starts Redis with the password of its Secret, read at every start, in quotes as redis.conf has them.
#
# Environment: PASSWORD_FILE
set -eu
umask 077
printf 'requirepass "%s"\n' "$(sed 's/[\\"]/\\&/g' "$PASSWORD_FILE")" > /tmp/password.conf
exec redis-server "$(dirname "$0")/redis.conf"
