import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { cronWord, crontabPart, findPart, withPart } from '../../../src/drift/schedule/crontab-part.js';

const NAME = 'homelab-drift-house-1a2b3c4d';
const MARK = { project: '/srv/50% "x"', every: 'daily', words: ['drift', '--notify'] };
const PART = crontabPart({ name: NAME, fields: '0 0 * * *', mark: MARK, script: '/var/state/x.sh' });

test('an entry', () => {
  expect(PART.split('\n')).toEqual([
    `# BEGIN ${NAME}`,
    '# homelab schedule: {"version":1,"project":"/srv/50% \\"x\\"","every":"daily","words":["drift","--notify"]}',
    '0 0 * * * /bin/sh /var/state/x.sh',
    `# END ${NAME}`,
    '',
  ]);
});

describe('a word of a command', () => {
  /** What cron hands to the shell: that of busybox every byte, others without the backslash before a percent sign. */
  const crons: [string, (command: string) => string][] = [
    ['vixie', (command) => command.replaceAll(String.raw`\%`, '%')],
    ['busybox', (command) => command],
  ];
  const word = fc.string({
    unit: fc.constantFrom('%', '\\', "'", '"', ' ', '$', 'a', '/', 'é', ';', '&', '#'),
  });

  test.each(crons)('comes to the shell of %s as it was', (_name, handOver) => {
    fc.assert(
      fc.property(
        fc.array(
          word.filter((text) => text !== ''),
          { minLength: 1, maxLength: 30 },
        ),
        (words) => {
          const written = words.map(cronWord);
          // A percent sign that no backslash precedes ends the command.
          for (const text of written) expect(text).not.toMatch(/(?<!\\)%/);
          const command = `printf '%s\\n' ${handOver(written.join(' '))}`;
          expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' })).toBe(
            words.map((text) => `${text}\n`).join(''),
          );
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('a crontab', () => {
  const OTHER = 'MAILTO=ada\n# BEGIN homelab-drift-house-1a2b3c4dd\n0 1 * * * true\n';
  test.each([
    ['empty', '', PART],
    ['of others', OTHER, OTHER + PART],
    ['whose last line does not end', '0 1 * * * true', `0 1 * * * true\n${PART}`],
    [
      'with an older entry',
      `${OTHER}${PART.replace('0 0 *', '5 5 *')}@reboot x\n`,
      `${OTHER}${PART}@reboot x\n`,
    ],
    ['with the same entry first', `${PART}${OTHER}`, `${PART}${OTHER}`],
  ])('%s takes the entry, and gives it back', (_what, before, after) => {
    expect(withPart(before, NAME, PART)).toBe(after);
    expect(findPart(after, NAME)).toEqual({ text: PART, mark: MARK });
    expect(withPart(after, NAME, '')).toBe(after.replace(PART, ''));
  });

  test.each([
    ['nothing of that name', OTHER, undefined],
    ['lines of that name without our mark', `# BEGIN ${NAME}\n0 0 * * * rm x\n# END ${NAME}\n`, 'foreign'],
    ['a beginning without an end', `# BEGIN ${NAME}\n0 0 * * * rm x\n`, 'foreign'],
    ['a mark that is no JSON', `# BEGIN ${NAME}\n# homelab schedule: {\n# END ${NAME}\n`, 'foreign'],
    ['a name that only begins so', `# BEGIN ${NAME}2\n`, undefined],
  ])('%s', (_what, crontab, found) => {
    expect(findPart(crontab, NAME)).toBe(found);
  });
});
