import { HomelabError } from '../../core/errors.js';
import type { Facts } from '../../core/facts.js';
import { quote, quoteAll } from '../../core/quote.js';
import { SET_PATH } from '../../core/root-path.js';
import type { RemoteShell } from '../../core/shell.js';
import { askHost, lastWords } from '../ask-host.js';
import { parseDnf } from './dnf-answer.js';
import { busyObstacles } from './lock-files.js';
import { privateFolder } from './private-folder.js';
import { checkNames, listsFailed, unknownScope } from './refusals.js';
import { spaceObstacles } from './disk-space.js';
import type { Obstacle, PendingUpgrade, UpgradeScope, UpgradeSystem } from './upgrade-system.js';

/** Names as rpm has them, with an architecture where one is wanted. */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/;
const TIMEOUT_MS = 15 * 60_000;
const EXIT = { lists: 70, unsolved: 71, noAdvisories: 72 } as const;
const KERNEL_BYTES = 200 * 1024 * 1024;
const KERNEL = /^(?:kernel(?:-core|-rt|-rt-core|-uek|-uek-core)?|microcode_ctl|linux-firmware)$/;

const FORMAT = quote(String.raw`%{name}\t%{arch}\t%{evr}\t%{downloadsize}\t%{installsize}\n`);

function words({ only, packages }: UpgradeScope): string {
  const names = packages === undefined ? [] : checkNames(packages, NAME, 'dnf');
  return [...(only === 'security' ? ['--security'] : []), ...names].map(quote).join(' ');
}

/** A cache of our own, which begins as a copy of the host's. dnf 5 calls the cache of root another name. */
const OWN_CACHE = `${privateFolder('lists')}
if dnf --version 2>/dev/null | grep -qi 'dnf5'; then h_cache=/var/cache/libdnf5 h_option=system_cachedir
else h_cache=/var/cache/dnf h_option=cachedir; fi
cp -a --reflink=auto "$h_cache" "$h_own/cache" 2>/dev/null || { rm -rf "$h_own/cache"; mkdir "$h_own/cache"; } || exit 1
h_dnf() { dnf -q "--setopt=$h_option=$h_own/cache" --setopt=keepcache=0 "$@"; }`;

/** `up:` packages that would be upgraded, `old:` what is installed of them, `say:` the table of what would be done. */
const pendingScript = (scope: UpgradeScope): string => `${OWN_CACHE}
h_dnf makecache --refresh >/dev/null || exit ${EXIT.lists}
${
  scope.only === 'security'
    ? `[ -n "$(h_dnf updateinfo list --all 2>/dev/null | head -n 1)" ] || exit ${EXIT.noAdvisories}`
    : ''
}
h_dnf -C repoquery --upgrades --latest-limit=1 --qf ${FORMAT} ${words(scope)} >"$h_own/up" || exit ${EXIT.unsolved}
sed 's/^/up:/' "$h_own/up"
h_dnf -C repoquery --upgrades --latest-limit=1 --security --qf ${FORMAT} 2>/dev/null | sed 's/^/sec:/'
cut -f 1 "$h_own/up" | sort -u | xargs -r rpm -q --qf 'old:%{NAME}\\t%{ARCH}\\t%{EPOCHNUM}:%{VERSION}-%{RELEASE}\\t0\\t%{SIZE}\\n' 2>/dev/null
h_dnf -C --assumeno upgrade ${words(scope)} 2>&1 </dev/null | sed 's/^/say:/'
true`;

async function pending(shell: RemoteShell, facts: Facts, scope: UpgradeScope): Promise<PendingUpgrade> {
  const answer = await askHost(shell, pendingScript(scope), TIMEOUT_MS);
  if (answer.code === EXIT.noAdvisories) {
    throw unknownScope(
      'the repositories of this host do not say what mends security',
      'Upgrade it whole: leave out `--only security` for it.',
    );
  }
  if (answer.code === EXIT.unsolved) throw unsolved(answer.stderr);
  if (answer.code !== 0) throw listsFailed('dnf', answer);
  const found = parseDnf(answer.stdout);
  const names = [...found.packages.map(({ name }) => name), ...found.added];
  return { ...found, bringsKernel: facts.container === '' && names.some((name) => KERNEL.test(name)) };
}

async function obstacles(
  shell: RemoteShell,
  _facts: Facts,
  { needsBytes, fetchBytes = needsBytes, bringsKernel }: PendingUpgrade,
): Promise<readonly Obstacle[]> {
  const busy = await busyObstacles(shell, ['dnf', 'dnf5', 'dnf-3', 'yum', 'rpm', 'dnf-automatic']);
  const { stdout } = await askHost(shell, 'dnf -q -C check --duplicates 2>/dev/null; true', TIMEOUT_MS);
  const twice = stdout.split('\n').filter((line) => /duplicate|is a duplicate/i.test(line)).length;
  const space = await spaceObstacles(shell, [
    { path: '/var/cache', bytes: fetchBytes },
    { path: '/var/lib', bytes: 0 },
    { path: '/usr', bytes: needsBytes },
    { path: '/etc', bytes: 0 },
    ...(bringsKernel ? [{ path: '/boot', bytes: KERNEL_BYTES }] : []),
  ]);
  if (twice === 0) return [...busy, ...space];
  return [
    ...busy,
    {
      message: `an upgrade was cut off: ${twice} packages are installed in two versions`,
      hint: 'Run `dnf remove --duplicates` there; `dnf check --duplicates` names them.',
    },
    ...space,
  ];
}

/** dnf waits for another dnf by itself. Locks and excludes of the host are heeded. */
const upgradeScript = (scope: UpgradeScope): string => `${SET_PATH}
umask 022
dnf -y --refresh --downloadonly upgrade ${words(scope)} || exit
dnf -y upgrade ${words(scope)}`;

/** What a version is called where it is asked for: no epoch of 0. */
const rollbackNames = (packages: readonly { readonly name: string; readonly from: string }[]): string =>
  quoteAll(
    packages.map(({ name, from }) => {
      const [, bare = name, arch = ''] = /^(.+)(\.[a-z0-9_]+)$/.exec(name) ?? [];
      return `${bare}-${from.replace(/^0:/, '')}${arch}`;
    }),
  );

/** Fedora and Red Hat's family, dnf 4 and 5. Packages that are installed for more than one architecture are called `NAME.ARCH`. */
export const dnf: UpgradeSystem = {
  manager: 'dnf',
  pending,
  obstacles,
  upgradeScript: (_facts, scope) => upgradeScript(scope),
  rollbackScript: (_facts, packages) => `${SET_PATH}
umask 022
dnf -y --downloadonly downgrade ${rollbackNames(packages)} || exit
dnf -y downgrade ${rollbackNames(packages)}`,
};

function unsolved(stderr: string): HomelabError {
  return new HomelabError({
    code: 'rolling/unsolved',
    message: `dnf finds no way to upgrade: ${lastWords(stderr)}`,
    hint: 'Nothing was changed. `dnf --assumeno upgrade` on the host says the same; mend there what it names.',
  });
}
