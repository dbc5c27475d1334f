/** The ports of a setting, the wanted one first; none where nothing is written. */
export function portsOf(written: unknown): readonly number[] {
  if (Array.isArray(written)) return written as readonly number[];
  return written === undefined ? [] : [written as number];
}
