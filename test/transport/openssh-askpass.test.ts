import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/core/secret.js';
import { Askpass } from '../../src/transport/openssh-askpass.js';
import { scratchFolder } from './local-shell.js';

let folder: ReturnType<typeof scratchFolder>;
let questions: string[];
let askpass: Askpass;
let env: Readonly<Record<string, string>>;

beforeEach(async () => {
  folder = scratchFolder();
  questions = [];
  askpass = new Askpass((question) => {
    questions.push(question);
    return Promise.resolve(
      question.includes('nobody') ? undefined : new Secret(`answer ${questions.length}`),
    );
  });
  env = await askpass.listen(folder.path);
});
afterEach(() => {
  askpass.close();
  folder.dispose();
});

/** As ssh does it. */
function ask(question: string, kind?: string) {
  const prompt = kind === undefined ? {} : { SSH_ASKPASS_PROMPT: kind };
  const child = spawn(env['SSH_ASKPASS'] ?? '', [question], { env: { ...env, ...prompt } });
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += String(chunk)));
  const ended = once(child, 'close').then(([code]) => [code as number | null, printed] as const);
  return { child, ended };
}

describe('what ssh asks', () => {
  test('comes back on standard output, a key’s once in a run', async () => {
    const passphrase = "Enter passphrase for key '/keys/a b': ";
    const both = await Promise.all([ask(passphrase).ended, ask(passphrase).ended]);
    expect(both).toEqual([
      [0, 'answer 1\n'],
      [0, 'answer 1\n'],
    ]);
    expect(await ask('Enter PIN for ED25519-SK key /keys/sk: ').ended).toEqual([0, 'answer 2\n']);
    expect(await ask("Enter passphrase for key '/keys/nobody': ").ended).toEqual([1, '']);
    expect(questions).toEqual(['Passphrase of /keys/a b', 'PIN of /keys/sk', 'Passphrase of /keys/nobody']);
    expect(askpass.keys).toEqual(
      new Map([
        ['/keys/a b', true],
        ['/keys/sk', true],
        ['/keys/nobody', false],
      ]),
    );
    expect([askpass.asked, askpass.isAsking]).toEqual([4, false]);
  });

  test('in a server’s words is asked every time, on one line without control characters', async () => {
    const code = '(me@nas) Code\u001b[2J\nof today: ';
    expect(await ask(code).ended).toEqual([0, 'answer 1\n']);
    expect(await ask(code).ended).toEqual([0, 'answer 2\n']);
    expect(questions).toEqual(['(me@nas) Code [2J of today', '(me@nas) Code [2J of today']);
  });

  test.each([
    [
      'a new host key',
      "The authenticity of host 'x' can't be established.\nContinue (yes/no/[fingerprint])? ",
      undefined,
    ],
    ['the use of a key', 'Allow use of key x?', 'confirm'],
  ])('for consent (%s) is refused unasked', async (_what, question, kind) => {
    expect(await ask(question, kind).ended).toEqual([1, '']);
    expect(questions).toEqual([]);
  });

  test('as a notice is no question: a person is busy until ssh ends it', async () => {
    const { child, ended } = ask('Confirm user presence for key ED25519-SK', 'none');
    while (!askpass.isAsking) await new Promise((resolve) => setImmediate(resolve));
    child.kill();
    expect(await ended).toEqual([null, '']);
    while (askpass.isAsking) await new Promise((resolve) => setImmediate(resolve));
    expect([questions, askpass.asked]).toEqual([[], 0]);
  });
});
