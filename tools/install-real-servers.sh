#!/usr/bin/env bash
# Brings the servers and clients of other projects that tests/real drives, each at the version of its lock file:
# tus into tests/real/node/node_modules, a PDS into tests/real/pds/node_modules, S3 (moto, boto3) into .tools/s3,
# thumbor into .tools/thumbor.
set -u
cd "$(dirname "$0")/.." || exit 1
make --no-print-directory .tools/bin/uv &&
  UV_PROJECT_ENVIRONMENT=.tools/s3 .tools/bin/uv sync --quiet --frozen --only-group s3 --no-install-project \
    $(tools/find-python.sh --for-uv) || exit 1
.tools/bin/uv venv --quiet --allow-existing $(tools/find-python.sh --for-uv) .tools/thumbor &&
  .tools/bin/uv pip install --quiet --python .tools/thumbor -r tests/real/thumbor/requirements.txt || exit 1
if ! command -v npm >/dev/null; then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends nodejs npm
  else echo "Install Node.js 20.19 or later with npm (apt-get, dnf, pacman or brew install nodejs npm)."; exit 1
  fi
fi

fetched() { # the folder's packages are there as its lock file says; none of their scripts has run
  [ node_modules/.complete -nt package-lock.json ] || npm ci --no-audit --no-fund --silent --ignore-scripts
}

(cd tests/real/node && fetched && touch node_modules/.complete) || exit 1

# The PDS keeps its repositories in SQLite through an addon that is compiled here, against the headers that came with
# Node: nothing but packages of the registry is fetched.
cd tests/real/pds || exit 1
[ node_modules/.complete -nt package-lock.json ] && exit 0
headers="$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")"
if ! [ -e "$headers/include/node/node.h" ] || ! command -v c++ >/dev/null || ! command -v make >/dev/null; then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq && apt-get install -y -qq --no-install-recommends g++ make python3 &&
      { [ -e "$headers/include/node/node.h" ] || apt-get install -y -qq --no-install-recommends libnode-dev; }
  else echo "Install a C++ compiler, make, python3 and the headers of Node.js (libnode-dev)."; exit 1
  fi
fi
fetched && npm_config_nodedir="$headers" npm rebuild --silent better-sqlite3 && touch node_modules/.complete
