import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';
import { unreadable, type PackageEntry } from './packages.js';

/**
 * The package `name` of apk's database, null where it is not installed. One `apk` for all, without network. What merely
 * provides the name is not it.
 * @throws HomelabError `probes/no-answer` where apk's database cannot be read
 */
export const apkPackages: Reader<PackageEntry | null> = {
  name: 'packages-apk',
  script: (keys) => `apk --no-network info -e -v -- ${quoteAll(keys)}`,
  parse: ({ code, stdout, stderr }, keys) => {
    // The exit code counts what is not installed.
    if (code === 127 || /^ERROR:/m.test(stderr))
      throw unreadable(`\`apk info\` failed: ${stderr.split('\n')[0]?.slice(0, 200) ?? ''}`, 'apk info');
    const versions = new Map(stdout.split('\n').flatMap(parseLine));
    return keys.map((key) => {
      const version = versions.get(key);
      return version === undefined ? null : { status: 'installed', version, isHeld: false };
    });
  },
};

function parseLine(line: string): [string, string][] {
  const parts = splitApkName(line);
  return parts === undefined ? [] : [parts];
}

/** `name-version` in its parts; a version begins with a digit and has no dash but the one of its `-r1`, apk-package(5). */
export function splitApkName(text: string): [name: string, version: string] | undefined {
  const [, name, version] = /^(\S+)-(\d[^-\s]*(?:-r\d+)?)$/.exec(text) ?? [];
  return name === undefined || version === undefined ? undefined : [name, version];
}
