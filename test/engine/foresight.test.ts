import { describe, expect, test } from '@jest/globals';
import type { Item } from '../../src/core/item.js';
import type { TaskResult } from '../../src/core/result.js';
import { diffStates, type MaybeState } from '../../src/core/state.js';
import type { AnyTask, Foresight } from '../../src/core/task.js';
import { causeOf, toPending, type Pending } from '../../src/engine/foresight.js';
import { planItem } from '../../src/engine/plan-item.js';
import type { Probed } from '../../src/engine/probe-item.js';

interface Sketch extends Foresight {
  /** Left out: a barrier. */
  readonly touches?: readonly string[];
}

function item(name: string, { touches, ...foresight }: Sketch = {}): Item {
  const task = {
    ...(touches === undefined ? {} : { touches: () => touches }),
    foresight: () => foresight,
  } as unknown as AnyTask;
  return {
    id: `play/${name}`,
    name,
    kind: name.startsWith('ready') ? 'wait' : 'test',
    task,
    params: {},
    source: { file: 'site.yml', line: 1, column: 1 },
    skipReason: undefined,
    condition: undefined,
    onChange: [],
    sensitive: false,
    retry: undefined,
    onFailure: 'stop',
  };
}

const known = (before: MaybeState, after: MaybeState): Probed => ({
  is: 'known',
  before,
  after,
  changes: diffStates(before, after),
});
const MADE = known(null, { content: 'new' });
const CHANGED = known({ content: 'old' }, { content: 'new' });
const SAME = known({ content: 'new' }, { content: 'new' });
const REMOVED = known({ content: 'old' }, null);
const unknown = (reason: string, needs?: readonly string[]): Probed => ({ is: 'unknown', reason, needs });

/** What a plan shows for the last of these, each seen so; `missing` of the last. */
function lastOf(
  seen: readonly (readonly [Item, Probed])[],
  missing: readonly string[] = [],
): Pick<TaskResult, 'status' | 'reason'> & { readonly error?: string | undefined } {
  const pending: Pending[] = [];
  let last: TaskResult | undefined;
  for (const [index, [one, probed]] of seen.entries()) {
    last = planItem(one, probed, {
      pending,
      missing: index === seen.length - 1 ? missing : [],
      host: 'a',
      ledger: { owed: [], boot: 'b1' },
    });
    if (last.status === 'pending' || last.status === 'unknown') pending.push(toPending(one, last));
  }
  const { status, reason, error } = last as TaskResult;
  return { status, reason, error: error?.message };
}

const PACKAGE = item('git and nginx', { makes: ['package:git', 'package:nginx', 'packages:installed'] });
const OTHER_PACKAGE = item('htop', { makes: ['package:htop', 'packages:installed'] });
const COMMAND = item('command', { makes: [] });
const BOB = item('bob', {
  touches: ['account:bob', 'path:/home/bob'],
  makes: ['account:bob', 'path:/home/bob'],
});
const KEYS = item('keys', { touches: ['account:bob', 'path:/home/bob/.ssh'], makes: [] });
const APP = item('app', { touches: ['path:/srv/app', 'account:bob'] });
const PAGE = item('page', { touches: ['path:/srv/app/page'], requires: ['path:/srv/app'] });

describe('the cause that a plan names', () => {
  test.each<[string, readonly Item[], readonly string[] | undefined, string | undefined]>([
    ['what makes the account, not what only touches it', [BOB, KEYS], ['user:bob'], 'bob'],
    ['a user makes a group of its name', [BOB, COMMAND], ['group:bob'], 'bob'],
    ['what makes the folder that the path lies in', [APP, COMMAND], ['path:/srv/app/a/b'], 'app'],
    ['not a folder whose name begins alike', [APP, COMMAND], ['path:/srv/application'], 'command'],
    ['the package of a program', [PACKAGE, OTHER_PACKAGE, COMMAND], ['program:git'], 'git and nginx'],
    [
      'a file that is the program',
      [item('file', { touches: ['path:/usr/local/bin/tool'] }), PACKAGE],
      ['program:tool'],
      'file',
    ],
    [
      'a package that is called like the unit',
      [PACKAGE, OTHER_PACKAGE],
      ['unit:nginx.service'],
      'git and nginx',
    ],
    [
      'a package that is called like a part of the path',
      [PACKAGE, OTHER_PACKAGE],
      ['path:/etc/nginx/sites'],
      'git and nginx',
    ],
    [
      'else the last that installs packages',
      [PACKAGE, OTHER_PACKAGE, COMMAND],
      ['unit:cron.service'],
      'htop',
    ],
    ['else what touches it', [KEYS, COMMAND, APP], ['path:/home/bob'], 'keys'],
    ['else the last that may do anything', [COMMAND, APP], ['path:/opt/x'], 'command'],
    ['nothing, where nothing before it may', [APP, BOB], ['path:/opt/x'], undefined],
    [
      'where nobody knows what is needed, the last that installs packages',
      [PACKAGE, COMMAND],
      undefined,
      'git and nginx',
    ],
    ['and without one the last of all', [COMMAND, APP], undefined, 'app'],
  ])('%s', (_name, before, needs, expected) => {
    const pending = before.map((one) => toPending(one, { ...RESULT, name: one.name }));
    expect(causeOf(pending, needs)?.item.name).toBe(expected);
  });
});

const RESULT: TaskResult = {
  id: 'play/x',
  name: 'x',
  kind: 'test',
  subject: undefined,
  status: 'pending',
  changes: [{ field: 'state', before: 'absent', after: 'present' }],
  sensitive: false,
  reason: undefined,
  differsFromPlan: undefined,
  error: null,
};

describe('a plan', () => {
  test.each<[string, readonly (readonly [Item, Probed])[], readonly string[], string, string | undefined]>([
    [
      'names what makes the folder',
      [
        [APP, MADE],
        [PAGE, MADE],
      ],
      ['path:/srv/app'],
      'pending',
      'will be created after "app"',
    ],
    [
      'names nothing where the folder is only changed',
      [
        [APP, CHANGED],
        [PAGE, MADE],
      ],
      [],
      'pending',
      undefined,
    ],
    [
      'does not create what is there',
      [
        [BOB, MADE],
        [APP, CHANGED],
      ],
      ['user:bob'],
      'pending',
      'will be done after "bob"',
    ],
    [
      'fails where the folder never comes',
      [
        [BOB, MADE],
        [PAGE, MADE],
      ],
      ['path:/srv/app'],
      'failed',
      'the directory /srv/app does not exist',
    ],
    [
      'is unknown where a package may bring the folder',
      [
        [PACKAGE, CHANGED],
        [PAGE, MADE],
      ],
      ['path:/srv/app'],
      'unknown',
      'unknown until "git and nginx": the directory /srv/app does not exist',
    ],
    [
      'names the program that is missing',
      [[item('use', { requires: ['program:git'] }), CHANGED]],
      ['program:git'],
      'failed',
      'the program git is not installed',
    ],
    [
      'leaves out what an earlier item has done by then',
      [
        [PACKAGE, CHANGED],
        [
          item('git again', { doneBy: { 'names.git': 'package:git' } }),
          known({ 'names.git': 'absent' }, { 'names.git': 'present' }),
        ],
      ],
      [],
      'ok',
      'will be so after "git and nginx"',
    ],
    [
      'has the rest of it left to do',
      [
        [PACKAGE, CHANGED],
        [
          item('git and vim', { doneBy: { 'names.git': 'package:git', 'names.vim': 'package:vim' } }),
          known(
            { 'names.git': 'absent', 'names.vim': 'absent' },
            { 'names.git': 'present', 'names.vim': 'present' },
          ),
        ],
      ],
      [],
      'pending',
      undefined,
    ],
    [
      'knows what no earlier item decides',
      [[item('newest', { hingesOn: { things: ['packages:offered'], why: 'then' } }), SAME]],
      [],
      'ok',
      undefined,
    ],
    [
      'does not know what an earlier item decides',
      [
        [OTHER_PACKAGE, CHANGED],
        [item('boot', { hingesOn: { things: ['packages:installed'], why: 'it shows then' } }), SAME],
      ],
      [],
      'unknown',
      'unknown until "htop": it shows then',
    ],
    [
      'names the surest of what decides',
      [
        [PACKAGE, CHANGED],
        [APP, MADE],
        [item('ready', { hingesOn: { things: ['program:git', 'anything'], why: 'then' } }), CHANGED],
      ],
      [],
      'unknown',
      'unknown until "git and nginx": then',
    ],
    [
      'else the one just before',
      [
        [PACKAGE, CHANGED],
        [APP, MADE],
        [item('ready', { hingesOn: { things: ['program:x', 'anything'], why: 'then' } }), CHANGED],
      ],
      [],
      'unknown',
      'unknown until "app": then',
    ],
    [
      'does not wait for what only waits',
      [
        [item('ready first', { hingesOn: { things: ['anything'], why: 'then' } }), CHANGED],
        [item('ready', { hingesOn: { things: ['anything'], why: 'then' } }), CHANGED],
      ],
      [],
      'pending',
      undefined,
    ],
    [
      'removes nothing twice',
      [
        [APP, REMOVED],
        [PAGE, REMOVED],
      ],
      [],
      'ok',
      'will be gone with "app"',
    ],
    [
      'does not know what an earlier item removes',
      [
        [APP, REMOVED],
        [PAGE, SAME],
      ],
      [],
      'unknown',
      'unknown until "app": that removes it',
    ],
    [
      'is never unknown for what looks at nothing',
      [
        [PACKAGE, CHANGED],
        [item('assert', { touches: [] }), unknown('wrong host')],
      ],
      [],
      'failed',
      'wrong host',
    ],
    [
      'prefers what a probe says it needs',
      [
        [APP, MADE],
        [BOB, MADE],
        [
          item('two', { touches: ['path:/srv/app/x', 'account:bob'] }),
          unknown('no page', ['path:/srv/app/page']),
        ],
      ],
      [],
      'unknown',
      'unknown until "app": no page',
    ],
  ])('%s', (_name, seen, missing, status, said) => {
    const { status: found, reason, error } = lastOf(seen, missing);
    expect({ status: found, said: error ?? reason }).toEqual({ status, said });
  });
});
