import { describe, expect, test } from '@jest/globals';
import hostname from '../../src/tasks/hostname.js';
import { fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const contents = (text: string) => ({ bytes: Buffer.from(text), isComplete: true });
const named = (file: string | null, running: string): Answers => ({
  files: { '/etc/hostname': file === null ? null : fileEntry() },
  'file-contents': {
    '/etc/hostname': file === null ? null : contents(file),
    '/proc/sys/kernel/hostname': contents(`${running}\n`),
  },
});

describe('hostname', () => {
  test.each<[string, Answers, readonly string[], readonly string[]]>([
    ['in sync', named('dns1\n', 'dns1'), [], []],
    ['in sync, after a comment', named('# rack 2\n\n dns1 \n', 'dns1'), [], []],
    [
      'another one',
      named('old\n', 'old'),
      ['static: old -> dns1', 'running: old -> dns1'],
      ['write /etc/hostname 0644 root:root "dns1\\n"', 'sh -s -- dns1'],
    ],
    [
      'at boot alone, comments kept',
      named('# rack 2\nold\n', 'dns1'),
      ['static: old -> dns1'],
      ['write /etc/hostname 0644 root:root "# rack 2\\ndns1\\n"'],
    ],
    ['now alone', named('dns1', 'old'), ['running: old -> dns1'], ['sh -s -- dns1']],
    [
      'without a file',
      named(null, 'dns1'),
      ['static: null -> dns1'],
      ['write /etc/hostname 0644 : "dns1\\n"'],
    ],
  ])('%s', async (_name, answers, changes, steps) => {
    const planned = await plan(hostname, { name: 'dns1' }, fakeHost(answers));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps.map((step) => step.split(' < ')[0])).toEqual(steps);
  });

  test('all reads are asked for at once', async () => {
    const host = fakeHost(named('dns1', 'dns1'));
    void plan(hostname, { name: 'dns1' }, host);
    expect(host.asked).toHaveLength(3);
  });

  test.each(['-n', 'a_b', 'a..b', 'a.', '.a', 'a-', 'a b', 'ä', '', 'a'.repeat(64), `${'a.'.repeat(32)}a`])(
    '%j is refused',
    (name) => {
      expect(problems(hostname, { name })).not.toEqual([]);
    },
  );

  test.each(['a', 'A1', 'dns-1.lan', '10-0-0-1', `${'a.'.repeat(31)}ab`])('%j is taken', (name) => {
    expect(problems(hostname, { name })).toEqual([]);
  });
});
