#!/usr/bin/env bash
# Brings the checks of the browser extension (eslint, TypeScript, web-ext, axe-core) into tools/extension/node_modules.
set -u
cd "$(dirname "$0")/extension" || exit 1
if ! command -v npm >/dev/null; then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends nodejs npm
  else echo "Install Node.js 20 or later with npm (apt-get, dnf, pacman or brew install nodejs npm)."; exit 1
  fi
fi
npm ci --no-audit --no-fund --silent
