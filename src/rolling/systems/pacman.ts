import type { PackageUpgrade } from '../../core/drain.js';
import type { Facts } from '../../core/facts.js';
import { quoteAll } from '../../core/quote.js';
import { SET_PATH } from '../../core/root-path.js';
import type { RemoteShell } from '../../core/shell.js';
import { askHost } from '../ask-host.js';
import { spaceObstacles } from './disk-space.js';
import { busyObstacles } from './lock-files.js';
import { privateFolder } from './private-folder.js';
import { listsFailed, unknownScope } from './refusals.js';
import type { Obstacle, PendingUpgrade, UpgradeScope, UpgradeSystem } from './upgrade-system.js';

const TIMEOUT_MS = 10 * 60_000;
const KERNEL_BYTES = 200 * 1024 * 1024;
const KERNEL =
  /^(?:linux(?:-lts|-zen|-hardened|-rt|-aarch64|-armv7|-rpi.*)?|linux-firmware.*|(?:amd|intel)-ucode|nvidia.*)$/;
const NAME = /^[a-z0-9@_+][a-z0-9@._+-]*$/i;

/** @throws HomelabError `rolling/unknown-scope`: parts of a rolling release are not upgraded apart */
function refuseParts({ only, packages }: UpgradeScope): void {
  if (only === 'security') {
    throw unknownScope(
      'the lists of Arch Linux do not say what mends security',
      'Upgrade it whole: leave out `--only security` for it.',
    );
  }
  if (packages !== undefined) {
    throw unknownScope(
      'single packages of Arch Linux are not upgraded: they are built against the newest of all others',
      'Upgrade it whole: leave out `--packages` for it (wiki.archlinux.org, "Partial upgrades are unsupported").',
    );
  }
}

/** As checkupdates(8) does it: databases of its own beside a link to what is installed. */
const PENDING = `${privateFolder('lists')}
ln -s /var/lib/pacman/local "$h_own/local" || exit 1
mkdir "$h_own/sync" && cp -p /var/lib/pacman/sync/*.db "$h_own/sync" 2>/dev/null
h_pacman() { pacman --dbpath "$h_own" --logfile /dev/null --color never --noconfirm "$@"; }
h_pacman -Sy >"$h_own/said" 2>&1 || { cat "$h_own/said" >&2; exit 70; }
h_pacman -Qu 2>/dev/null | sed 's/^/up:/'
h_pacman -Su --print --print-format 'new:%n %v %s' 2>"$h_own/said" | grep '^new:' >"$h_own/new"
grep '^error:' "$h_own/said" >&2 && exit 71
cat "$h_own/new"
sed 's/^new:\\([^ ]*\\) .*/\\1/' "$h_own/new" | xargs -r pacman --dbpath "$h_own" -Si -- 2>/dev/null | sed -n 's/^Installed Size *: */size:/p'
sed 's/^new:\\([^ ]*\\) .*/\\1/' "$h_own/new" | xargs -r pacman --dbpath "$h_own" -Qi -- 2>/dev/null | sed -n 's/^Installed Size *: */was:/p'
true`;

async function pending(
  shell: RemoteShell,
  { container }: Facts,
  scope: UpgradeScope,
): Promise<PendingUpgrade> {
  refuseParts(scope);
  const answer = await askHost(shell, PENDING, TIMEOUT_MS);
  if (answer.code !== 0) throw listsFailed('pacman', answer);
  const lines = answer.stdout.split('\n');
  const upgrades = lines.flatMap(parseUpgrade);
  const coming = lines.flatMap(parseComing);
  const installed = new Set(upgrades.map(({ name }) => name));
  const packages = upgrades
    .filter(({ isIgnored }) => !isIgnored)
    .map(({ name, from, to }) => ({ name, from, to, isSecurity: false }));
  const fetchBytes = coming.reduce((sum, { bytes }) => sum + bytes, 0);
  const names = coming.map(({ name }) => name);
  return {
    packages: packages.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    added: names.filter((name) => !installed.has(name)).toSorted(),
    // pacman says only while it works what a replacement takes away.
    removed: [],
    held: upgrades.filter(({ isIgnored }) => isIgnored).map(({ name }) => name),
    fetchBytes,
    needsBytes: fetchBytes + Math.max(0, sizes(lines, 'size:') - sizes(lines, 'was:')),
    bringsKernel: container === '' && names.some((name) => KERNEL.test(name)),
  };
}

/** `NAME OLD -> NEW`, with `[ignored]` behind it where pacman.conf holds it back. */
function parseUpgrade(line: string): (PackageUpgrade & { readonly isIgnored: boolean })[] {
  const [, name, from, to, ignored] = /^up:(\S+) (\S+) -> (\S+)( \[ignored\])?$/.exec(line) ?? [];
  if (name === undefined || from === undefined || to === undefined || !NAME.test(name)) return [];
  return [{ name, from, to, isIgnored: ignored !== undefined }];
}

function parseComing(line: string): { readonly name: string; readonly bytes: number }[] {
  const [, name, bytes] = /^new:(\S+) \S+ (\d{1,15})$/.exec(line) ?? [];
  return name === undefined || !NAME.test(name) ? [] : [{ name, bytes: Number(bytes) }];
}

const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** The sum of sizes as pacman writes them: `12.34 MiB`. */
function sizes(lines: readonly string[], prefix: string): number {
  return lines
    .filter((line) => line.startsWith(prefix))
    .map((line) => {
      const [, number = '0', unit = 'B'] = /^[a-z]+:([\d.]{1,12}) (B|KiB|MiB|GiB)$/.exec(line) ?? [];
      return Math.round(Number(number) * (UNITS[unit] ?? 1));
    })
    .reduce((sum, one) => sum + one, 0);
}

async function obstacles(
  shell: RemoteShell,
  _facts: Facts,
  { needsBytes, fetchBytes = needsBytes, bringsKernel }: PendingUpgrade,
): Promise<readonly Obstacle[]> {
  const busy = await busyObstacles(shell, ['pacman', 'yay', 'paru', 'pamac-daemon']);
  const { code } = await askHost(shell, '[ ! -e /var/lib/pacman/db.lck ]');
  const space = await spaceObstacles(shell, [
    { path: '/var/cache/pacman', bytes: fetchBytes },
    { path: '/usr', bytes: needsBytes },
    { path: '/var/lib/pacman', bytes: 0 },
    { path: '/etc', bytes: 0 },
    ...(bringsKernel ? [{ path: '/boot', bytes: KERNEL_BYTES }] : []),
  ]);
  if (code === 0 || busy.length > 0) return [...busy, ...space];
  return [
    {
      message: 'pacman was cut off: /var/lib/pacman/db.lck is there, and no pacman runs',
      hint: 'See with `pacman -Dk` and the end of /var/log/pacman.log what is half done, then remove the file.',
    },
    ...space,
  ];
}

/** A lock that a pacman which is no more has left would stop all others for ever. New keys are needed before what they signed. */
const UPGRADE = `${SET_PATH}
umask 022
h_busy() {
  for h_file in /proc/[0-9]*/comm; do
    { IFS= read -r h_name <"$h_file"; } 2>/dev/null && [ "$h_name" = pacman ] && return 0
  done
  return 1
}
h_left=150
while h_busy && [ "$h_left" -gt 0 ]; do sleep 2; h_left=$((h_left - 1)); done
h_busy || rm -f /var/lib/pacman/db.lck
pacman -Syuw --noconfirm --color never || {
  ! pacman -Q archlinux-keyring >/dev/null 2>&1 || pacman -S --needed --noconfirm --color never archlinux-keyring || exit
  pacman -Suw --noconfirm --color never || exit
}
pacman -Su --noconfirm --color never`;

/** All of them or none, from the package files that pacman still has. */
const rollbackScript = (packages: readonly PackageUpgrade[]): string => `${SET_PATH}
umask 022
set -- ${quoteAll(packages.map(({ name, from }) => `${name}-${from}`))}
h_count=$#
for h_name in "$@"; do
  h_found=
  for h_file in "/var/cache/pacman/pkg/$h_name-"*.pkg.tar*; do
    case $h_file in *.sig) continue ;; esac
    # What is left of the name is the architecture, which has no dash.
    h_rest=\${h_file#"/var/cache/pacman/pkg/$h_name-"}
    case \${h_rest%%.pkg.tar*} in *-*) continue ;; esac
    if [ -f "$h_file" ]; then h_found=$h_file; fi
  done
  [ -n "$h_found" ] || { printf 'There is no package file of %s any more\\n' "$h_name" >&2; exit 1; }
  set -- "$@" "$h_found"
done
shift "$h_count"
pacman -U --noconfirm --color never -- "$@"`;

/** Arch Linux, pacman(8): always whole. Configuration that was changed stays; the new one is beside it as `.pacnew`. */
export const pacman: UpgradeSystem = {
  manager: 'pacman',
  pending,
  obstacles,
  upgradeScript: (_facts, scope) => {
    refuseParts(scope);
    return UPGRADE;
  },
  rollbackScript: (_facts, packages) => rollbackScript(packages),
};
