import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkEnvironment } from '../../../src/drift/schedule/check-environment.js';

/** Not below /tmp, where no socket of an agent counts. */
const folder = mkdtempSync(join(homedir(), '.agent-test-'));
const socket = join(folder, 'agent.sock');
const server = createServer();
const me = process.getuid?.() ?? -1;
beforeAll(async () => {
  writeFileSync(join(folder, 'file'), '');
  await new Promise<void>((resolve) => server.listen(socket, resolve));
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

test.each<[string, string, number, string | undefined]>([
  ['an agent that stays', socket, me, undefined],
  ['of another account', socket, me + 1, 'it is of another account'],
  ['of a login', '/tmp/ssh-abc/agent.12', me, 'it goes with the login that it belongs to'],
  [
    'of a login, since 10.1',
    '/root/.ssh/agent/s.abc.agent.def',
    me,
    'it goes with the login that it belongs to',
  ],
  ['a socket that is gone', join(folder, 'gone'), me, 'it is not there'],
  ['no socket', join(folder, 'file'), me, 'it is not there'],
  ['a relative path', 'agent.sock', me, 'it is no absolute path'],
])('%s', (_what, path, uid, refusal) => {
  const { env, agent, agentRefusal } = checkEnvironment({ SSH_AUTH_SOCK: path }, uid);
  expect({ agent, agentRefusal }).toEqual({
    agent: refusal === undefined ? path : undefined,
    agentRefusal: refusal,
  });
  expect(env['SSH_AUTH_SOCK']).toBe(agent);
});

test('only places are kept, never a secret', () => {
  const secrets = {
    HOMELAB_AGE_IDENTITY: 'AGE-SECRET-KEY-1',
    HOMELAB_BECOME_PASSWORD: 'x',
    HOMELAB_LOGIN_PASSWORD: 'x',
    TOKEN: 'x',
  };
  const places = { HOME: '/root', XDG_STATE_HOME: '/var/state', XDG_CONFIG_HOME: 'relative' };
  const { env, agentRefusal } = checkEnvironment(
    { ...secrets, ...places, HOMELAB_AGE_IDENTITY_FILE: 'age.txt', PATH: '/opt/node:.:/usr/bin::/opt/node' },
    me,
  );
  expect(env).toEqual({
    HOME: '/root',
    XDG_STATE_HOME: '/var/state',
    HOMELAB_AGE_IDENTITY_FILE: join(process.cwd(), 'age.txt'),
    PATH: '/opt/node:/usr/bin',
  });
  expect(agentRefusal).toBeUndefined();
  expect(checkEnvironment({}, me).env['PATH']).toContain('/usr/bin');
});
