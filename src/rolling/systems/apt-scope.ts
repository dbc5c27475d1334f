import { quoteAll } from '../../core/quote.js';
import { checkNames } from './refusals.js';
import type { UpgradeScope } from './upgrade-system.js';

/** Names of packages, Debian policy 5.6.1, with an architecture where one is wanted. */
const NAME = /^[a-z0-9][a-z0-9+.-]+(?::[a-z0-9-]+)?$/;

/**
 * Shell text that prints `NAME=VERSION` of what a simulation on its input would install from an origin that mends security:
 * `Inst NAME [OLD] (NEW Debian-Security:12/stable-security [amd64])`. Only what is installed already.
 */
const SECURE = String.raw`sed -nE 's/^Inst ([a-z0-9][a-z0-9+.:-]*) \[[^]]*\] \(([0-9A-Za-z.+~:-]+) (([^[]*, )?Debian-Security:[^[]*|[^[]*-security(, [^[]*)?) \[.*$/\1=\2/p'`;

/** The same of one line, for who reads a simulation. */
export function isSecurityOrigin(origins: string): boolean {
  return origins.split(', ').some((origin) => /^Debian-Security:|-security$/.test(origin.trim()));
}

/** Only what is installed and not held: apt fails where it is to touch what is held. */
const INSTALLED = `h_installed() {
  for h_name in "$@"; do
    case $(dpkg-query -W -f '\${db:Status-Abbrev}' -- "\${h_name%%=*}" 2>/dev/null) in i[!nc]*) printf '%s ' "$h_name" ;; esac
  done
}`;

/**
 * Shell text that sets `h_choice` to the words that `apt-get` is to be given for `scope`; empty: there is nothing to do.
 * `simulate` runs `apt-get -s`, and what is fetched then is known to it.
 * @throws HomelabError `rolling/bad-package-name`
 */
export function chooseScript({ only, packages }: UpgradeScope, simulate: string): string {
  const names = packages === undefined ? undefined : checkNames(packages, NAME, 'apt');
  if (only === 'all' && names === undefined) return 'h_choice=dist-upgrade';
  const chosen =
    only === 'all'
      ? `h_choice=$(h_installed ${quoteAll(names ?? [])})`
      : `h_secure=$(${simulate} dist-upgrade | ${SECURE})
h_choice=$(h_installed ${names === undefined ? '$h_secure' : `$(printf '%s\\n' $h_secure | h_among ${quoteAll(names)})`})`;
  return `${INSTALLED}
h_among() {
  while IFS= read -r h_one; do
    for h_name in "$@"; do [ "\${h_one%%=*}" != "$h_name" ] || printf '%s\\n' "$h_one"; done
  done
}
${chosen}
[ -z "$h_choice" ] || h_choice="install --only-upgrade --no-remove $h_choice"`;
}
