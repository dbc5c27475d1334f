import type { ModuleSituations } from './situation.js';

/**
 * The deliberate differences of all situations as a part of docs/ansible.md: a heading for each module that has any,
 * and below it for each reason the situations that it is about. Lines are not wrapped.
 */
export function deliberateDifferences(modules: ReadonlyMap<string, ModuleSituations>): string {
  return [...modules].flatMap(([name, { situations }]) => moduleSection(name, situations)).join('\n');
}

function moduleSection(name: string, situations: ModuleSituations['situations']): string[] {
  const reasons = new Map<string, string[]>();
  for (const { name, differs } of situations) {
    if (differs === undefined) continue;
    reasons.set(differs.because, [...(reasons.get(differs.because) ?? []), name]);
  }
  if (reasons.size === 0) return [];
  const items = [...reasons].map(([because, names]) => `- **${names.join('; ')}**: ${because}`);
  return [`### \`${name}\`\n`, ...items, ''];
}
