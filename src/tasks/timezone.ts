import * as z from 'zod';
import { Unknown, type MaybeState } from '../core/state.js';
import type { Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { fileContents } from '../probes/file-contents.js';
import { files } from '../probes/files.js';
import { readEntry } from './shared/file-entry.js';
import { NEW_FILE_MODE } from './shared/managed-file.js';
import { replaceLink } from './shared/replace-link.js';

const ZONES = '/usr/share/zoneinfo';
const LINK = '/etc/localtime';
const NAME_FILE = '/etc/timezone';

const params = z.strictObject({
  name: z
    .string()
    .max(255)
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/,
      'must be the name of a zone, e.g. Europe/Berlin or UTC',
    )
    .describe('zone of the tz database, e.g. Europe/Berlin, Etc/UTC'),
});

type TimezoneParams = z.output<typeof params>;

/** The zone a link names, or where it points; null where nothing is there. */
function zoneOf(entry: Awaited<ReturnType<typeof readEntry>>): string | null {
  if (entry === null) return null;
  if (entry.type !== 'link') return 'a copy';
  const target = entry.target ?? '';
  return /^(?:\.\.)?\/usr\/share\/zoneinfo\/(.+)$/.exec(target)?.[1] ?? target;
}

async function probe(host: ReadableHost, { name }: TimezoneParams): Promise<MaybeState | Unknown> {
  const [zone, link, nameFile, nameText] = await Promise.all([
    host.read(files, `${ZONES}/${name}`),
    readEntry(host, LINK, ['link', 'file']),
    host.read(files, NAME_FILE),
    host.read(fileContents, NAME_FILE),
  ]);
  if (zone === null || zone.type === 'directory') {
    return new Unknown(`${ZONES}/${name} is no zone here: the name is wrong, or the package tzdata missing`, [
      `path:${ZONES}/${name}`,
      'package:tzdata',
    ]);
  }
  return {
    zone: zoneOf(link),
    // Debian keeps the name in a file of its own as well; where there is none, none is made.
    name_file:
      nameFile?.type === 'file'
        ? Buffer.from(nameText?.bytes ?? [])
            .toString('utf8')
            .trim()
        : name,
  };
}

function steps({ params: { name }, facts, changed }: StepContext<TimezoneParams>): Step[] {
  return [
    ...(changed('name_file')
      ? ([
          { do: 'write', path: NAME_FILE, body: `${name}\n`, mode: NEW_FILE_MODE, owner: '', group: '' },
        ] as const)
      : []),
    ...(changed('zone') ? replaceLink(LINK, `${ZONES}/${name}`, facts) : []),
  ];
}

/** The zone local times are told in. What already runs (cron, a database) has to be restarted to see a new one. */
export default defineTask<TimezoneParams>({
  summary: 'Local time is that of a time zone',
  params,
  examples: [{ name: 'Europe/Berlin' }, { name: 'Etc/UTC' }],
  desired: ({ name }) => ({ zone: name, name_file: name }),
  probe,
  touches: () => [`path:${LINK}`, `path:${NAME_FILE}`, `path:${ZONES}`],
  steps,
});
