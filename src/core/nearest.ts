/** Edit distance with adjacent swaps (optimal string alignment), for short names. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (rows[i - 1]?.[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(substitution, (rows[i - 1]?.[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

/**
 * The names a person most likely meant by `name`, best first, at most `limit`.
 * A candidate counts when it differs in no more than a third of its letters (at least two), or begins with `name`.
 */
export function nearestNames(name: string, candidates: Iterable<string>, limit = 3): string[] {
  const wanted = name.toLowerCase();
  if (wanted === '' || wanted.length > 64) return [];
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, distance: editDistance(wanted, candidate.toLowerCase().slice(0, 80)) }))
    .filter(
      ({ candidate, distance }) =>
        distance <= Math.max(2, Math.floor(wanted.length / 3)) || candidate.toLowerCase().startsWith(wanted),
    )
    .filter(({ candidate, distance }) => distance < candidate.length)
    .toSorted((a, b) => a.distance - b.distance || a.candidate.localeCompare(b.candidate))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** `Did you mean x or y?`, or undefined where nothing is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const names = nearestNames(name, candidates);
  if (names.length === 0) return undefined;
  const last = names.pop() ?? '';
  return `Did you mean ${names.length > 0 ? `${names.join(', ')} or ${last}` : last}?`;
}
