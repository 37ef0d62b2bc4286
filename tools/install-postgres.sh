#!/usr/bin/env bash
# Brings PostgreSQL's server for the tests, with the system's own package manager; the tests start one of their own.
set -u
for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin; do
  if [ -x "$folder/initdb" ]; then echo "PostgreSQL is installed ($folder)."; exit 0; fi
done
if command -v initdb >/dev/null; then echo "PostgreSQL is installed."; exit 0; fi
if [ "$(uname)" = Darwin ]; then
  echo "Type: brew install postgresql"; exit 1
elif command -v apt-get >/dev/null; then
  if [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql
  else
    echo "Type: sudo apt-get install postgresql"; exit 1
  fi
elif command -v dnf >/dev/null; then echo "Type: sudo dnf install postgresql-server"; exit 1
elif command -v pacman >/dev/null; then echo "Type: sudo pacman -S postgresql"; exit 1
else echo "Install PostgreSQL 14 or later so that 'initdb' is on PATH."; exit 1
fi
