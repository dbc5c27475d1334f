#!/bin/sh
# check-all.sh SSH_CONFIG ITEMS HOST...: runs check.sh for `forty` or `hundred` items on all hosts at once, one fresh connection each (through the jump host
# where ssh_config says so), as root. `pi-3` is another sshd of `pi`. Prints `MACHINE: SUBJECT ...` for what differs.
# Exit code 0: everything is as it should be. 2: something is not. 1: a host failed.
config=$1
items=$2
shift 2
here=$(dirname -- "$0")
results=$(mktemp -d) || exit 1
trap 'rm -rf -- "$results"' EXIT

pids=
for host; do
  ssh -F "$config" -- "$host" "sudo -n sh -s -- ${host%%-*} $items" <"$here/check.sh" >"$results/$host" 2>&1 &
  pids="$pids $!"
done

worst=0
for pid in $pids; do
  wait "$pid"
  case $? in
    0) ;;
    2) [ "$worst" = 1 ] || worst=2 ;;
    *) worst=1 ;;
  esac
done
for host; do [ ! -s "$results/$host" ] || cat -- "$results/$host"; done
exit "$worst"
