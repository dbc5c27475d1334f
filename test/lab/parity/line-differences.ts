import { seenFile, type DeliberateDifference } from './situation.js';

/** Something to do with lineinfile, and with `line`. */
export interface LineRow {
  readonly name: string;
  /** What the file holds before; undefined: there is none. */
  readonly text?: string;
  /** Parameters of lineinfile without the path. */
  readonly ansible: Readonly<Record<string, unknown>>;
  /** Parameters of `line` without the path. */
  readonly homelab: Readonly<Record<string, unknown>>;
  readonly differs?: (path: string) => DeliberateDifference;
}

const LINE_ENDS =
  'lineinfile knows newlines alone, and leaves a file with two sorts of line ends; homelab keeps the sort that the file has.';

/** Where homelab is meant not to do what lineinfile does. */
export const LINE_DIFFERENCES: readonly LineRow[] = [
  {
    name: 'a pattern that does not match its own line',
    text: '#user=x\nport=80\n#user=y\n',
    ansible: { line: 'user=a', regexp: '^#user=' },
    homelab: { line: 'user=a', match: '^#user=' },
    differs: (path) => ({
      because:
        'lineinfile turns one more matching line into the line with every run; homelab is done when the line is there, so doing it twice is doing it once.',
      second: { ansible: 'changed', homelab: 'ok' },
      seen: {
        ansible: seenFile(path, 'user=a$\nport=80$\nuser=a$\n'),
        homelab: seenFile(path, '#user=x$\nport=80$\nuser=a$\n'),
      },
    }),
  },
  {
    name: 'after the last line of a file without a final newline',
    text: 'one\ntwo',
    ansible: { line: 'three', insertafter: '^two' },
    homelab: { line: 'three', after: '^two' },
    differs: (path) => ({
      because:
        'lineinfile glues the line to the last one where that has no newline, and adds it once more with the next run; homelab ends the last line first.',
      second: { ansible: 'changed', homelab: 'ok' },
      seen: {
        ansible: seenFile(path, 'one$\ntwothree$\nthree$\n'),
        homelab: seenFile(path, 'one$\ntwo$\nthree$\n'),
      },
    }),
  },
  {
    name: 'carriage returns, a new line',
    text: 'one\r\ntwo\r\n',
    ansible: { line: 'three' },
    homelab: { line: 'three' },
    differs: (path) => ({
      because: LINE_ENDS,
      seen: {
        ansible: seenFile(path, 'one^M$\ntwo^M$\nthree$\n'),
        homelab: seenFile(path, 'one^M$\ntwo^M$\nthree^M$\n'),
      },
    }),
  },
  {
    name: 'carriage returns, a line that is there',
    text: 'one\r\ntwo\r\n',
    ansible: { line: 'one' },
    homelab: { line: 'one' },
    differs: (path) => ({
      because: LINE_ENDS,
      first: { ansible: 'changed', homelab: 'ok' },
      seen: { ansible: seenFile(path, 'one$\ntwo^M$\n'), homelab: seenFile(path, 'one^M$\ntwo^M$\n') },
    }),
  },
  {
    name: 'carriage returns, a pattern that matches',
    text: 'port=1\r\nuser=a\r\n',
    ansible: { line: 'port=2', regexp: '^port=' },
    homelab: { line: 'port=2', match: '^port=' },
    differs: (path) => ({
      because: LINE_ENDS,
      seen: {
        ansible: seenFile(path, 'port=2$\nuser=a^M$\n'),
        homelab: seenFile(path, 'port=2^M$\nuser=a^M$\n'),
      },
    }),
  },
];
