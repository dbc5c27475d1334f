import { HomelabError } from '../../core/errors.js';
import type { Facts } from '../../core/facts.js';
import { SET_PATH } from '../../core/root-path.js';
import type { RemoteShell } from '../../core/shell.js';
import { askHost, lastWords } from '../ask-host.js';
import { spaceObstacles } from './disk-space.js';
import { busyObstacles } from './lock-files.js';
import { privateFolder } from './private-folder.js';
import { listsFailed, unknownScope } from './refusals.js';
import type { Obstacle, PendingUpgrade, UpgradeScope, UpgradeSystem } from './upgrade-system.js';

/** A system may be built from sources. */
const TIMEOUT_MS = 2 * 60 * 60_000;
const EXIT = { lists: 70, build: 71 } as const;

const PROFILE = '/nix/var/nix/profiles/system';
/** Where an upgrade notes the system that it began with. */
const BEFORE = '/var/lib/homelab/nixos-before';

/** A unit of systemd does not have what nixos-rebuild(8) looks for: the channels, and the programs. */
const ENVIRONMENT = `[ ! -r /etc/set-environment ] || . /etc/set-environment
${SET_PATH}
umask 022`;

/** What a boot brings in: kernel, first file system, modules. Prints nothing where both are the same. */
const COMPARE = `h_differs() {
  for h_part in kernel initrd kernel-modules kernel-params; do
    h_one=$(readlink -f "$1/$h_part") h_other=$(readlink -f "$2/$h_part")
    if [ "$h_part" = kernel-params ]; then cmp -s "$1/$h_part" "$2/$h_part" || echo "$h_part"
    elif [ "$h_one" != "$h_other" ]; then echo "$h_part"; fi
  done
}`;

/** @throws HomelabError `rolling/unknown-scope`: a generation is one thing */
function refuseParts({ only, packages }: UpgradeScope): void {
  if (only === 'all' && packages === undefined) return;
  throw unknownScope(
    'a system of NixOS is upgraded whole: it is one generation',
    'Leave out `--only security` and `--packages` for it; what it is made of stands in its configuration.',
  );
}

/**
 * Builds the system from the newest state of its channel, which alters nothing but the store; a flake as its lock file says,
 * which belongs to who keeps the flake. `NAME:VALUE`, one a line.
 */
const PENDING = `${ENVIRONMENT}
${privateFolder('lists')}
${COMPARE}
cd "$h_own" || exit 1
set --
if [ ! -e /etc/nixos/flake.nix ]; then
  h_channel=$(nix-channel --list 2>/dev/null | sed -n 's/^nixos //p' | head -n 1)
  case $h_channel in
    '') ;;
    *) set -- -I "nixpkgs=$h_channel/nixexprs.tar.xz"
      curl -fsSLI -o /dev/null --max-time 60 "$h_channel/nixexprs.tar.xz" 2>"$h_own/said" || { cat "$h_own/said" >&2; exit ${EXIT.lists}; } ;;
  esac
fi
nixos-rebuild build "$@" >"$h_own/said" 2>&1 || { tail -n 40 "$h_own/said" >&2; exit ${EXIT.build}; }
h_new=$(readlink -f "$h_own/result") h_old=$(readlink -f ${PROFILE})
[ -d "$h_new" ] || { echo 'nixos-rebuild built nothing' >&2; exit ${EXIT.build}; }
printf 'new:%s\\n' "$h_new"
printf 'old:%s\\n' "$h_old"
printf 'newVersion:%s\\n' "$(cat "$h_new/nixos-version" 2>/dev/null)"
printf 'oldVersion:%s\\n' "$(cat "$h_old/nixos-version" 2>/dev/null)"
printf 'boot:%s\\n' "$(h_differs "$h_old" "$h_new" | head -n 1)"`;

async function pending(
  shell: RemoteShell,
  { container }: Facts,
  scope: UpgradeScope,
): Promise<PendingUpgrade> {
  refuseParts(scope);
  const answer = await askHost(shell, PENDING, TIMEOUT_MS);
  if (answer.code === EXIT.build) throw unbuilt(answer.stderr);
  if (answer.code !== 0) throw listsFailed('nixos-rebuild', answer);
  const value = (name: string): string =>
    answer.stdout
      .split('\n')
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1) ?? '';
  const [from, to] = [labelOf(value('old'), value('oldVersion')), labelOf(value('new'), value('newVersion'))];
  const isNew = value('old') !== value('new');
  return {
    packages: isNew ? [{ name: 'nixos-system', from, to, isSecurity: false }] : [],
    added: [],
    removed: [],
    held: [],
    // It is built, so all of it is there already.
    fetchBytes: 0,
    needsBytes: 0,
    bringsKernel: isNew && container === '' && value('boot') !== '',
  };
}

/** `24.05.5678.abcdef (1a2b3c4d)`: two systems of one version are told apart by the beginning of their hash. */
function labelOf(path: string, version: string): string {
  const hash = /^\/nix\/store\/([0-9a-z]{8})/.exec(path)?.[1] ?? 'unknown';
  return /^[\w.+-]{1,80}$/.test(version) ? `${version} (${hash})` : hash;
}

async function obstacles(shell: RemoteShell): Promise<readonly Obstacle[]> {
  const busy = await busyObstacles(shell, ['nixos-rebuild', 'nixos-rebuild-ng', 'switch-to-confi']);
  const space = await spaceObstacles(shell, [
    // The store itself is mounted read-only for everybody but its daemon.
    { path: '/nix/var', bytes: 512 * 1024 * 1024 },
    { path: '/boot', bytes: 32 * 1024 * 1024 },
    { path: '/etc', bytes: 0 },
  ]);
  return [...busy, ...space];
}

/**
 * Everything is built before anything changes. What only a boot brings in waits for one, and so does the rest then; else it
 * is switched to at once.
 */
const UPGRADE = `${ENVIRONMENT}
${COMPARE}
h_keep() { mkdir -p ${BEFORE.slice(0, BEFORE.lastIndexOf('/'))} && printf '%s\\n' "$1" >${BEFORE}.new && mv -f ${BEFORE}.new ${BEFORE}; }
h_old=$(readlink -f ${PROFILE})
h_keep "$h_old" || exit
if [ ! -e /etc/nixos/flake.nix ]; then nix-channel --update || exit; fi
cd /var/lib/homelab || exit
nixos-rebuild build || exit
h_new=$(readlink -f result)
rm -f result
if [ -n "$(h_differs /run/booted-system "$h_new")" ]; then nixos-rebuild boot; else nixos-rebuild switch; fi`;

/** Whatever generations were made meanwhile: the system that the upgrade began with is the newest again. */
const ROLLBACK = `${ENVIRONMENT}
read -r h_before <${BEFORE} && [ -x "$h_before/bin/switch-to-configuration" ] || {
  echo 'It is not known which system the upgrade began with' >&2
  exit 1
}
nix-env -p ${PROFILE} --set "$h_before" || exit
"$h_before/bin/switch-to-configuration" switch`;

/** NixOS, nixos-rebuild(8). */
export const nix: UpgradeSystem = {
  manager: 'nix',
  pending,
  obstacles,
  upgradeScript: (_facts, scope) => {
    refuseParts(scope);
    return UPGRADE;
  },
  rollbackScript: () => ROLLBACK,
};

function unbuilt(stderr: string): HomelabError {
  return new HomelabError({
    code: 'rolling/unsolved',
    message: `the newest system cannot be built: ${lastWords(stderr)}`,
    hint: 'Nothing was changed. `nixos-rebuild dry-build` on the host says the same; mend its configuration.',
  });
}
