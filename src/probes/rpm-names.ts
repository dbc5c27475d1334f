/** A package of rpm, apart from its version. */
export interface RpmName {
  readonly name: string;
  readonly arch: string;
}

/** Whether a playbook's `name` or `name.arch` means this package. Names may hold dots themselves (`python3.11`). */
export function isOf(key: string, { name, arch }: RpmName): boolean {
  return key === name || key === `${name}.${arch}`;
}

/** `version-release`, with `epoch:` before it unless that is 0 or none. */
export function evr(epoch: string, version: string): string {
  return /^[1-9]\d*$/.test(epoch) ? `${epoch}:${version}` : version;
}

/** The rows that are not of a foreign 32-bit architecture, unless there are no others: dnf prefers the host's own. */
export function ownArchitecture<Row extends RpmName>(rows: readonly Row[]): readonly Row[] {
  const own = rows.filter(({ arch }) => !/^i[3-6]86$/.test(arch));
  return own.length === 0 ? rows : own;
}
