import type { Step } from '../../core/step.js';
import { TABLES_OF_RECORD } from '../../probes/nft-tables.js';
import { scriptStep } from './script-step.js';

/** The rules, as nft loads them in one transaction. */
export const RULES_FILE = '/etc/homelab/firewall.nft';
/**
 * What was loaded last: `loaded SHA256` of the rules file, `table FAMILY NAME` for each table, `listing`, and the tables
 * as nft listed them right afterwards. What differs from it later was changed by somebody else.
 */
export const RECORD_FILE = '/var/lib/homelab-firewall/loaded';

/**
 * Loads the rules file in one transaction, in which the tables that were loaded before go; then notes what was loaded.
 * nft gets all of it from a file, since a pipe that ends early may end between two tables. Killed in between, the note is
 * older than the rules file, and the next run loads it again.
 */
export function loadStep(tables: readonly string[]): Step {
  return scriptStep({
    words: [RULES_FILE, RECORD_FILE, ...tables],
    script: `file=$1 record=$2
shift 2
umask 077
mkdir -p -- "\${record%/*}" || exit 1
{
  ${dropTables('"$record"')}
  cat -- "$file" || exit 1
} >"$record.load" && nft -f "$record.load" || exit 1
rm -f -- "$record.load"
{
  printf 'loaded %s\\n' "$(sha256sum <"$file" | cut -d ' ' -f 1)"
  for table do printf 'table %s\\n' "$table"; done
  printf 'listing\\n'
  for table do nft -s list table "\${table%% *}" "\${table#* }" || exit 1; done
} >"$record.new" && mv -f -- "$record.new" "$record"`,
  });
}

/** Takes away what was loaded, and `table` whoever made it, then the note and the rules file. */
export function unloadStep(table: string): Step {
  return scriptStep({
    words: [RULES_FILE, RECORD_FILE, table],
    script: `if command -v nft >/dev/null 2>&1; then
  {
    printf 'table %s\\ndelete table %s\\n' "$3" "$3"
    ${dropTables('"$2"')}
  } | nft -f - || exit 1
fi
rm -f -- "$1" "$2" "$2.load"`,
  });
}

/** Shell text that prints nft commands; `table` first, since one that is not there cannot be deleted. */
function dropTables(record: string): string {
  return `[ ! -r ${record} ] || ${TABLES_OF_RECORD} ${record} | while read -r table; do printf 'table %s\\ndelete table %s\\n' "$table" "$table"; done`;
}
