#!/usr/bin/env bash
# Brings Chromium and Firefox for the demo, `creditline browser` and the browser tests, with the system's own package
# manager; certutil with them, which writes the certificate store of a Firefox profile.
set -u
has() { for name in "$@"; do command -v "$name" >/dev/null && return 0; done; return 1; }

wanted=()
has chromium chromium-browser google-chrome google-chrome-stable || wanted+=(chromium)
has firefox-esr firefox || wanted+=(firefox)
has certutil || wanted+=(certutil)
[ ${#wanted[@]} = 0 ] && { echo "Chromium, Firefox and certutil are installed."; exit 0; }

packages() { # of what is wanted, under the names given for chromium, firefox and certutil
  for part in "${wanted[@]}"; do
    case $part in chromium) echo "$1" ;; firefox) echo "$2" ;; certutil) echo "$3" ;; esac
  done
}
if [ "$(uname)" = Darwin ]; then
  echo "Type: brew install" $(packages "--cask chromium" "--cask firefox" nss); exit 1
elif command -v apt-get >/dev/null; then
  firefox=firefox-esr
  [ "$(. /etc/os-release && echo "$ID")" = ubuntu ] && firefox=firefox
  if [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends $(packages chromium "$firefox" libnss3-tools)
  else
    echo "Type: sudo apt-get install" $(packages chromium "$firefox" libnss3-tools); exit 1
  fi
elif command -v dnf >/dev/null; then echo "Type: sudo dnf install" $(packages chromium firefox nss-tools); exit 1
elif command -v pacman >/dev/null; then echo "Type: sudo pacman -S" $(packages chromium firefox nss); exit 1
else echo "Install Chromium and Firefox so that 'chromium' and 'firefox' are on PATH."; exit 1
fi
