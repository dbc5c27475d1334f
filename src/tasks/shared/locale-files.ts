/** A line of locale.gen(5): `de_DE.UTF-8 UTF-8`, with `#` before it where it is not to be generated. */
const LINE = /^[\t ]*(#[\t #]*)?([^\s#]+)[\t ]+([A-Za-z0-9_:.-]+)[\t ]*\r?$/;

interface GenLine {
  readonly text: string;
  readonly name: string | undefined;
  readonly charset: string | undefined;
  readonly isOn: boolean;
}

function parse(text: string): GenLine[] {
  return text.split('\n').map((line) => {
    const [, comment, name, charset] = LINE.exec(line) ?? [];
    return { text: line, name, charset, isOn: name !== undefined && comment === undefined };
  });
}

/** Whether locale-gen(8) is to generate `name`. */
export function isListed(text: string, name: string): boolean {
  return parse(text).some((line) => line.isOn && line.name === name);
}

/** The charset that goes with `name`: as the file knows it, else by its name; undefined where neither says. */
export function charsetOf(text: string, name: string): string | undefined {
  return parse(text).find((line) => line.name === name)?.charset ?? /\.([^@]+)/.exec(name)?.[1];
}

/** The text with `name` listed: its comment sign taken away, or a line at the end. */
export function listLocale(text: string, name: string, charset: string): string {
  const lines = parse(text);
  const at = lines.findIndex((line) => line.name === name);
  const entry = `${name} ${charset}`;
  if (at !== -1) return lines.map((line, index) => (index === at ? entry : line.text)).join('\n');
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${entry}\n`;
}

/** The text with `name` no longer listed, as a comment. */
export function unlistLocale(text: string, name: string): string {
  return parse(text)
    .map((line) => (line.isOn && line.name === name ? `# ${line.text.trimStart()}` : line.text))
    .join('\n');
}

const LANG = /^[\t ]*(?:export[\t ]+)?LANG=(["']?)([^"'\n]*)\1[\t ]*$/;

/** The value of LANG in locale.conf(5) or /etc/default/locale; null where it has none. */
export function langOf(text: string): string | null {
  return (
    text
      .split('\n')
      .map((line) => LANG.exec(line)?.[2])
      .findLast((value) => value !== undefined) ?? null
  );
}

/** The text with LANG set; its other lines stay. */
export function withLang(text: string, name: string): string {
  const lines = text.split('\n');
  const at = lines.findLastIndex((line) => LANG.test(line));
  if (at !== -1) return lines.with(at, `LANG=${name}`).join('\n');
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}LANG=${name}\n`;
}

/** The locale source that `name` is made from: `de_DE@euro` for `de_DE.ISO-8859-15@euro`. */
export function sourceOf(name: string): string {
  return name.replace(/\.[^@]*/, '');
}
