import { describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES, type Facts } from '../../src/core/facts.js';
import type { FileEntry } from '../../src/probes/files.js';
import locale from '../../src/tasks/locale.js';
import { ALPINE, fakeHost, fileEntry } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const LIST = '/etc/locale.gen';
const OWN = '/etc/default/locale';
const CONF = '/etc/locale.conf';
const FEDORA: Facts = { ...FACT_EXAMPLES, os: { ...FACT_EXAMPLES.os, id: 'fedora', family: 'redhat' } };

interface Situation {
  readonly known?: readonly string[] | null;
  readonly list?: string;
  readonly own?: string | FileEntry;
  readonly conf?: string;
  readonly hasSource?: boolean;
  readonly facts?: Facts;
}

/** A host with these files; a text is a file, an entry is what is there instead. */
function having({ known = ['C', 'C.utf8'], list, own, conf, hasSource = true, facts }: Situation) {
  const texts = { [LIST]: list, [OWN]: own, [CONF]: conf };
  const source = hasSource ? fileEntry() : null;
  const entry = (text: string | FileEntry | undefined) =>
    text === undefined ? null : typeof text === 'string' ? fileEntry() : text;
  const bytes = (text: string | FileEntry | undefined) =>
    typeof text === 'string' ? { bytes: Buffer.from(text), isComplete: true } : null;
  return fakeHost(
    {
      locales: { '': known === null ? null : new Set(known) },
      files: {
        '/usr/share/i18n/locales/de_DE': source,
        '/usr/share/i18n/locales/fr_FR@euro': source,
        '/usr/share/i18n/locales/C': null,
        ...Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, entry(text)])),
      },
      'file-contents': Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, bytes(text)])),
    },
    facts === undefined ? {} : { facts },
  );
}

const make = (name: string, charset: string, source: string) =>
  `localedef -c -i ${source} -f ${charset} -- ${name} (successCodes [0,1])`;
const GERMAN = make('de_DE.UTF-8', 'UTF-8', 'de_DE');
const DONE = ['C', 'de_DE.utf8'];

describe('locale', () => {
  test.each<[string, object, Situation, readonly string[], readonly string[]]>([
    ['in sync', {}, { known: DONE, list: '# fr_FR UTF-8\nde_DE.UTF-8 UTF-8\n' }, [], []],
    ['in sync, no list', {}, { known: DONE }, [], []],
    [
      'new',
      {},
      { list: '# Choose.\n# de_DE.UTF-8 UTF-8  \n# en_GB UTF-8\n' },
      ['generated: false -> true', 'listed: false -> true'],
      [`write ${LIST} 0644 root:root "# Choose.\\nde_DE.UTF-8 UTF-8\\n# en_GB UTF-8\\n"`, GERMAN],
    ],
    [
      'listed by nobody',
      {},
      { known: DONE, list: 'x y' },
      ['listed: false -> true'],
      [`write ${LIST} 0644 root:root "x y\\nde_DE.UTF-8 UTF-8\\n"`],
    ],
    [
      'an old codeset as the list knows it',
      { name: 'fr_FR@euro' },
      { list: '# fr_FR@euro ISO-8859-15\n' },
      ['generated: false -> true', 'listed: false -> true'],
      [
        `write ${LIST} 0644 root:root "fr_FR@euro ISO-8859-15\\n"`,
        make('fr_FR@euro', 'ISO-8859-15', 'fr_FR@euro'),
      ],
    ],
    [
      'the default, in a new file',
      { default: true },
      { known: DONE },
      ['default: null -> de_DE.UTF-8'],
      [`write ${OWN} 0644 : "LANG=de_DE.UTF-8\\n"`],
    ],
    [
      'the default, other settings kept',
      { default: true },
      { known: DONE, own: 'LANGUAGE=en\nLANG="C"\n# LANG=x\nLC_TIME=C' },
      ['default: C -> de_DE.UTF-8'],
      [`write ${OWN} 0644 root:root "LANGUAGE=en\\nLANG=de_DE.UTF-8\\n# LANG=x\\nLC_TIME=C"`],
    ],
    [
      'the default, behind a link',
      { default: true },
      { known: DONE, own: fileEntry({ type: 'link', target: '../locale.conf' }), conf: 'LANG=C\n' },
      ['default: C -> de_DE.UTF-8'],
      [`write ${CONF} 0644 root:root "LANG=de_DE.UTF-8\\n"`],
    ],
    [
      'the default, of another system',
      { default: true },
      { known: DONE, conf: "LANG='de_DE.UTF-8'\n", facts: FEDORA },
      [],
      [],
    ],
    [
      'absent',
      { state: 'absent' },
      { known: DONE, list: 'en_GB UTF-8\n de_DE.UTF-8 UTF-8\n' },
      ['generated: true -> false', 'listed: true -> false'],
      [
        `write ${LIST} 0644 root:root "en_GB UTF-8\\n# de_DE.UTF-8 UTF-8\\n"`,
        'localedef --delete-from-archive -- de_DE.utf8',
      ],
    ],
    ['absent and gone', { state: 'absent' }, { known: null, hasSource: false }, [], []],
    ['built in: needs no line', { name: 'C.UTF-8' }, { list: '# C.UTF-8 UTF-8\n' }, [], []],
  ])('%s', async (_name, params, situation, changes, steps) => {
    const planned = await plan(locale, { name: 'de_DE.UTF-8', ...params }, having(situation));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test.each<[string, Facts, string]>([
    ['Debian', FACT_EXAMPLES, 'package locales missing'],
    ['Fedora', FEDORA, 'package glibc-langpack-de missing'],
  ])('what the system cannot make may come with a package: %s', async (_name, facts, reason) => {
    const { unknown } = await plan(locale, { name: 'de_DE.UTF-8' }, having({ hasSource: false, facts }));
    expect(unknown).toContain(reason);
  });

  test('musl knows no locales', async () => {
    await expect(plan(locale, { name: 'de_DE.UTF-8' }, having({ facts: ALPINE }))).rejects.toMatchObject({
      code: 'task/unsupported',
    });
  });

  test('a list that is a link is refused, a link that does not count is not', async () => {
    const link = fileEntry({ type: 'link', target: 'x' });
    const host = (facts: Facts) =>
      fakeHost(
        {
          locales: { '': new Set(DONE) },
          files: { '/usr/share/i18n/locales/de_DE': null, [LIST]: null, [OWN]: fileEntry(), [CONF]: link },
          'file-contents': {
            [LIST]: null,
            [OWN]: { bytes: Buffer.from('LANG=C'), isComplete: true },
            [CONF]: null,
          },
        },
        { facts },
      );
    const wanted = { name: 'de_DE.UTF-8', default: true };
    expect((await plan(locale, wanted, host(FACT_EXAMPLES))).changes).toEqual(['default: C -> de_DE.UTF-8']);
    await expect(plan(locale, wanted, host(FEDORA))).rejects.toMatchObject({ code: 'task/wrong-type' });
  });

  test.each<[string, object, string]>([
    ['a path', { name: '../x' }, 'name: must be the name of a locale'],
    ['two lines', { name: 'de_DE\nx y' }, 'name: must be the name of a locale'],
    ['an absent default', { name: 'de_DE.UTF-8', default: true, state: 'absent' }, 'default: makes no sense'],
    ['what cannot go', { name: 'C.UTF-8', state: 'absent' }, 'name: is part of the C library'],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(locale, params).join('\n')).toContain(problem);
  });
});
