/** A ruleset of somebody's own: the tables it defines, and what it may not say. */
export interface ReadRuleset {
  /** `FAMILY NAME` of each table. */
  readonly tables: readonly string[];
  readonly problems: readonly string[];
}

const FAMILIES = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'];
/** Tables that others keep: iptables (and Docker through it), Docker, libvirt, firewalld. */
const FOREIGN =
  /^(?:(?:ip|ip6|arp|bridge) (?:filter|nat|mangle|raw|security)|\S+ (?:docker|libvirt|firewalld).*)$/;

/**
 * What an nftables text defines, nft(8). It may hold whole tables and `define`s, nothing else: a command on its own could
 * reach the tables of others. Whether it is right otherwise nft itself says, on the host.
 */
export function readRuleset(text: string): ReadRuleset {
  const problems: string[] = [];
  const tables: string[] = [];
  for (const statement of topStatements(withoutComments(text))) {
    const [, family = 'ip', name] =
      new RegExp(`^table\\s+(?:(${FAMILIES.join('|')})\\s+)?([A-Za-z_][\\w./-]*)\\s*\\{`).exec(statement) ??
      [];
    if (name !== undefined) tables.push(`${family} ${name}`);
    else if (/^flush\s+ruleset\b/.test(statement))
      problems.push(
        'must not `flush ruleset`: that takes the tables of others away; its own are replaced anyway',
      );
    else if (!/^(?:re|un)?define\s/.test(statement))
      problems.push(
        `holds \`${firstWords(statement)}\`; only \`table … { … }\` and \`define\` may stand there`,
      );
  }
  for (const table of new Set(tables)) {
    if (FOREIGN.test(table))
      problems.push(
        `defines the table ${table}, which belongs to others (iptables, Docker, …): take another name`,
      );
  }
  if (/(?:^|[;{}\n])\s*include\s/.test(withoutComments(text)))
    problems.push('must not `include`: what another file holds would not be seen');
  if (tables.length === 0 && problems.length === 0) problems.push('defines no table');
  return { tables: [...new Set(tables)], problems };
}

function firstWords(statement: string): string {
  return statement.split(/\s+/, 4).join(' ').slice(0, 60);
}

/** Comments and the insides of strings gone, line ends kept; a backslash joins a line with the next. */
function withoutComments(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/"[^"\n]*"|#[^\n]*/g, (found) => (found.startsWith('"') ? '""' : ''))
    .replaceAll('\\\n', ' ');
}

/** What stands outside of braces: each statement with the braces that belong to it. */
function topStatements(text: string): string[] {
  const statements: string[] = [];
  let depth = 0;
  let current = '';
  for (const character of text) {
    current += character;
    if (character === '{') depth += 1;
    if (character === '}') depth = Math.max(0, depth - 1);
    const ends = depth === 0 && (character === '}' || character === ';' || character === '\n');
    if (!ends || (character === '\n' && isOpenEnded(current))) continue;
    statements.push(current.trim());
    current = '';
  }
  return [...statements, current.trim()].filter((statement) => !/^[;{}\s]*$/.test(statement));
}

/** `table inet x` may have its brace on the next line. */
function isOpenEnded(statement: string): boolean {
  return /^\s*(?:table(?:\s+\S+){1,2})?\s*$/.test(statement);
}
