/** Whether the version `a`, e.g. `9.2`, comes before `b`. Numbers with dots; what follows them does not count. */
export function isOlder(a: string, b: string): boolean {
  const [first, second] = [a, b].map((text) =>
    (/^\d+(?:\.\d+)*/.exec(text)?.[0] ?? '').split('.').map(Number),
  );
  for (let at = 0; at < Math.max(first?.length ?? 0, second?.length ?? 0); at++) {
    const difference = (first?.[at] ?? 0) - (second?.[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
