import { flattenFacts, type Facts } from '../core/facts.js';
import { visibleLine } from './sanitize.js';
import { padToWidth } from './text-width.js';
import type { Palette } from './palette.js';

/** `facts` for a person: the host's name, then `name: value` lines with the names `when` takes. */
export function factsText(host: string, facts: Facts, palette: Palette): string {
  const entries = Object.entries(flattenFacts(facts));
  const columns = Math.max(...entries.map(([name]) => name.length)) + 2;
  const lines = entries.map(([name, value]) => {
    const text = typeof value === 'object' ? value.join(', ') : String(value);
    return `  ${padToWidth(`${name}:`, columns)}${visibleLine(text) || '-'}\n`;
  });
  return `${palette.bold(visibleLine(host))}\n${lines.join('')}`;
}

/** `facts` for a program: as templates see them. */
export function factsDocument(host: string, facts: Facts): Record<string, unknown> {
  return { host, facts };
}
