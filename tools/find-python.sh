#!/usr/bin/env bash
# Prints a Python that can make a virtual environment (any version >= 3.9: it only has to run uv).
# With --for-uv: prints the option that makes uv take a Python >= 3.12 found here, or nothing, so that uv fetches one.
set -u

candidates() {
  for name in python3.13 python3.12 python3.14 python3; do type -ap "$name" 2>/dev/null; done
  for root in "${PYENV_ROOT:-}" "$HOME/.pyenv"; do
    [ -n "$root" ] && ls -d "$root"/versions/3.1[3-9]*/bin/python "$root"/versions/3.12*/bin/python 2>/dev/null
  done
}

works() { # interpreter, oldest minor version
  "$1" -c "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, $2))" >/dev/null 2>&1
}

first() { # oldest minor version
  while read -r python; do works "$python" "$1" && echo "$python" && return 0; done < <(candidates)
  return 1
}

if [ "${1:-}" = --for-uv ]; then
  python=$(first 12) && echo "--python $python"
  exit 0
fi
first 12 || first 9 || {
  echo "Creditline needs Python 3.12 or newer with the venv module: install it (Debian: apt install python3 python3-venv) and run make again." >&2
  exit 1
}
