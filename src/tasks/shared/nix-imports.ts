import { dirname } from 'node:path/posix';

/** The configuration that nixos-rebuild reads where there is no flake. */
export const CONFIGURATION_FILE = '/etc/nixos/configuration.nix';
/** A module of ours that imports the modules of all tasks; the configuration imports it. */
export const HOOK_FILE = '/etc/nixos/homelab.nix';

const HEAD = '# Kept by homelab: the modules of its tasks, one a line.\n{\n  imports = [\n';
const TAIL = '  ];\n}\n';

/** The modules that a text of {@link HOOK_FILE} imports: absolute paths. What else stands in it is ignored. */
export function importedModules(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [, path] = /^ {4}((?:\.\/|\/)[A-Za-z0-9._+/-]+\.nix)$/.exec(line) ?? [];
    if (path === undefined) return [];
    return [path.startsWith('./') ? `${dirname(HOOK_FILE)}/${path.slice(2)}` : path];
  });
}

/** A text of {@link HOOK_FILE} that imports `modules`; those beside it relatively, as a flake needs it. */
export function hookText(modules: readonly string[]): string {
  const folder = `${dirname(HOOK_FILE)}/`;
  const lines = [...new Set(modules)]
    .toSorted()
    .map((path) => `    ${path.startsWith(folder) ? `./${path.slice(folder.length)}` : path}\n`);
  return `${HEAD}${lines.join('')}${TAIL}`;
}

/** Whether a configuration imports {@link HOOK_FILE}. */
export function importsHook(configuration: string): boolean {
  return /(?:^|[\s[(])(?:\.|\/etc\/nixos)\/homelab\.nix(?=$|[\s\])])/.test(codeOf(configuration));
}

/** The configuration with {@link HOOK_FILE} in its `imports`; undefined where it has no such list of its own. */
export function withHook(configuration: string): string | undefined {
  const code = codeOf(configuration);
  for (const match of code.matchAll(/(?<![\w.'-])imports\s*=\s*\[/g)) {
    const before = code.slice(0, match.index);
    const depth = before.split('{').length - before.split('}').length;
    // Deeper, it belongs to something within the configuration: a container, a submodule.
    if (depth !== 1) continue;
    const at = match.index + match[0].length;
    return `${configuration.slice(0, at)} ./homelab.nix${configuration.slice(at)}`;
  }
  return undefined;
}

/** Where a reader of Nix text is. An interpolation is code within a string. */
type Place = 'code' | 'brace' | 'interpolation' | 'string' | 'indented';

/** What may stand next, Nix manual, "String literals" and "Comments"; anything else is one character. */
const CODE_TOKEN = /#[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"|''|[{}]/y;
const STRING_TOKENS = {
  string: /\\[\s\S]|\$\$|\$\{|"/y,
  indented: /''\\[\s\S]|'''|''\$|\$\$|\$\{|''/y,
};

/** The text with comments and strings blanked, every other character in its place. */
function codeOf(text: string): string {
  const places: Place[] = [];
  let code = '';
  while (code.length < text.length) {
    const place = places.at(-1) ?? 'code';
    const isString = place === 'string' || place === 'indented';
    const expression = isString ? STRING_TOKENS[place] : CODE_TOKEN;
    expression.lastIndex = code.length;
    const token = expression.exec(text)?.[0];
    const isKept =
      !isString && (token === undefined || token === '{' || (token === '}' && place === 'brace'));
    const length = token?.length ?? 1;
    const found = text.slice(code.length, code.length + length);
    code += isKept ? found : found.replaceAll(/[^\n]/g, ' ');
    if (token !== undefined) move(places, place, token);
  }
  return code;
}

/** Keeps `places`, the innermost last, after a token. */
function move(places: Place[], place: Place, token: string): void {
  if (place === 'string' || place === 'indented') {
    if (token === '${') places.push('interpolation');
    else if (token === (place === 'string' ? '"' : "''")) places.pop();
  } else if (token === '"') places.push('string');
  else if (token === "''") places.push('indented');
  else if (token === '{') places.push('brace');
  else if (token === '}') places.pop();
}
