/** Seconds and bytes of several runs, each list in the order of the runs. @throws Error for an empty list */
export function medianOf(values: readonly number[]): number {
  if (values.length === 0) throw new Error('There is no median of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

export function minimumOf(values: readonly number[]): number {
  return Math.min(...values);
}

export function maximumOf(values: readonly number[]): number {
  return Math.max(...values);
}
