#!/usr/bin/env bash
# Brings Chromium for the demo and the browser tests, with the system's own package manager.
set -u
for name in chromium chromium-browser google-chrome google-chrome-stable; do
  if command -v "$name" >/dev/null; then echo "$name is installed."; exit 0; fi
done
if [ "$(uname)" = Darwin ]; then
  echo "Type: brew install --cask chromium"; exit 1
elif command -v apt-get >/dev/null; then
  if [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium
  else
    echo "Type: sudo apt-get install chromium"; exit 1
  fi
elif command -v dnf >/dev/null; then echo "Type: sudo dnf install chromium"; exit 1
elif command -v pacman >/dev/null; then echo "Type: sudo pacman -S chromium"; exit 1
else echo "Install Chromium (or Chrome) so that 'chromium' is on PATH."; exit 1
fi
