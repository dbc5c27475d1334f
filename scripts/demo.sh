#!/bin/sh
# The main job, from a fresh clone: real machines behind a jump host are checked, planned, provisioned, provisioned again,
# changed by hand, and found out. Where no lab can run, the same in a scratch folder of this computer.
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh

root=$PWD
bold= plain=
[ ! -t 1 ] || { bold=$(printf '\033[1m'); plain=$(printf '\033[0m'); }
work=$(mktemp -d)
lab=demo-$$
cleanup() {
  [ -n "${has_lab:-}" ] && homelab lab down --id "$lab" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

homelab() { node "$root/bin/run.js" "$@"; }

# What is typed, what comes of it, and the exit code it has to have.
step() {
  expected=$1
  shift
  printf '\n%s$ homelab %s%s\n' "$bold" "$*" "$plain"
  code=0
  run "$@" || code=$?
  [ "$code" = "$expected" ] || { printf 'Exit code %s, expected %s.\n' "$code" "$expected" >&2; exit 1; }
}

say() { printf '\n# %s\n' "$*"; }

if homelab lab status >/dev/null 2>"$work/why"; then
  has_lab=yes
  cp -r inventory playbooks templates "$work/"
  rm -f "$work/inventory/known_hosts"
  say 'A jump host, one machine beside it and four behind it. The first time builds their image.'
  homelab lab up --id "$lab" -C "$work"
  run() { (cd "$work" && homelab lab exec --id "$lab" -- node "$root/bin/run.js" "$@"); }
  damage='echo "fixed it by hand, sorry" >> /etc/motd'
  target=dns1
else
  say 'No lab can run here:'
  cat "$work/why"
  say 'The same on this computer, in a scratch folder.'
  cp -r scripts/demo-local/. "$work/"
  mkdir "$work/scratch"
  run() { (cd "$work" && homelab "$@" --set "scratch=$work/scratch"); }
  damage=
  target=here
fi

step 0 validate
step 0 inventory graph
[ -n "$damage" ] && step 0 trust all --yes
step 2 plan
step 0 provision all --yes
say 'Again: there is nothing to do.'
step 0 provision all --yes

say "Somebody changes a file by hand on $target:"
if [ -n "$damage" ]; then
  step 0 run "$target" -- sh -c "$damage"
else
  echo 'fixed it by hand, sorry' >> "$work/scratch/etc/motd"
fi
step 2 plan
step 0 provision "$target" --yes
printf '\nThe demo went as it should.\n'
