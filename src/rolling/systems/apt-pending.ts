import { HomelabError } from '../../core/errors.js';
import type { Facts } from '../../core/facts.js';
import type { RemoteShell } from '../../core/shell.js';
import { askHost, lastWords } from '../ask-host.js';
import { chooseScript, isSecurityOrigin } from './apt-scope.js';
import { privateFolder } from './private-folder.js';
import { listsFailed } from './refusals.js';
import type { PendingUpgrade, UpgradeScope } from './upgrade-system.js';

/** Fetching lists over a slow line, and solving on a slow machine. */
const TIMEOUT_MS = 15 * 60_000;
const EXIT = { lists: 70, unsolved: 71 } as const;

/**
 * Lists of our own, which begin as those of the host: as further names of the same files, which apt replaces and does not
 * write into. `_apt` has to get at them, so they are readable. Hooks of an update would alter things on the host.
 */
const OWN_LISTS = `${privateFolder('lists')}
mkdir "$h_own/lists" "$h_own/lists/partial" || exit 1
h_take() { find /var/lib/apt/lists -maxdepth 1 -type f ! -name lock -exec cp "$1" -t "$h_own/lists" -- {} + 2>/dev/null; }
h_take -lp || h_take -p
cat >"$h_own/apt.conf" <<H_CONF
Dir::State::lists "$h_own/lists";
Dir::Cache::pkgcache "$h_own/pkgcache.bin";
Dir::Cache::srcpkgcache "$h_own/srcpkgcache.bin";
Acquire::Retries "3";
APT::Update::Error-Mode "any";
APT::Get::Show-User-Simulation-Note "false";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Update::Post-Invoke-Stats;
#clear AptCli::Hooks;
H_CONF
h_apt() { apt-get -q -c "$h_own/apt.conf" "$@"; }`;

/** What apt would do, line by line: `sim:` what it says, `new:` sizes of what comes, `old:` of what it replaces, in KiB but `Size`. */
const script = (scope: UpgradeScope): string => `${OWN_LISTS}
h_apt update >/dev/null 2>"$h_own/said" && ! grep -q '^W: Failed to fetch' "$h_own/said" || {
  cat "$h_own/said" >&2
  exit ${EXIT.lists}
}
${chooseScript(scope, 'h_apt -s')}
[ -n "$h_choice" ] || exit 0
h_apt -s $h_choice >"$h_own/sim" || exit ${EXIT.unsolved}
sed 's/^/sim:/' "$h_own/sim"
sed -nE 's/^Inst ([^ ]+) (\\[[^]]*\\] )?\\(([^ ]+) .*/\\1=\\3/p' "$h_own/sim" >"$h_own/names"
xargs -r apt-cache -q -c "$h_own/apt.conf" show -- <"$h_own/names" 2>/dev/null | sed -nE 's/^((Installed-)?Size: [0-9]+)$/new:\\1/p'
sed 's/=.*//' "$h_own/names" | xargs -r dpkg-query -W -f 'old:\${Installed-Size}\\n' -- 2>/dev/null
true`;

/** What only a boot brings in; in a container none of it does. */
const KERNEL =
  /^(?:linux-image|linux-modules|pve-kernel|proxmox-kernel|raspberrypi-kernel|raspi-firmware|(?:intel|amd64)-microcode)\b/;

/**
 * What apt would upgrade, by lists that are fetched anew and thrown away.
 * @throws HomelabError `rolling/lists`, `rolling/unsolved`, `rolling/bad-package-name`
 */
export async function aptPending(
  shell: RemoteShell,
  { container }: Facts,
  scope: UpgradeScope,
): Promise<PendingUpgrade> {
  const answer = await askHost(shell, script(scope), TIMEOUT_MS);
  if (answer.code === EXIT.unsolved) throw unsolved(answer.stderr);
  if (answer.code !== 0) throw listsFailed('apt-get', answer);
  const pending = parseSimulation(answer.stdout);
  const names = [...pending.packages.map(({ name }) => name), ...pending.added];
  return { ...pending, bringsKernel: container === '' && names.some((name) => KERNEL.test(name)) };
}

/** `Inst NAME [OLD] (NEW ORIGIN, ORIGIN [ARCH])`, without `[OLD]` where it is new. */
const INST = /^Inst (\S+)(?: \[([^\]]*)\])? \((\S+) (.*?)\s*\[[^\]]*\]\)/;
const HELD = /^The following (?:packages have been kept back|upgrades have been deferred due to phasing):/;

/** The answer of the script, as far as it tells; lines that say something else are passed over. */
function parseSimulation(text: string): Omit<PendingUpgrade, 'bringsKernel'> {
  const packages: { name: string; from: string; to: string; isSecurity: boolean }[] = [];
  const [added, removed, held]: [string[], string[], string[]] = [[], [], []];
  const bytes = { Size: 0, 'Installed-Size': 0, old: 0 };
  let isHeld = false;
  for (const line of text.split('\n')) {
    const [, kind, said = ''] = /^(sim|new|old):(.*)$/.exec(line) ?? [];
    if (kind === 'old') bytes.old += numberIn(said) * 1024;
    const [, what, size = ''] = /^(Size|Installed-Size): (\d+)$/.exec(said) ?? [];
    if (kind === 'new' && what === 'Size') bytes.Size += numberIn(size);
    if (kind === 'new' && what === 'Installed-Size') bytes[what] += numberIn(size) * 1024;
    if (kind !== 'sim') continue;
    if (isHeld && said.startsWith('  ')) held.push(...said.trim().split(/\s+/).filter(isName));
    isHeld = HELD.test(said) || (isHeld && said.startsWith('  '));
    const [, name, from, to, origins = ''] = INST.exec(said) ?? [];
    const gone = /^Remv (\S+)/.exec(said)?.[1];
    if (gone !== undefined && isName(gone)) removed.push(gone);
    if (name === undefined || to === undefined || !isName(name) || !isVersion(to)) continue;
    if (from === undefined) added.push(name);
    else if (isVersion(from)) packages.push({ name, from, to, isSecurity: isSecurityOrigin(origins) });
  }
  return {
    packages: packages.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    added: added.toSorted(),
    removed: removed.toSorted(),
    held: [...new Set(held)].toSorted(),
    fetchBytes: bytes.Size,
    needsBytes: bytes.Size + Math.max(0, bytes['Installed-Size'] - bytes.old),
  };
}

function numberIn(text: string): number {
  return /^\d{1,12}$/.test(text) ? Number(text) : 0;
}

function isName(text: string): boolean {
  return /^[a-z0-9][a-z0-9+.:-]{1,200}$/.test(text);
}

/** Debian policy 5.6.12. */
function isVersion(text: string): boolean {
  return /^[0-9A-Za-z.+:~-]{1,200}$/.test(text);
}

function unsolved(stderr: string): HomelabError {
  return new HomelabError({
    code: 'rolling/unsolved',
    message: `apt-get finds no way to upgrade: ${lastWords(stderr)}`,
    hint: 'Nothing was changed. `apt-get -s dist-upgrade` on the host says the same; mend there what it names.',
  });
}
