import { describe, expect, test } from '@jest/globals';
import { Content } from '../../src/core/content.js';
import { HomelabError } from '../../src/core/errors.js';
import type { RunResult } from '../../src/core/result.js';
import { Secret } from '../../src/core/secret.js';
import { createReport } from '../../src/report/create-report.js';
import { capture, host, run, task } from './fixtures.js';

const [old, wanted] = [Content.of('a\n'), Content.of('b\n')];
const result: RunResult = run(
  'provision',
  [
    host('dns1', 'changed', {
      tasks: [
        task('Base packages', {
          kind: 'package',
          status: 'changed',
          changes: [{ field: 'names.htop', before: null, after: 'present' }],
        }),
        task('Motd', {
          subject: '/etc/motd',
          status: 'changed',
          changes: [
            { field: 'content', before: old, after: wanted },
            { field: 'uid', before: 0, after: 1000 },
          ],
        }),
        task('Token', {
          sensitive: true,
          status: 'changed',
          changes: [{ field: 'content', before: old, after: wanted }],
        }),
        task('User', {
          kind: 'user',
          status: 'changed',
          changes: [{ field: 'password_hash', before: 'old-hash', after: new Secret('new-hash') }],
        }),
      ],
    }),
    host('nas', 'unreachable', {
      error: new HomelabError({ code: 'transport/timeout', message: 'no answer', hint: 'Is it on?' }),
    }),
  ],
  { exitCode: 1 },
);

async function report(format: 'json' | 'json-events') {
  const [stdout, stderr] = [capture(), capture()];
  const made = await createReport({
    format,
    command: 'provision',
    isColor: false,
    stdout: stdout.output,
    stderr: stderr.output,
    width: undefined,
  });
  return { report: made, stdout, stderr };
}

describe('the JSON report', () => {
  test('is the document of the contract, and nothing else on stdout', async () => {
    const { report: json, stdout, stderr } = await report('json');
    json.sink({ type: 'run-started', command: 'provision', run: 'r1', hosts: ['dns1', 'nas'] });
    json.sink({ type: 'host-planned', result: host('dns1', 'ok') });
    await json.showPlan(result);
    expect(stdout.text()).toBe('');
    expect(stderr.text()).toBe('dns1  ok           in sync\n');
    await json.finish(result);
    expect(JSON.parse(stdout.text())).toEqual({
      command: 'provision',
      version: 1,
      run: 'r1',
      exitCode: 1,
      durationMs: 812,
      hosts: [
        {
          host: 'dns1',
          status: 'changed',
          durationMs: 640,
          roundTrips: 3,
          error: null,
          tasks: [
            {
              id: 'base/base-packages',
              name: 'Base packages',
              kind: 'package',
              status: 'changed',
              changes: [{ field: 'names.htop', before: 'absent', after: 'present' }],
              error: null,
            },
            {
              id: 'base/motd',
              name: 'Motd',
              kind: 'file',
              subject: '/etc/motd',
              status: 'changed',
              changes: [
                {
                  field: 'content',
                  before: `sha256:${old.sha256}`,
                  after: `sha256:${wanted.sha256}`,
                  diff: '--- /etc/motd\n+++ /etc/motd\n@@ -1 +1 @@\n-a\n+b\n',
                },
                { field: 'uid', before: 0, after: 1000 },
              ],
              error: null,
            },
            {
              id: 'base/token',
              name: 'Token',
              kind: 'file',
              status: 'changed',
              changes: [{ field: 'content', before: '***', after: '***' }],
              error: null,
            },
            {
              id: 'base/user',
              name: 'User',
              kind: 'user',
              status: 'changed',
              changes: [{ field: 'password_hash', before: '***', after: '***' }],
              error: null,
            },
          ],
        },
        {
          host: 'nas',
          status: 'unreachable',
          durationMs: 640,
          roundTrips: 3,
          error: { code: 'transport/timeout', message: 'no answer', hint: 'Is it on?' },
          tasks: [],
        },
      ],
      summary: { hosts: 2, ok: 0, changed: 1, pending: 0, failed: 0, unreachable: 1, skipped: 0 },
    });
  });

  test('is pretty printed', async () => {
    const { report: json, stdout } = await report('json');
    await json.finish(run('plan', []));
    expect(stdout.text()).toMatch(/^\{\n {2}"command": "plan",\n[^]*\n\}\n$/);
  });
});

describe('the events report', () => {
  test('is one event a line, by the same rules', async () => {
    const { report: events, stdout } = await report('json-events');
    const [dns1] = result.hosts;
    const token = dns1?.tasks[2];
    if (dns1 === undefined || token === undefined) throw new Error('the result has a host with a token');
    events.sink({ type: 'host-started', host: 'dns1' });
    events.sink({ type: 'task-finished', host: 'dns1', result: token });
    events.sink({ type: 'host-finished', result: dns1 });
    await events.finish(result);
    const lines = stdout.text().trimEnd().split('\n');
    const documents = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(documents.map((document) => document['type'])).toEqual([
      'host-started',
      'task-finished',
      'host-finished',
      'run-finished',
    ]);
    expect(documents[1]).toMatchObject({
      host: 'dns1',
      id: 'base/token',
      changes: [{ before: '***', after: '***' }],
    });
    expect(documents[2]).toMatchObject({ host: 'dns1', status: 'changed', roundTrips: 3 });
    expect(documents[3]).toMatchObject({ exitCode: 1, summary: { hosts: 2, unreachable: 1 } });
    expect(stdout.text()).not.toMatch(/new-hash|old-hash/);
  });
});
