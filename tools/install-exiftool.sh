#!/usr/bin/env bash
# Brings ExifTool, the referee of `make conformance-restore`, with the system's own package manager.
set -u
command -v exiftool >/dev/null && { echo "ExifTool is installed."; exit 0; }
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq && apt-get install -y -qq --no-install-recommends libimage-exiftool-perl
elif command -v apt-get >/dev/null; then echo "Type: sudo apt-get install libimage-exiftool-perl"; exit 1
elif command -v dnf >/dev/null; then echo "Type: sudo dnf install perl-Image-ExifTool"; exit 1
elif command -v pacman >/dev/null; then echo "Type: sudo pacman -S perl-image-exiftool"; exit 1
elif command -v brew >/dev/null; then echo "Type: brew install exiftool"; exit 1
else echo "Install ExifTool so that 'exiftool' is on PATH."; exit 1
fi
