import type { Reader } from '../core/reader.js';
import { existence } from './existence.js';

/** Whether the shell finds a program of this name (no slash in it). Without a process. */
export const programs: Reader<boolean> = {
  name: 'programs',
  script: (names) => existence.script(names.map((name) => `program:${name}`)),
  parse: (output, names) => existence.parse(output, names),
};
