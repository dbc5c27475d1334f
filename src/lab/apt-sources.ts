import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One archive of packages that this computer's apt uses. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  /** Absolute path of the keyring; undefined: apt's trusted keys. */
  readonly signedBy: string | undefined;
}

/** The binary archives of a one-line-style file, sources.list(5). Lines that are not understood are left out. */
export function parseOneLineSources(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)((?:\s+[^\s#]+)*)/.exec(line);
    const [, options = '', uri = '', suite = '', components = ''] = match ?? [];
    if (!match) return [];
    const signedBy = /(?:^|\s)signed-by=(\/\S+)/i.exec(options)?.[1];
    return [{ uri, suite, components: words(components), signedBy }];
  });
}

/** The binary archives of a deb822-style file, sources.list(5). Disabled stanzas are left out. */
export function parseDeb822Sources(text: string): AptSource[] {
  const withoutComments = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
  return withoutComments.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map(
      [...stanza.matchAll(/^([A-Za-z-]+):((?:.*)(?:\n[ \t].*)*)/gm)].map(([, name = '', value = '']) => [
        name.toLowerCase(),
        value.trim(),
      ]),
    );
    const isWanted = words(fields.get('types')).includes('deb') && fields.get('enabled') !== 'no';
    if (!isWanted) return [];
    const signedBy = words(fields.get('signed-by')).find((word) => word.startsWith('/'));
    const components = words(fields.get('components'));
    return words(fields.get('uris')).flatMap((uri) =>
      words(fields.get('suites')).map((suite) => ({ uri, suite, components, signedBy })),
    );
  });
}

const words = (text: string | undefined): string[] => (text ?? '').split(/\s+/).filter((word) => word !== '');

/** What apt on this computer uses, in apt's order. A `mirror+file:` list stands for its first mirror. */
export function readAptSources(folder = '/etc/apt'): AptSource[] {
  const parts = join(folder, 'sources.list.d');
  const names = existsSync(parts) ? readdirSync(parts).toSorted() : [];
  const sources = [
    ...parseOneLineSources(textOf(join(folder, 'sources.list'))),
    ...names
      .filter((name) => name.endsWith('.list'))
      .flatMap((name) => parseOneLineSources(textOf(join(parts, name)))),
    ...names
      .filter((name) => name.endsWith('.sources'))
      .flatMap((name) => parseDeb822Sources(textOf(join(parts, name)))),
  ];
  return sources.map((source) => ({ ...source, uri: firstMirror(source.uri) }));
}

function firstMirror(uri: string): string {
  const list = /^mirror\+file:(\/.*)$/.exec(uri)?.[1];
  if (list === undefined) return uri;
  return words(textOf(list).replaceAll(/^#.*$/gm, ''))[0] ?? uri;
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
