import type { Reader } from '../core/reader.js';

/**
 * Names of the locales that programs on the host can use, in the spelling of {@link normalLocale}; null where there is
 * no `locale` program. The key says nothing: there is one list.
 */
export const locales: Reader<ReadonlySet<string> | null> = {
  name: 'locales',
  script: () => 'command -v locale >/dev/null 2>&1 && locale -a 2>/dev/null; true',
  parse: ({ stdout }, keys) => {
    const names = stdout.split('\n').filter((line) => line !== '');
    const answer = names.length === 0 ? null : new Set(names.map(normalLocale));
    return keys.map(() => answer);
  },
};

/**
 * A name with its codeset as the C library compares it (`_nl_normalize_codeset` of glibc): letters and digits alone, in
 * lower case, digits alone with `iso` before them. `de_DE.UTF-8` is `de_DE.utf8`.
 */
export function normalLocale(name: string): string {
  const [, language = name, codeset, modifier = ''] = /^([^.@]*)(?:\.([^@]*))?(@.*)?$/.exec(name) ?? [];
  if (codeset === undefined) return `${language}${modifier}`;
  const plain = codeset.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
  return `${language}.${/^\d+$/.test(plain) ? `iso${plain}` : plain}${modifier}`;
}
