import { describe, expect, test } from '@jest/globals';
import type { Check } from '../../src/core/check.js';
import { readinessKey } from '../../src/probes/readiness.js';
import waitFor from '../../src/tasks/wait_for.js';
import { schemaProblems } from '../../src/yaml/schema-problems.js';
import { HOSTILE_WORDS } from '../hostile-words.js';
import { fakeHost } from './fake-host.js';
import { plan } from './plan-task.js';

/** As a playbook's reader would be told. */
const problems = (written: object): string[] =>
  schemaProblems(written, waitFor.params).problems.map(({ message }) => message);

const answering = (check: Check, holds: boolean, limit = 5) =>
  fakeHost({ readiness: { [readinessKey(check, limit)]: holds } });
const PORT: Check = { kind: 'tcp', host: '127.0.0.1', port: 22 };

describe('wait_for', () => {
  test.each<[string, object, Check]>([
    ['a port', { tcp: 22 }, PORT],
    ['a port in quotes', { tcp: '22' }, PORT],
    ['a port elsewhere', { tcp: 'nas.lan:5000' }, { kind: 'tcp', host: 'nas.lan', port: 5000 }],
    ['a port of IPv6', { tcp: '[fd00::1]:53' }, { kind: 'tcp', host: 'fd00::1', port: 53 }],
    [
      'an address',
      { http: 'http://x/?a=1' },
      { kind: 'http', url: 'http://x/?a=1', statuses: [], isInsecure: false },
    ],
    [
      'an address and a status',
      { http: { url: 'https://x', status: 401, insecure: true } },
      { kind: 'http', url: 'https://x', statuses: [401], isInsecure: true },
    ],
    [
      'an address and some',
      { http: { url: 'https://x', status: [200, 401] } },
      { kind: 'http', url: 'https://x', statuses: [200, 401], isInsecure: false },
    ],
    ['a name', { dns: 'x.lan' }, { kind: 'dns', name: 'x.lan', type: undefined, server: undefined }],
    [
      'a name of a server',
      { dns: { name: '_ldap._tcp.x', type: 'SRV', server: '10.0.0.1' } },
      { kind: 'dns', name: '_ldap._tcp.x', type: 'SRV', server: '10.0.0.1' },
    ],
    [
      'a name of a server on another port',
      { dns: { name: 'x', server: '::1', port: 5335 } },
      { kind: 'dns', name: 'x', type: undefined, server: '::1', port: 5335 },
    ],
    ['argv', { command: ['test', '-e', 'a b'] }, { kind: 'command', argv: ['test', '-e', 'a b'] }],
    ['shell text', { command: 'a | b' }, { kind: 'command', argv: ['sh', '-c', 'a | b'] }],
    ['a path', { path: '/run/x' }, { kind: 'path', path: '/run/x' }],
  ])('%s', async (_name, params, check) => {
    const ready = await plan(waitFor, params, answering(check, true));
    expect(ready).toMatchObject({ changes: [], steps: [] });
    const { changes, rawSteps } = await plan(waitFor, params, answering(check, false));
    expect(changes).toEqual(['ready: not yet: waits up to 60 s -> yes']);
    expect(rawSteps).toHaveLength(1);
  });

  test('an attempt of a plan is bounded by timeout and interval', async () => {
    const slow = await plan(waitFor, { tcp: 22, timeout: 90, interval: 30 }, answering(PORT, false, 30));
    expect(slow.changes).toEqual(['ready: not yet: waits up to 90 s -> yes']);
    await plan(waitFor, { tcp: 22, timeout: 2 }, answering(PORT, false, 2));
  });

  test('may touch anything: time goes by', () => {
    expect(waitFor.touches).toBeUndefined();
  });

  test.each<[string, object, string]>([
    ['nothing', {}, 'needs exactly one of'],
    ['two things', { tcp: 22, path: '/x' }, 'needs exactly one of'],
    ['a port that is none', { tcp: 65_536 }, 'tcp: '],
    ['port 0', { tcp: '0' }, 'tcp: has to be a port'],
    ['a name without a port', { tcp: 'nas.lan' }, 'tcp: has to be a port, HOST:PORT or [IPV6]:PORT'],
    ['IPv6 without brackets', { tcp: 'fd00::1:53' }, 'tcp: '],
    ['no host', { tcp: ':53' }, 'tcp: '],
    ['another protocol', { http: 'ftp://x/' }, 'http: has to begin with'],
    ['a blank', { http: 'http://x/a b' }, 'http: has to begin with'],
    ['a password', { http: 'http://u:p@x/' }, 'http: must hold no name and password'],
    ['a status that is none', { http: { url: 'http://x', status: 42 } }, 'http'],
    ['no status', { http: { url: 'http://x', status: [] } }, 'http'],
    ['a type that is none', { dns: { name: 'x', type: 'ANY' } }, 'dns'],
    ['a port of no server', { dns: { name: 'x', port: 53 } }, 'dns.port: is of a server'],
    ['no words', { command: [] }, 'command'],
    ['no program', { command: [''] }, 'command: begins with the name of a program'],
    ['NUL', { command: 'a\0b' }, 'command'],
    ['a path that is not whole', { path: 'x' }, 'path: has to be an absolute path'],
    ['no time', { path: '/x', timeout: 0 }, 'timeout: '],
    ['no interval', { path: '/x', interval: 0.1 }, 'interval: '],
  ])('%s is refused', (_name, written, problem) => {
    expect(problems(written).join('\n')).toContain(problem);
  });

  test.each(HOSTILE_WORDS)('the name %j is refused', (word) => {
    for (const written of [
      { tcp: `${word}:22` },
      { dns: word },
      { dns: { name: 'x', server: word } },
      { http: `http://${word} /` },
    ])
      expect(problems(written)).not.toEqual([]);
  });
});
