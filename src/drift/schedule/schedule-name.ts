import { createHash } from 'node:crypto';
import { basename } from 'node:path';

const MOST_LETTERS = 60;

/** What the schedule of a project (its folder, absolute) is called: of each account one. Fit for a unit of systemd. */
export function scheduleName(projectDir: string): string {
  const plain = basename(projectDir)
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .slice(0, MOST_LETTERS);
  const place = createHash('sha256').update(projectDir).digest('hex').slice(0, 8);
  return `homelab-drift-${plain}-${place}`;
}
