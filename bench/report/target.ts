/** What the project promises of itself, and what came of it. */
export interface Target {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
  readonly sense: 'at most' | 'at least';
  readonly unit: string;
}

interface TargetValue {
  readonly value: number;
  readonly limit: number;
  /** Behind the numbers: `x`, ` MB`; default: none. */
  readonly unit?: string;
}

export function atMost(name: string, { value, limit, unit = '' }: TargetValue): Target {
  return { name, value, limit, sense: 'at most', unit };
}

export function atLeast(name: string, { value, limit, unit = '' }: TargetValue): Target {
  return { name, value, limit, sense: 'at least', unit };
}

export function isMet({ value, limit, sense }: Target): boolean {
  return sense === 'at most' ? value <= limit : value >= limit;
}
