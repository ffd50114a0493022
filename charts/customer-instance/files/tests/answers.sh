#!/bin/sh
# Whether every part of the stack can be connected to, by its name: answers.sh HOST:PORT… A line each; fails when one of them cannot.
set -u
failed=0
for target in "$@"; do
  if nc -w 5 "${target%:*}" "${target##*:}" -e /bin/true 2> /dev/null; then echo "ok      $target"; else
    echo "silent  $target"
    failed=1
  fi
done
exit $failed
