#!/bin/sh
# Brings a fresh clone to where everything runs: npm dependencies, Debian packages for the lab, the build.
# What is there already is not done again.
set -eu
cd "$(dirname "$0")/.."

stamp=node_modules/.homelab-setup
if [ ! -e "$stamp" ] || [ package-lock.json -nt "$stamp" ]; then
  echo 'Installing dependencies'
  # Not `npm ci`: it refuses a lock file without the packages of systems that a registry does not carry.
  npm install --no-save --no-audit --no-fund --loglevel=error
  touch "$stamp"
fi

# program:package that brings it
missing=
for pair in systemd-nspawn:systemd-container mmdebstrap:mmdebstrap ip:iproute2 ssh:openssh-client sshd:openssh-server \
  sudo:sudo busybox:busybox age:age python3:python3 nix-instantiate:nix-bin; do
  PATH="$PATH:/usr/sbin:/sbin" command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
done
if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian packages:$missing"
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of words
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
  else
    echo "The lab needs root on Debian and:$missing. Without it, what needs machines falls back or is reported."
  fi
fi

node scripts/build.mjs
