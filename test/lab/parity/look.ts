import type { TestLab } from '../harness/shared-lab.js';
import type { NamedSituation } from './situation.js';

/** `show PATH...`, for {@link NamedSituation.look}. */
const SHOW = `show() {
  find "$@" -printf '%p %y %m %u:%g %l\\n' 2>/dev/null | sort
  find "$@" -type f 2>/dev/null | sort | while IFS= read -r shown; do
    printf '%s:\\n' "$shown"
    cat -A -- "$shown"
    printf '|\\n'
  done
}
`;

/**
 * Runs named scripts one after the other, each under `sh -eu` as root in a shell of its own, but in one visit of the
 * machine. Returns what each printed, which holds no NUL. Throws with the name of the first that fails.
 */
export async function runScripts(
  lab: TestLab,
  host: string,
  scripts: readonly (readonly [name: string, script: string])[],
): Promise<string[]> {
  const all = scripts.map(([, script]) => `(:\n${script}\n)\nprintf '\\0'\n`).join('');
  const { code, stdout, stderr } = await lab.onMachine(host, ['sh', '-eu', '-c', all]);
  const outputs = stdout.split('\0');
  if (code === 0) return outputs.slice(0, -1);
  const [name, script] = scripts[outputs.length - 1] ?? [];
  throw new Error(`${host}: ${name}: exit code ${code} of: ${script}\n${stderr}`);
}

/** What an outside look at every situation shows, by its id. */
export async function lookAt(
  lab: TestLab,
  host: string,
  situations: readonly NamedSituation[],
): Promise<ReadonlyMap<string, string>> {
  const looks = situations.map(({ id, look }) => [id, SHOW + look] as const);
  const outputs = await runScripts(lab, host, looks);
  return new Map(situations.map(({ id }, index) => [id, outputs[index] ?? '']));
}

/** What a machine holds that lasts, without what is different on every machine or changes by itself. */
const LASTING = [
  '/etc',
  '/home',
  '/opt',
  '/root',
  '/srv',
  '/usr/local',
  '/var/lib',
  '/var/spool',
  '/var/mail',
];
const OWN_BUSINESS = ['/var/lib/apt', '/var/lib/dpkg', '/var/lib/systemd/timers', '/var/lib/private'];

/** Every lasting path of the machine with its type, mode, owner, group, target and, of files, checksum. */
export async function lastingPaths(lab: TestLab, host: string): Promise<ReadonlyMap<string, string>> {
  const ignored = OWN_BUSINESS.map((path) => `-path ${path} -prune -o`).join(' ');
  const output = await lab.shell(
    host,
    `find ${LASTING.join(' ')} -xdev ${ignored} -printf '%p\\0%y %m %u:%g %l\\0'
     printf '\\0'
     find ${LASTING.join(' ')} -xdev ${ignored} -type f -exec sha256sum -z -- {} +`,
  );
  const [entries = '', sums = ''] = output.split('\0\0');
  const words = entries.split('\0');
  const paths = new Map<string, string>();
  for (let index = 0; index + 1 < words.length; index += 2)
    paths.set(words[index] ?? '', words[index + 1] ?? '');
  for (const line of sums.split('\0').filter((line) => line !== ''))
    paths.set(line.slice(66), `${paths.get(line.slice(66)) ?? ''}${line.slice(0, 64)}`);
  return paths;
}

/** The paths that are not the same on both, sorted. */
export function differingPaths(
  one: ReadonlyMap<string, string>,
  other: ReadonlyMap<string, string>,
): string[] {
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((path) => one.get(path) !== other.get(path))
    .toSorted();
}
