import * as z from 'zod';
import { HomelabError } from '../core/errors.js';
import type { Facts } from '../core/facts.js';
import { Unknown, type MaybeState, type State } from '../core/state.js';
import { runStep, type Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { files } from '../probes/files.js';
import { locales, normalLocale } from '../probes/locales.js';
import { foundText, readTextFile, writeText } from './shared/edited-file.js';
import {
  charsetOf,
  isListed,
  langOf,
  listLocale,
  sourceOf,
  unlistLocale,
  withLang,
} from './shared/locale-files.js';
import { textOf } from './shared/managed-file.js';

const LIST = '/etc/locale.gen';
const DEFAULT = '/etc/locale.conf';
/** Debian's own place, which is a link to the other one since Debian 13. */
const DEBIAN_DEFAULT = '/etc/default/locale';

const params = z
  .strictObject({
    name: z
      .string()
      .max(64)
      .regex(
        /^[A-Za-z]{1,16}(?:_[A-Za-z]{2,16})?(?:\.[A-Za-z0-9][A-Za-z0-9:_-]*)?(?:@[A-Za-z0-9]+)?$/,
        'must be the name of a locale, e.g. de_DE.UTF-8',
      )
      .describe('locale with its codeset, e.g. de_DE.UTF-8'),
    default: z
      .literal(true)
      .optional()
      .describe('make it the language of the system (LANG); what runs already keeps its own'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('absent: removed, and no longer generated'),
  })
  .superRefine((locale, context) => {
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (locale.state !== 'absent') return;
    if (locale.default === true) complain('default', 'makes no sense for a locale that is to be absent');
    if (isBuiltIn(locale.name)) complain('name', 'is part of the C library and cannot be removed');
  });

type LocaleParams = z.output<typeof params>;

/** Locales that nobody generates. */
function isBuiltIn(name: string): boolean {
  return ['C', 'POSIX', 'C.utf8'].includes(normalLocale(name));
}

async function probe(host: ReadableHost, wanted: LocaleParams): Promise<MaybeState | Unknown> {
  const { name } = wanted;
  requireGlibc(host.facts);
  const [known, source, list, lang] = await Promise.all([
    host.read(locales, ''),
    host.read(files, `/usr/share/i18n/locales/${sourceOf(name)}`),
    readTextFile(host, LIST),
    wanted.default === true ? readDefault(host) : null,
  ]);
  const isGenerated = known?.has(normalLocale(name)) ?? false;
  if (!isGenerated && wanted.state === 'present' && source === null) return notThere(name, host.facts);
  const listText = list?.content.text;
  return {
    generated: isGenerated,
    // Without the list nobody generates anything anew, and what is built in needs no line in it.
    listed: listText === undefined || isBuiltIn(name) ? wanted.state === 'present' : isListed(listText, name),
    default: lang === null ? null : langOf(lang.file?.content.text ?? ''),
    default_path: lang?.path ?? null,
    ...named('list', list),
    ...named('lang', lang?.file ?? null),
  };
}

/** The fields of a file under a name of their own, since there are two of them. */
function named(name: string, file: MaybeState): State {
  return Object.fromEntries(Object.entries(file ?? {}).map(([field, value]) => [`${name}.${field}`, value]));
}

/** @see named */
function fileOf(name: string, state: MaybeState): State {
  const own = Object.entries(state ?? {}).filter(([field]) => field.startsWith(`${name}.`));
  return Object.fromEntries(own.map(([field, value]) => [field.slice(name.length + 1), value]));
}

/** Where LANG is kept, and what is there. */
async function readDefault(
  host: ReadableHost,
): Promise<{ readonly path: string; readonly file: Awaited<ReturnType<typeof readTextFile>> }> {
  if (host.facts.os.family !== 'debian') return { path: DEFAULT, file: await readTextFile(host, DEFAULT) };
  const [entry, own, linked] = await Promise.all([
    host.read(files, DEBIAN_DEFAULT),
    // One of the two is a link: that is no error unless the link is what counts.
    ...[DEBIAN_DEFAULT, DEFAULT].map(async (path) => Promise.allSettled([readTextFile(host, path)])),
  ]);
  const isLink = entry?.type === 'link';
  const [chosen] = (isLink ? linked : own) ?? [];
  if (chosen?.status === 'rejected') throw chosen.reason;
  return { path: isLink ? DEFAULT : DEBIAN_DEFAULT, file: chosen?.value ?? null };
}

function notThere(name: string, { os }: Facts): Unknown {
  const packages: Readonly<Record<string, string>> = {
    debian: 'locales',
    redhat: `glibc-langpack-${/^[a-z]+/.exec(name)?.[0] ?? ''}`,
    suse: 'glibc-i18ndata',
  };
  const missing = packages[os.family] ?? 'with the locale sources of glibc';
  return new Unknown(
    `locale ${name} is not known here: the name is wrong, or the package ${missing} missing`,
    [`path:/usr/share/i18n/locales/${sourceOf(name)}`, `package:${missing}`],
  );
}

/** @throws HomelabError `task/unsupported` where programs know no locales, or another file decides over them */
function requireGlibc({ os }: Facts): void {
  if (os.family !== 'alpine' && os.family !== 'nixos') return;
  throw new HomelabError({
    code: 'task/unsupported',
    message: `locales are generated with glibc's localedef, which ${os.name} does not use`,
    hint:
      os.family === 'nixos'
        ? 'Set `i18n.supportedLocales` with `nixos_module`.'
        : 'Leave the item out here with `when: { not: { os_family: alpine } }`.',
  });
}

function steps({ params: wanted, before, changed }: StepContext<LocaleParams>): Step[] {
  const { name, state } = wanted;
  const list = fileOf('list', before);
  const text = foundText(list);
  const charset = charsetOf(text, name) ?? 'UTF-8';
  if (state === 'absent') {
    return [
      ...(changed('listed') ? [writeText(LIST, unlistLocale(text, name), list)] : []),
      ...(changed('generated')
        ? [runStep(['localedef', '--delete-from-archive', '--', normalLocale(name)])]
        : []),
    ];
  }
  const lang = fileOf('lang', before);
  return [
    ...(changed('listed') ? [writeText(LIST, listLocale(text, name, charset), list)] : []),
    // Not locale-gen(8): that begins with removing every locale there is.
    ...(changed('generated')
      ? [
          runStep(['localedef', '-c', '-i', sourceOf(name), '-f', charset, '--', name], {
            // 1: made, with warnings about its source.
            successCodes: [0, 1],
          }),
        ]
      : []),
    ...(changed('default')
      ? [writeText(textOf(before, 'default_path') ?? DEFAULT, withLang(foundText(lang), name), lang)]
      : []),
  ];
}

/** A language and its conventions, for programs that use the C library's. */
export default defineTask<LocaleParams>({
  summary: 'A locale is generated, and may be the default of the system',
  params,
  examples: [
    { name: 'de_DE.UTF-8' },
    { name: 'en_GB.UTF-8', default: true },
    { name: 'fr_FR.UTF-8', state: 'absent' },
  ],
  desired: ({ name, default: isDefault, state }) => {
    if (state === 'absent') return { generated: false, listed: false };
    return { generated: true, listed: true, ...(isDefault === true ? { default: name } : {}) };
  },
  probe,
  touches: () =>
    [LIST, DEFAULT, DEBIAN_DEFAULT, '/usr/lib/locale', '/usr/share/i18n'].map((path) => `path:${path}`),
  steps,
});
