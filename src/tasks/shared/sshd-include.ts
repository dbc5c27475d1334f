/** Where sshd reads its configuration. */
export const SSHD_MAIN_FILE = '/etc/ssh/sshd_config';

/** The folder of a drop-in. */
export function dropInFolder(file: string): string {
  return file.slice(0, file.lastIndexOf('/'));
}

/** What the main file has to say for a drop-in to be read: everything in its folder that ends with `.conf`. */
function pattern(file: string): string {
  return `${dropInFolder(file)}/*.conf`;
}

/** Whether the main file reads the folder of `file` before it says anything itself. */
export function includesFirst(main: string, file: string): boolean {
  const first = main.split('\n').find((line) => !/^\s*(?:#.*)?$/.test(line)) ?? '';
  return /^\s*Include[\s=]/i.test(first) && patternsOf(first).includes(pattern(file));
}

/** The main file with the folder of `file` included before anything else, and nowhere else on a line of its own. */
export function withIncludeFirst(main: string, file: string): string {
  const rest = main.split('\n').filter((line) => {
    if (!/^\s*Include[\s=]/i.test(line)) return true;
    const patterns = patternsOf(line);
    return patterns.length !== 1 || patterns[0] !== pattern(file);
  });
  return `Include ${pattern(file)}\n${rest.join('\n')}`;
}

/** Patterns are relative to /etc/ssh, sshd_config(5). */
function patternsOf(line: string): string[] {
  const words = line
    .trim()
    .replace(/^Include[\s=]+/i, '')
    .split(/\s+/);
  return words
    .map((word) => word.replaceAll('"', ''))
    .map((word) => (word.startsWith('/') ? word : `/etc/ssh/${word}`));
}
