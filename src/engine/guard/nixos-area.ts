import type { GuardArea } from './guard-area.js';

/** What an item touches that has NixOS activate another system. */
const SYSTEM = 'nixos:system';

/**
 * The running system of NixOS, which makes /etc, units, accounts and rules of the packet filter: all of them come back by
 * activating the system of before, nixos-rebuild(8). Nothing is the default of the boot before it is proven, so a boot
 * brings back as much.
 */
export const nixosArea: GuardArea = {
  name: 'nixos',
  what: 'the NixOS system',
  isPartOf: ({ os }) => os.family === 'nixos',
  // Built is it by then, where it could be tried; a small board still evaluates for minutes.
  timerSeconds: 300,
  alsoCovers: (thing) => thing === SYSTEM,
  paths: () => [],
  units: [],
  isUndoneByBoot: true,
  // Unknown options, assertions and packages that do not build are found before anything is changed.
  trial: () => `command -v nixos-rebuild >/dev/null 2>&1 || exit 0
[ ! -r /etc/set-environment ] || . /etc/set-environment
# What is built by ourselves would be built in memory: this /tmp is.
[ ! -S /nix/var/nix/daemon-socket/socket ] || export NIX_REMOTE=daemon
mkdir /tmp/nixos && cd /tmp/nixos || exit 1
nixos-rebuild build >/tmp/nixos.log 2>&1 || { tail -n 20 /tmp/nixos.log >&2; exit 1; }`,
  note: `if [ -x /run/current-system/bin/switch-to-configuration ]; then
  readlink -f /run/current-system >"$h_c/system" || exit 1
fi`,
  // One that was cut off while it was activated has not become the current one yet. A rehearsal has activated nothing.
  revive: `if [ -s "$h_c/system" ]; then
  IFS= read -r h_system <"$h_c/system"
  [ -x "$h_system/bin/switch-to-configuration" ] || h_system=/nix/var/nix/profiles/system
  if [ -e "$h_c/apply.sh" ] || [ "$(readlink -f /run/current-system)" != "$(readlink -f "$h_system")" ]; then
    systemctl stop nixos-rebuild-switch-to-configuration.service 2>/dev/null
    printf 'activate %s\\n' "$h_system"
    "$h_system/bin/switch-to-configuration" test || h_fail "activate $h_system"
  fi
fi`,
};
