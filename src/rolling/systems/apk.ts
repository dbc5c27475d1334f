import type { PackageUpgrade } from '../../core/drain.js';
import type { Facts } from '../../core/facts.js';
import { quote, quoteAll } from '../../core/quote.js';
import { SET_PATH } from '../../core/root-path.js';
import type { RemoteShell } from '../../core/shell.js';
import { askHost } from '../ask-host.js';
import { spaceObstacles } from './disk-space.js';
import { busyObstacles } from './lock-files.js';
import { privateFolder } from './private-folder.js';
import { checkNames, listsFailed, unknownScope } from './refusals.js';
import type { Obstacle, PendingUpgrade, UpgradeScope, UpgradeSystem } from './upgrade-system.js';

const NAME = /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/;
const VERSION = /^\d[0-9a-z._~-]*$/;
const TIMEOUT_MS = 10 * 60_000;
const KERNEL_BYTES = 60 * 1024 * 1024;
const KERNEL = /^linux-(?:lts|virt|rpi\d*|edge|stable|firmware.*)$/;

/** @throws HomelabError `rolling/unknown-scope`, `rolling/bad-package-name` */
function names({ only, packages }: UpgradeScope): string {
  if (only === 'security') {
    throw unknownScope(
      'the lists of Alpine do not say what mends security',
      'A stable release brings little else: leave out `--only security` for it.',
    );
  }
  return quoteAll(packages === undefined ? [] : checkNames(packages, NAME, 'apk'));
}

/**
 * With lists of its own; `--simulate` writes nothing. Sizes stand in the index: `P:` name, `V:` version, `S:` bytes to
 * fetch, `I:` bytes installed.
 */
const pendingScript = (scope: UpgradeScope): string => `${privateFolder('lists')}
apk --cache-dir "$h_own" --wait 60 -q update >"$h_own/said" 2>&1 && ! grep -q '^\\(ERROR\\|WARNING\\): .*\\(fetching\\|updating\\|opening\\)' "$h_own/said" || {
  cat "$h_own/said" >&2
  exit 70
}
apk --cache-dir "$h_own" --no-network --wait 60 --simulate upgrade ${names(scope)} >"$h_own/sim" 2>"$h_own/said" || {
  cat "$h_own/said" "$h_own/sim" >&2
  exit 71
}
sed 's/^/sim:/' "$h_own/sim"
for h_index in "$h_own"/APKINDEX.*.tar.gz; do tar -xzOf "$h_index" APKINDEX 2>/dev/null; done |
  sed -n 's/^\\([PVSI]\\):\\(.*\\)$/\\1:\\2/p; s/^$/end:/p'`;

/** `(1/3) Upgrading musl (1.2.4-r1 -> 1.2.4-r2)`, `(2/3) Installing foo (1.0-r0)`, `(3/3) Purging bar (1.2-r0)`. */
const WORK = /^sim:\(\d+\/\d+\) (\w+) (\S+) \((\S+?)(?: -> (\S+?))?\)(?: .*)?$/;

async function pending(
  shell: RemoteShell,
  { container }: Facts,
  scope: UpgradeScope,
): Promise<PendingUpgrade> {
  const answer = await askHost(shell, pendingScript(scope), TIMEOUT_MS);
  if (answer.code !== 0) throw listsFailed('apk', answer);
  const packages: { name: string; from: string; to: string; isSecurity: boolean }[] = [];
  const [added, removed]: [string[], string[]] = [[], []];
  for (const line of answer.stdout.split('\n')) {
    const [, verb, name, version, to] = WORK.exec(line) ?? [];
    if (verb === undefined || name === undefined || version === undefined || !NAME.test(name)) continue;
    if (to !== undefined) packages.push({ name, from: version, to, isSecurity: false });
    else if (verb === 'Installing') added.push(name);
    else if (verb === 'Purging') removed.push(name);
  }
  const sizes = sizesOf(answer.stdout);
  const coming = [...packages.map(({ name }) => name), ...added].map((name) => sizes.get(name));
  const fetchBytes = coming.reduce((sum, one) => sum + (one?.fetched ?? 0), 0);
  return {
    packages: packages.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    added: added.toSorted(),
    removed: removed.toSorted(),
    held: [],
    fetchBytes,
    // Files are replaced one by one; what is new is there before the old one goes.
    needsBytes: fetchBytes + Math.max(0, ...coming.map((one) => one?.installed ?? 0)),
    bringsKernel:
      container === '' && [...packages.map(({ name }) => name), ...added].some((name) => KERNEL.test(name)),
  };
}

interface Sizes {
  readonly fetched: number;
  readonly installed: number;
}

/** By name; of several versions the largest counts. */
function sizesOf(text: string): Map<string, Sizes> {
  const found = new Map<string, Sizes>();
  let record = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, field, value] = /^(P|V|S|I|end):(.*)$/.exec(line) ?? [];
    if (field === undefined || value === undefined) continue;
    if (field !== 'end') {
      record.set(field, value);
      continue;
    }
    const name = record.get('P') ?? '';
    const number = (key: string): number =>
      /^\d{1,12}$/.test(record.get(key) ?? '') ? Number(record.get(key)) : 0;
    const before = found.get(name);
    found.set(name, {
      fetched: Math.max(before?.fetched ?? 0, number('S')),
      installed: Math.max(before?.installed ?? 0, number('I')),
    });
    record = new Map();
  }
  return found;
}

async function obstacles(
  shell: RemoteShell,
  _facts: Facts,
  { needsBytes, fetchBytes = needsBytes, bringsKernel }: PendingUpgrade,
): Promise<readonly Obstacle[]> {
  const busy = await busyObstacles(shell, ['apk']);
  const space = await spaceObstacles(shell, [
    { path: '/var/cache', bytes: fetchBytes },
    { path: '/usr', bytes: needsBytes },
    { path: '/lib/apk', bytes: 0 },
    { path: '/etc', bytes: 0 },
    ...(bringsKernel ? [{ path: '/boot', bytes: KERNEL_BYTES }] : []),
  ]);
  return [...busy, ...space];
}

/**
 * What is to be installed is fetched into a cache first: by `--cache-predownload` where apk knows that (3.0), else by
 * `apk cache download`. A file that somebody changed stays; the new one is beside it as `.apk-new`.
 */
const upgradeScript = (scope: UpgradeScope): string => `${SET_PATH}
umask 022
h_cache=/var/cache/homelab-apk
trap 'rm -rf "$h_cache"' EXIT
mkdir -p "$h_cache" || exit
apk --wait 300 --cache-dir "$h_cache" update || exit
h_early=
if apk upgrade --help 2>&1 | grep -q cache-predownload; then h_early=--cache-predownload
else apk --wait 300 --cache-dir "$h_cache" cache --upgrade download || exit; fi
apk --wait 300 --cache-dir "$h_cache" $h_early upgrade ${names(scope)}`;

function rollbackScript(packages: readonly PackageUpgrade[]): string | undefined {
  const isGood = packages.every(({ name, from }) => NAME.test(name) && VERSION.test(from));
  if (!isGood) return undefined;
  // A pin in /etc/apk/world would stay: it is taken back, and apk leaves an installed version alone until the next upgrade.
  return `${SET_PATH}
umask 022
cp -p /etc/apk/world /etc/apk/world.homelab || exit
apk --wait 300 -U add ${packages.map(({ name, from }) => quote(`${name}=${from}`)).join(' ')}
h_code=$?
mv -f /etc/apk/world.homelab /etc/apk/world
exit "$h_code"`;
}

/** Alpine, apk(8), 2 and 3. */
export const apk: UpgradeSystem = {
  manager: 'apk',
  pending,
  obstacles,
  upgradeScript: (_facts, scope) => upgradeScript(scope),
  rollbackScript: (_facts, packages) =>
    rollbackScript(packages) ?? 'echo "there is no such version" >&2; exit 1',
};
