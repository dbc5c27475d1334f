import * as z from 'zod';

const SUFFIXES = [
  'service',
  'socket',
  'timer',
  'target',
  'mount',
  'automount',
  'path',
  'slice',
  'swap',
  'device',
  'scope',
];
const HAS_SUFFIX = new RegExp(`\\.(?:${SUFFIXES.join('|')})$`);
/** systemd.unit(5): the characters of a unit name, an instance after `@` included. */
const UNIT_NAME = /^[A-Za-z0-9:_\\][A-Za-z0-9:_.\\@-]*$/;

/** The full name of a unit as written: without a suffix a service is meant. */
export const unitNameSchema = z
  .string()
  .max(255)
  .regex(UNIT_NAME, 'is no name of a unit')
  .transform((name) => (HAS_SUFFIX.test(name) ? name : `${name}.service`));

/** Whether a full name is that of a template without an instance (`getty@.service`), which can neither run nor stop. */
export function isTemplate(unit: string): boolean {
  return /@\.[a-z]+$/.test(unit);
}

/** Where unit files are looked for, systemd.unit(5), the strongest first. */
const UNIT_FOLDERS = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
];

/** What decides whether `unit` exists: itself, its file wherever it may lie, the file of its template. */
export function touchedByUnit(unit: string): string[] {
  const template = unit.replace(/@.+(\.[a-z]+)$/, '@$1');
  const names = [...new Set([unit, template])];
  return [`unit:${unit}`, ...UNIT_FOLDERS.flatMap((folder) => names.map((name) => `path:${folder}/${name}`))];
}

/** What an item makes that leaves `unit` running. */
export function startedThing(unit: string): string {
  return `started:${unit}`;
}
