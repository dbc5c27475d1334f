/** Settings that one item keeps: path below /proc/sys (`net/ipv4/ip_forward`) to value. */
export type SysctlSettings = ReadonlyMap<string, string>;

interface Line {
  /** With its line end. */
  readonly text: string;
  /** Undefined for a comment, an empty line and what is no assignment. */
  readonly path: string | undefined;
  readonly value: string;
}

/** sysctl.d(5): `key = value`; `-` before the key: a failure is no error; `#` and `;` begin comments. */
const ASSIGNMENT = /^[\t ]*-?[\t ]*([^\s#;=-][^\s=]*)[\t ]*=(.*)$/;

/**
 * A key as a path below /proc/sys. sysctl.d(5): what stands first decides, a dot or a slash; after a dot, slashes and
 * dots change places (`net.ipv4.conf.eth0/1.x` is `net/ipv4/conf/eth0.1/x`).
 */
export function sysctlPath(key: string): string {
  const first = /[./]/.exec(key)?.[0];
  if (first !== '.') return key;
  return key.replaceAll(/[./]/g, (separator) => (separator === '.' ? '/' : '.'));
}

/** A value in one spelling: the kernel prints tabs where people write spaces. */
export function sysctlValue(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ');
}

function parse(text: string): Line[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => {
    const [, key, value = ''] = ASSIGNMENT.exec(line.trimEnd()) ?? [];
    return {
      text: line,
      path: key === undefined ? undefined : sysctlPath(key),
      value: sysctlValue(value),
    };
  });
}

/** The value that a file gives `path`: of several lines the last one counts. Null where it gives none. */
export function sysctlInFile(text: string, path: string): string | null {
  return parse(text).findLast((line) => line.path === path)?.value ?? null;
}

/**
 * The text with `settings` as wanted, keys as in `names` (path to key). A setting that is there keeps its place; every
 * line of others stays as it is.
 */
export function putSysctls(
  text: string,
  settings: SysctlSettings,
  names: ReadonlyMap<string, string>,
): string {
  const lines = parse(text);
  const last = new Map(lines.flatMap(({ path }, index) => (path === undefined ? [] : [[path, index]])));
  const lineOf = (path: string, value: string): string => `${names.get(path) ?? path} = ${value}\n`;
  const kept = lines.map((line, index) => {
    const wanted = line.path === undefined ? undefined : settings.get(line.path);
    const isOurs = line.path !== undefined && wanted !== undefined && last.get(line.path) === index;
    return isOurs && wanted !== line.value ? lineOf(line.path, wanted) : line.text;
  });
  const added = [...settings].filter(([path]) => !last.has(path)).map(([path, value]) => lineOf(path, value));
  const before = kept.join('');
  const isOpen = added.length > 0 && before !== '' && !before.endsWith('\n');
  return `${before}${isOpen ? '\n' : ''}${added.join('')}`;
}

/** The text without any line for `paths`. */
export function dropSysctls(text: string, paths: ReadonlySet<string>): string {
  return parse(text)
    .filter(({ path }) => path === undefined || !paths.has(path))
    .map((line) => line.text)
    .join('');
}
