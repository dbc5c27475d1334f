import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { Content } from '../../src/core/content.js';
import type { DriftHistory, HostMarks } from '../../src/core/drift.js';
import { HomelabError, HomelabErrors } from '../../src/core/errors.js';
import type { DriftResult, TaskResult } from '../../src/core/result.js';
import { Secret } from '../../src/core/secret.js';
import { driftPage } from '../../src/report/drift-page.js';
import { checked, drifted, driftResult, episode, NOW, past } from '../drift/check-fixtures.js';
import { host } from './fixtures.js';

const TAG = /<(\/?)([a-z0-9]+)((?: [a-zA-Z-]+(?:="[^"<>]*")?)*)\/?>/g;

/** Elements without their style sheet, their attributes' names in order, without any value or text. */
function skeleton(page: string): string[] {
  return [...page.replace(/<style>[^]*<\/style>/, '').matchAll(TAG)].map(
    ([, end, name, attributes = '']) => `${end}${name}${attributes.replaceAll(/="[^"]*"/g, '')}`,
  );
}

/** What a reader sees of it, blanks being one. */
function words(page: string): string {
  return page
    .replace(/<style>[^]*<\/style>/, '')
    .replaceAll(/<title>[^<]*<\/title>/g, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

const contents = (before: string, after: string): Partial<TaskResult> => ({
  subject: '/etc/motd',
  changes: [{ field: 'content', before: Content.of(before), after: Content.of(after) }],
});

const HISTORY: DriftHistory = {
  checks: [
    past(1, [checked('web', 'drifted', { host: 4 }), checked('db', 'lost')]),
    past(2, [checked('web', 'in-sync'), checked('db', 'in-sync')]),
  ],
  episodes: [
    episode('web', 'base/motd'),
    episode('web', 'base/old', { until: '2026-11-19T06:00:00.000Z', subject: '/etc/old' }),
  ],
};

test('it is one page that loads and runs nothing', () => {
  const page = driftPage(driftResult({ web: ['drifted', [drifted('base/motd')]] }, HISTORY));
  const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? '';
  const sum = createHash('sha256').update(style).digest('base64');
  expect(page).toContain(
    `content="default-src 'none'; style-src 'sha256-${sum}'; base-uri 'none'; form-action 'none'"`,
  );
  expect(style).not.toMatch(/url\(|@import|expression/);
  expect(page).not.toMatch(/<script|<img|<link|<iframe|\bsrc=|\bstyle=|https?:/);
  expect([...page.matchAll(/ href="([^"]*)"/g)].every(([, to = '']) => to.startsWith('#'))).toBe(true);
  expect(page.startsWith('<!doctype html>\n<html lang="en">')).toBe(true);
  expect(page.endsWith('</html>\n')).toBe(true);
});

test('every link leads somewhere, and no name is given twice', () => {
  const lost = driftResult({
    a: ['drifted', [drifted('base/motd')]],
    b: ['drifted', [drifted('base/motd')]],
    c: ['lost', []],
  });
  const page = driftPage(lost);
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  const targets = [...page.matchAll(/ (?:href="#|aria-labelledby=")([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(expect.arrayContaining(targets));
  expect(targets).toEqual(expect.arrayContaining(['host-0', 'host-1', 'host-2']));
});

describe('what the fleet is said to be', () => {
  const motd = [drifted('base/motd')];
  test.each<readonly [string, Parameters<typeof driftResult>[0]]>([
    ['No host was checked', {}],
    ['The host is as its inventory says', { a: ['in-sync', []] }],
    ['All 2 hosts are as the inventory says', { a: ['in-sync', []], b: ['in-sync', []] }],
    ['The 1 host that could be looked at is as the inventory says', { a: ['in-sync', []], b: ['off', []] }],
    ['1 of 2 hosts has drifted', { a: ['in-sync', []], b: ['drifted', motd] }],
    [
      '2 of 3 hosts have drifted, 1 could not be checked',
      { a: ['drifted', motd], b: ['drifted', motd], c: ['lost', []] },
    ],
    ['1 of 2 hosts could not be checked, the others are in sync', { a: ['in-sync', []], b: ['lost', []] }],
    ['No host could be checked', { a: ['lost', []], b: ['off', []] }],
    ['No host could be looked at', { a: ['busy', []], b: ['off', []] }],
  ])('%s', (verdict, hosts) => {
    const page = driftPage(driftResult(hosts));
    expect(page).toContain(`<title>${verdict}</title>`);
    expect(/<h1>([^]*)<\/h1>/.exec(page)?.[1]).toContain(verdict);
  });
});

describe('what is told of a host', () => {
  const row = (page: string): string =>
    words(/<tbody role="rowgroup">\n(<tr[^]*?<\/tr>)/.exec(page)?.[1] ?? '');
  test.each<readonly [string, DriftResult, string]>([
    [
      'drifted since its oldest item is',
      driftResult({ web: ['drifted', [drifted('base/a'), drifted('base/b', 'both')]] }, HISTORY),
      ' web drifted 2026-11-20 06:00 for 2 days 1 changed on the host 1 changed on the host, and pending 2026-11-20 06:00 ',
    ],
    [
      'lost since the first check that lost it',
      driftResult({ db: ['lost', []] }, HISTORY),
      ' db lost 2026-11-21 06:00 for 24 hours – 2026-11-20 06:00 ',
    ],
    ['in sync', driftResult({ web: ['in-sync', []] }, HISTORY), ' web in sync 2026-11-22 06:00 – now '],
    [
      'never seen in sync',
      driftResult({ new: ['off', []] }, HISTORY),
      ' new off 2026-11-22 06:00 – not known ',
    ],
  ])('%s', (_name, result, expected) => {
    expect(row(driftPage(result)).trimEnd()).toBe(expected.trimEnd());
  });

  test.each<readonly [string, HostMarks, string]>([
    ['nothing', { rebootReason: null, lastBackupSeconds: undefined }, '–'],
    ['a reboot', { rebootReason: 'needed by libc6', lastBackupSeconds: undefined }, 'reboot needed by libc6'],
    ['no backup', { rebootReason: null, lastBackupSeconds: null }, 'no backup found'],
    [
      'a backup',
      { rebootReason: null, lastBackupSeconds: Date.parse(NOW) / 1000 - 7200 },
      'backup 2 hours ago',
    ],
  ])('marks: %s', (_name, marks, expected) => {
    const result = driftResult({ web: ['in-sync', []] });
    const drift = { ...result.drift, marks: new Map([['web', marks]]) };
    expect(row(driftPage({ ...result, drift })).trimEnd()).toBe(
      ` web in sync 2026-11-22 06:00 – now ${expected}`,
    );
  });

  test('the strip of its last checks, for whoever does not see it', () => {
    const page = driftPage(driftResult({ web: ['drifted', [drifted('base/a')]] }, HISTORY));
    expect(page).toContain('aria-label="web: 3 checks: 2 drifted, 1 in sync"');
    expect(page).toContain('<title>2026-11-21 06:00: drifted, 4 items</title>');
  });
});

describe('what differs', () => {
  const page = (...tasks: TaskResult[]): string => driftPage(driftResult({ web: ['drifted', tasks] }));

  test('a diff of contents, with why and since when', () => {
    const seen = page(drifted('base/motd', 'both', contents('one\n<two>\n', 'one\nthree\n')));
    expect(seen).toContain(
      '<span class="line removed">-&lt;two&gt;\n</span><span class="line added">+three\n</span>',
    );
    expect(words(seen)).toContain(
      'changed on the host, and pending since 2026-11-20 06:00 for 2 days · never seen in sync',
    );
  });

  test.each<readonly [string, TaskResult]>([
    [
      'a sensitive item',
      drifted('base/token', 'host', { ...contents('s3cr3t-old', 's3cr3t-new'), sensitive: true }),
    ],
    [
      'a secret content',
      drifted('base/token', 'host', {
        changes: [
          { field: 'content', before: Content.of('s3cr3t-old'), after: Content.of(new Secret('s3cr3t-new')) },
        ],
      }),
    ],
    [
      'a secret value',
      drifted('base/token', 'host', {
        changes: [{ field: 'key', before: 's3cr3t-old', after: new Secret('s3cr3t-new') }],
      }),
    ],
  ])('%s is masked before and after', (_name, task) => {
    const seen = page(task);
    expect(seen).not.toContain('s3cr3t');
    expect(words(seen)).toMatch(/(?:content|key): \*\*\* -&gt; \*\*\*/);
  });

  test('hosts of which the same is to be said share a part', () => {
    const tasks = [drifted('base/motd', 'host', contents('a\n', 'b\n'))];
    const seen = driftPage(driftResult({ a: ['drifted', tasks], b: ['drifted', tasks] }));
    expect(seen.match(/<article/g)).toHaveLength(1);
    expect(words(seen)).toContain('a , b drifted');
  });

  test('each of several mistakes, and what to do', () => {
    const mistake = (message: string): HomelabError =>
      new HomelabError({ code: 'x/y', message, hint: `Mend ${message}.` });
    const result = driftResult({ web: ['lost', []] });
    const error = new HomelabErrors([mistake('this'), mistake('that')]);
    const seen = words(driftPage({ ...result, hosts: [host('web', 'failed', { error })] }));
    expect(seen).toContain('this Mend this. that Mend that.');
  });

  test('what is in sync is not listed', () => {
    expect(words(driftPage(driftResult({ web: ['in-sync', []] })))).toContain(
      'What differs Nothing differs.',
    );
  });
});

describe('the history', () => {
  test.each<readonly [string, DriftHistory | undefined, string]>([
    ['nobody read it', undefined, 'The history of the checks was not read.'],
    ['nothing in it', { checks: [], episodes: [] }, 'Nothing has ever differed, as far as the history goes.'],
    [
      'an episode that is over',
      HISTORY,
      'web /etc/old file changed on the host 2026-11-18 06:00 2026-11-19 06:00 24 hours',
    ],
    ['one that is not', HISTORY, 'web base/motd file changed on the host 2026-11-18 06:00 still 4 days'],
    ...(
      [
        ['item that nobody wants', 'not-wanted', 'no longer wanted'],
        ['host that is gone', 'host-gone', 'no longer in the inventory'],
      ] as const
    ).map(([name, ended, text]): readonly [string, DriftHistory, string] => [
      `one of an ${name}`,
      { checks: [], episodes: [episode('web', 'base/old', { until: '2026-11-19T06:00:00.000Z', ended })] },
      `2026-11-18 06:00 2026-11-19 06:00 ${text} 24 hours`,
    ]),
    [
      'more than can be shown',
      { checks: [], episodes: Array.from({ length: 63 }, () => episode('web', 'base/motd')) },
      '… and 3 before these.',
    ],
  ])('%s', (_name, history, expected) => {
    expect(words(driftPage(driftResult({ web: ['in-sync', []] }, history)))).toContain(expected);
  });
});

test('nothing from a host or a file adds an element or an attribute', () => {
  const pageOf = (text: string): string => {
    const task = drifted('base/motd', 'host', {
      name: text,
      subject: text,
      kind: text,
      reason: text,
      changes: [
        { field: text, before: text, after: 'x' },
        {
          field: 'content',
          before: Content.of(`a\n`),
          after: Content.of(`b${text.replaceAll(/[\n\0]/g, '')}\n`),
        },
      ],
      drift: { cause: 'host', fields: {}, since: text, inSyncAt: text },
    });
    const error = new HomelabError({ code: 'x/y', message: text, hint: text });
    const result = driftResult(
      { [`h${text}`]: ['drifted', [task]] },
      {
        checks: [past(1, [checked(`h${text}`, 'drifted', { host: 1 })])],
        episodes: [episode(text, text, { name: text, kind: text, subject: text, since: text })],
      },
    );
    const marks = new Map([[`h${text}`, { rebootReason: text, lastBackupSeconds: 1 }]]);
    const [first] = result.hosts;
    const hosts = first === undefined ? [] : [{ ...first, error, notes: [text] }];
    return driftPage({ ...result, run: text, hosts, drift: { ...result.drift, marks } });
  };
  const plain = skeleton(pageOf('plain'));
  const hostile = fc.oneof(
    fc.constantFrom(
      '</style><script>alert(1)</script>',
      '" autofocus onfocus="x',
      "'><img src=x>",
      ']]>',
      '<!--',
      '\u202e&#60;b',
    ),
    fc.string({ unit: 'binary', minLength: 1 }),
  );
  fc.assert(
    fc.property(hostile, (text) => {
      const page = pageOf(text);
      expect(skeleton(page)).toEqual(plain);
      expect(
        page
          .replaceAll(TAG, '')
          .replace('<!doctype html>', '')
          .replace(/<style>[^]*<\/style>/, ''),
      ).not.toMatch(/[<\0\u202e]/);
    }),
  );
});

test('an item tells its cause and its times once, and which fields are whose where it is not one cause', () => {
  const [item] = [drifted('base/motd', 'both')];
  const fields = { content: 'host', mode: 'inventory' } as const;
  const since = '2026-11-20T06:00:00.000Z';
  const mixed = { ...item, drift: { cause: 'both', fields, since, inSyncAt: since } as const };
  const page = driftPage(driftResult({ web: ['drifted', [mixed]] }));
  const diff = words(/<div class="diff"[^]*?<\/div>/.exec(page)?.[0] ?? '');
  expect(diff).toContain('changed on the host: content; pending: mode');
  expect(diff).not.toContain('2026-11-20');
});
