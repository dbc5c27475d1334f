import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { quoteAll } from '../../src/core/quote.js';
import { runProgram } from '../../src/lab/run-program.js';
import { encrypt, generateKeyPair } from '../../src/secrets/age-library.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';

/** Every secret of the project holds this; nothing else in the world does. */
const CANARY = `cnry${randomBytes(8).toString('hex')}`;
const DIR = '/srv/secrets';
const HOST = 'dns1';

let lab: TestLab;
let project: string;
let identityFile: string;
let startedAt: string;

/** Prints what it was given to both streams, and fails. */
const FAILING = 'printf "out %s\\n" "$PW"; printf "err %s\\nerr %s\\n" "$PW" "$(cat)" >&2; exit 3';

const TASKS = [
  { directory: { path: DIR } },
  { file: { path: `${DIR}/value`, content: '{{vars.pw}}' } },
  { file: { path: `${DIR}/mixed`, content: 'postgres://u:{{vars.db.password}}@db\n', mode: '0600' } },
  { template: { path: `${DIR}/template`, template: 'app.hbs' } },
  { template: { path: `${DIR}/secret-template`, template: 'whole.hbs' } },
  { file: { path: `${DIR}/source`, source: 'files/token.bin' } },
  // What is on the host already holds the canary, and what is wanted does not.
  { file: { path: `${DIR}/emptied`, content: 'nothing any more\n' } },
  { line: { path: `${DIR}/line`, line: 'pw={{vars.pw}}', match: '^pw=', create: true } },
  { setting: { path: `${DIR}/setting`, key: 'pw', value: '{{vars.pw}}', format: 'keyvalue', create: true } },
  { user: { name: 'canary', password_hash: '$6$salt${{vars.pw}}' } },
  {
    name: 'Slow enough to be looked at',
    command: {
      shell: `test "$PW" = "$(cat)" && sleep 2 && printf %s "$PW" > ${DIR}/from-command`,
      env: { PW: '{{vars.pw}}' },
      stdin: '{{vars.pw}}',
      unless: `test "$PW" = "$(cat ${DIR}/from-command 2>/dev/null)"`,
    },
  },
  {
    name: 'Fails',
    command: { shell: FAILING, env: { PW: '{{vars.pw}}' }, stdin: '{{vars.db.password}}', always: true },
  },
];

/** The files of the host that are meant to hold it. */
const MEANT = [
  ...['from-command', 'line', 'mixed', 'secret-template', 'setting', 'source', 'template', 'value'].map(
    (name) => `${DIR}/${name}`,
  ),
  '/etc/shadow',
];

beforeAll(async () => {
  lab = await sharedLab();
  const { identity, recipient } = await generateKeyPair();
  const seal = async (text: string | Uint8Array): Promise<string> =>
    Buffer.from(await encrypt(Buffer.from(text), [recipient])).toString();
  project = lab.project({
    'homelab.yml': `recipients: ${recipient}\n`,
    'inventory/hosts.yml': lab.hostsFile(),
    'inventory/env.sh': `#!/bin/sh\nenv > "$(dirname "$0")/../seen.env"\necho '{}'\n`,
    'inventory/host_vars/dns1.yml': await seal(`db: { password: "${CANARY}-in-a-file", port: 5432 }\n`),
    'templates/app.hbs': 'port={{vars.db.port}}\npassword={{vars.db.password}}\n',
    'templates/whole.hbs': await seal(`${CANARY}-template {{host.name}}\n`),
    'files/token.bin': await encrypt(Buffer.from(`\0\xff${CANARY}-bytes`, 'latin1'), [recipient], 'binary'),
    'playbooks/site.yml': JSON.stringify([
      { name: 'Secrets', hosts: HOST, vars: { pw: 'PW' }, tasks: TASKS },
    ]).replace('"PW"', `!secret ${JSON.stringify(await seal(`${CANARY}-value`))}`),
  });
  chmodSync(join(project, 'inventory/env.sh'), 0o755);
  identityFile = join(dirname(project), `identity-${CANARY.slice(-4)}.txt`);
  writeFileSync(identityFile, `${identity}\n`, { mode: 0o600 });
  startedAt = (await lab.shell(HOST, 'date +%s')).trim();
  await lab.shell(HOST, `mkdir -p ${DIR}; printf 'old %s-value\\n' ${CANARY} > ${DIR}/emptied`);
}, LAB_TIMEOUT_MS);

const environment = () => ({ HOMELAB_AGE_IDENTITY_FILE: identityFile, TERM: 'xterm-256color' });

/** Looks at the argument lists of all processes of a machine until told to stop. */
function watchHost(): { stop: () => Promise<string> } {
  const flag = `/run/watch-${randomBytes(4).toString('hex')}`;
  const script = `until [ -e ${flag} ]; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'; sleep 0.1; done; rm ${flag}`;
  const watching = lab.onMachine(HOST, ['sh', '-c', script]);
  return {
    stop: async () => {
      await lab.onMachine(HOST, ['touch', flag]);
      return (await watching).stdout;
    },
  };
}

/** The same of the programs that run in the project's folder on this computer, with their environments. */
function watchController(): { stop: () => Promise<string> } {
  const seen: string[] = [];
  const watching = new AbortController();
  const watched = (async () => {
    while (!watching.signal.aborted) {
      for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
        if (folderOf(pid) === project) seen.push(read(`/proc/${pid}/cmdline`), read(`/proc/${pid}/environ`));
      await sleep(50);
    }
  })();
  return {
    stop: async () => {
      watching.abort();
      await watched;
      return seen.join('\n');
    },
  };
}

/** Where a process works; undefined where it has ended. */
function folderOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** The lines that hold a text: a test that fails shows these and not everything. */
const linesWith = (text: string, what: string): string[] =>
  text.split('\n').filter((line) => line.includes(what));

describe('a secret is nowhere but where it was meant to be', () => {
  const inTerminal = (words: readonly string[]) => [
    'script',
    '-qec',
    quoteAll([process.execPath, lab.cli, ...words]),
    '/dev/null',
  ];
  const RUNS: readonly [string, readonly string[], number, boolean][] = [
    ['a plan, with --debug', ['plan', HOST, '--debug'], 2, false],
    ['a plan in a terminal', ['plan', HOST], 2, true],
    ['a plan as JSON', ['plan', HOST, '--json'], 2, false],
    ['a plan that is saved', ['plan', HOST, '--out', 'all.plan.json'], 2, false],
    ['a saved plan, applied', ['provision', '--plan', 'all.plan.json', '--debug'], 1, false],
    ['a failing run, with --debug', ['provision', HOST, '--yes', '--debug'], 1, false],
    ['a failing run in a terminal', ['provision', HOST, '--yes'], 1, true],
    ['a failing run as JSON', ['provision', HOST, '--yes', '--json'], 1, false],
    ['a failing run as events', ['provision', HOST, '--yes', '--json-events'], 1, false],
    ['the history of the last run', ['history', 'last', '--json'], 0, false],
    ['the values of a host', ['inventory', 'show', HOST, '--json'], 0, false],
  ];

  test.each(RUNS)('%s', async (_name, words, expected, isTerminal) => {
    const watchers = [watchHost(), watchController()];
    const argv = isTerminal ? inTerminal(words) : [process.execPath, lab.cli, ...words];
    const { code, stdout, stderr } = await lab.run(argv, { cwd: project, env: environment() });
    const [onHost = '', here = ''] = await Promise.all(watchers.map((one) => one.stop()));
    for (const place of [stdout, stderr, onHost, here]) {
      expect(linesWith(place, CANARY)).toEqual([]);
      expect(linesWith(place, 'AGE-SECRET-KEY')).toEqual([]);
    }
    // They have seen something: sshd on the one side, homelab on the other.
    expect(linesWith(onHost, 'sshd')).not.toEqual([]);
    expect(linesWith(here, lab.cli)).not.toEqual([]);
    expect({ code, said: stdout + stderr }).toMatchObject({ code: expected });
    expect(stdout + stderr).toContain('***');
    if (words[0] === 'provision') expect(stdout + stderr).toMatch(/err \*\*\*(\\n|\s+\|?\s*)err \*\*\*/);
  });

  test('what it was meant for holds it', async () => {
    const found = await lab.shell(
      HOST,
      `grep -rlsF ${CANARY} /etc /home /opt /root /run /srv /tmp /usr/local /var || true`,
    );
    const files = found.split('\n').filter((file) => file !== '');
    // usermod(8) keeps the file of before beside it.
    expect(files.filter((file) => file !== '/etc/shadow-').toSorted()).toEqual(MEANT.toSorted());
    expect(await lab.shell(HOST, `cat ${DIR}/mixed ${DIR}/template`)).toBe(
      `postgres://u:${CANARY}-in-a-file@db\nport=5432\npassword=${CANARY}-in-a-file\n`,
    );
    expect(await lab.shell(HOST, `od -An -c -N2 ${DIR}/source; stat -c %a ${DIR}/value`)).toMatch(
      /\\0 377\n600\n/,
    );
  });

  test('the journal of the host does not', async () => {
    const journal = await lab.shell(
      HOST,
      `journalctl --no-pager -o export --since=@${startedAt} 2>/dev/null || true`,
    );
    expect(journal).toContain('sudo');
    expect(linesWith(journal, CANARY)).toEqual([]);
  });

  test('no file of the controller does, its plans and its history included', async () => {
    expect(readFileSync(join(project, 'all.plan.json'), 'utf8')).toContain('***');
    const history = join(lab.state.home, '.local', 'state', 'homelab');
    expect(readdirSync(history).join('\n')).toContain(basename(project));
    const places = [project, lab.state.home, '/dev/shm', '/run', tmpdir()];
    const words = ['-xdev', '-type', 'f', '-newer', identityFile, '-size', '-20M'];
    const { stdout } = await runProgram(
      ['find', ...places, ...words, '-exec', 'grep', '-lsF', '--', CANARY, '{}', '+'],
      {},
    );
    expect(stdout.split('\n').filter((file) => file !== '')).toEqual([]);
  });

  test('no program that homelab started was given the way to the identity', () => {
    const seen = readFileSync(join(project, 'seen.env'), 'utf8');
    expect(seen).toContain('PATH=');
    expect(seen).not.toContain('HOMELAB_');
  });
});
