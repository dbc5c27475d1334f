import { cpus, totalmem } from 'node:os';
import type { Findings } from '../scenarios/scenario.js';
import { isMet } from './target.js';

/** All that was measured, for programs: seconds and bytes. */
export function benchDocument(findings: readonly Findings[]) {
  return {
    version: 1,
    computer: { cpus: cpus().length, memoryBytes: totalmem(), node: process.version },
    scenarios: findings.map(({ title, measurements, targets, notes }) => ({
      title,
      measurements,
      targets: targets.map((target) => ({ ...target, isMet: isMet(target) })),
      notes,
    })),
  };
}
