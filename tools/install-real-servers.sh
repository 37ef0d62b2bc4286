#!/usr/bin/env bash
# Brings the servers and clients of other projects that tests/real drives into tests/real/node/node_modules.
set -u
cd "$(dirname "$0")/../tests/real/node" || exit 1
[ node_modules/.complete -nt package-lock.json ] && exit 0
if ! command -v npm >/dev/null; then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends nodejs npm
  else echo "Install Node.js 20.19 or later with npm (apt-get, dnf, pacman or brew install nodejs npm)."; exit 1
  fi
fi
npm ci --no-audit --no-fund --silent --ignore-scripts && touch node_modules/.complete
