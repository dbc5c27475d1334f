import * as z from 'zod';
import { bodyBytes, Content } from '../core/content.js';
import { HomelabError } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import { Unknown, type MaybeState } from '../core/state.js';
import type { Step } from '../core/step.js';
import { defineTask, type ProjectFiles, type ReadableHost, type StepContext } from '../core/task.js';
import { files } from '../probes/files.js';
import { accessSteps } from './shared/access-steps.js';
import {
  addressAssignments,
  addressSchema,
  canFetch,
  cannotFetch,
  sumSchema,
  timeoutSchema,
  wrongSum,
} from './shared/fetch.js';
import {
  desiredAccess,
  observedAccess,
  permissionDenied,
  readEntry,
  touchedAccounts,
} from './shared/file-entry.js';
import { managedFileShape } from './shared/managed-file.js';
import { requiredAccounts, requiredProgram } from './shared/requirements.js';
import { modeSchema, pathSchema } from './shared/schemas.js';
import { scriptStep } from './shared/script-step.js';
import { UNPACK } from './shared/unpack.js';

/** Most bytes of a file of the project that are sent to a host for unpacking. */
const PROJECT_FILE_LIMIT_BYTES = 32 * 1024 * 1024;

/** Where an archive is. */
type Source =
  | { readonly is: 'host'; readonly path: string }
  | { readonly is: 'web'; readonly url: string | Secret }
  | { readonly is: 'project'; readonly path: string; readonly bytes?: Uint8Array | Secret | undefined };

const isAddress = (source: string | Secret): boolean =>
  source instanceof Secret || /^[a-z][a-z0-9+.-]*:\/\//i.test(source);

const sourceSchema = z
  .union([z.string().min(1), z.instanceof(Secret)])
  .transform((source, context): Source => {
    const isWeb = isAddress(source);
    const parsed = isWeb
      ? addressSchema.safeParse(source)
      : String(source).startsWith('/')
        ? pathSchema.safeParse(source)
        : undefined;
    if (parsed === undefined) return { is: 'project', path: String(source) };
    if (parsed.success)
      return isWeb ? { is: 'web', url: parsed.data } : { is: 'host', path: String(parsed.data) };
    for (const { message } of parsed.error.issues) context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

const params = z
  .strictObject({
    source: sourceSchema.describe(
      'the archive (tar, plain or with gzip, bzip2, xz or zstd; zip): an absolute path on the host, an address, or a file of the project',
    ),
    path: pathSchema
      .refine((path) => path !== '/', 'must not be the root of the system')
      .describe('directory to unpack into; made where it is missing'),
    creates: z
      .string()
      .min(1)
      .describe(
        'what is there once it is unpacked: relative to `path`, or absolute; unpacked again where it is missing',
      ),
    sha256: sumSchema
      .optional()
      .describe('the SHA-256 sum of the archive, checked before anything is unpacked; needed for an address'),
    strip: z.int().min(0).max(20).default(0).describe('leading directories to take away from every name'),
    owner: managedFileShape.owner.describe(
      'owner of what is unpacked, and of the directory; left out: who unpacks',
    ),
    group: managedFileShape.group.describe(
      'group of what is unpacked, and of the directory; left out: who unpacks',
    ),
    mode: modeSchema
      .optional()
      .describe("access rights of the directory, e.g. '0755'; a new one gets 0755, an old one keeps its own"),
    timeout: timeoutSchema,
  })
  .superRefine(({ source, sha256, path, creates }, context) => {
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (source.is === 'web' && sha256 === undefined)
      complain('sha256', 'is missing: what comes from the web is checked before it is unpacked');
    const marker = markerPath(path, creates);
    if (!marker.startsWith(`${path}/`)) complain('creates', 'has to be inside `path`');
    for (const { message } of pathSchema.safeParse(marker).error?.issues ?? []) complain('creates', message);
  });

type ArchiveParams = z.output<typeof params>;

const markerPath = (path: string, creates: string): string =>
  creates.startsWith('/') ? creates : `${path}/${creates}`;

/** Reads an archive of the project. @throws HomelabError `task/wrong-sum`, `task/too-large`, `playbook/missing-file` */
function prepare(archive: ArchiveParams, project: ProjectFiles): ArchiveParams {
  const { source, sha256 } = archive;
  if (source.is !== 'project') return archive;
  const bytes = project.read(source.path);
  const found = Content.of(bytes).sha256;
  if (sha256 !== undefined && found !== sha256) throw wrongSum(source.path, found, sha256);
  if (bodyBytes(bytes).length > PROJECT_FILE_LIMIT_BYTES) throw tooLarge(source.path);
  return { ...archive, source: { ...source, bytes } };
}

function tooLarge(path: string): HomelabError {
  return new HomelabError({
    code: 'task/too-large',
    message: `${path} is larger than ${PROJECT_FILE_LIMIT_BYTES / 1024 / 1024} MiB`,
    hint: 'Let the host fetch it: give `source` an address, and `sha256`.',
  });
}

async function probe(host: ReadableHost, archive: ArchiveParams): Promise<MaybeState | Unknown> {
  const { source, path, creates } = archive;
  const marker = markerPath(path, creates);
  const [entry, found, packed, isFetchable] = await Promise.all([
    readEntry(host, path, ['directory']),
    host.read(files, marker),
    source.is === 'host' ? readEntry(host, source.path, ['file', 'link']) : undefined,
    source.is === 'web' ? canFetch(host) : true,
  ]);
  if (found?.type === 'hidden') throw permissionDenied(marker);
  if (found === null && packed === null && source.is === 'host')
    return new Unknown(`${source.path} does not exist`, [`path:${source.path}`]);
  if (found === null && !isFetchable) return cannotFetch();
  if (entry === null) return null;
  return { unpacked: found === null ? 'no' : 'yes', ...observedAccess(entry, archive) };
}

/** Programs that unpack what is called so; what an archive really is shows when it is there. */
const UNPACKERS: Readonly<Record<string, string>> = {
  zip: 'unzip',
  gz: 'gzip',
  tgz: 'gzip',
  bz2: 'bzip2',
  xz: 'xz',
  txz: 'xz',
  zst: 'zstd',
};

function requiredUnpacker({ source }: ArchiveParams): string[] {
  // A secret address says nothing of its file.
  const name =
    source.is === 'web' ? (source.url instanceof Secret ? '' : new URL(source.url).pathname) : source.path;
  const suffix = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return requiredProgram(UNPACKERS[suffix] ?? '');
}

function steps({ params: archive, before, changed }: StepContext<ArchiveParams>): Step[] {
  const { source, path, creates, strip, sha256, mode, owner = '', group = '', timeout } = archive;
  const access = accessSteps({ path, access: archive, before, changed });
  if (!changed('unpacked')) return access;
  const marker = markerPath(path, creates).slice(path.length + 1);
  const from = source.is === 'host' ? source.path : source.is === 'web' ? 'url' : 'payload';
  const account = group === '' ? owner : `${owner}:${group}`;
  return [
    scriptStep({
      words: [path, marker, String(strip), sha256 ?? '', from, String(timeout), mode ?? '', account],
      script: UNPACK,
      secretly: source.is === 'web' ? addressAssignments(source.url) : undefined,
      payload: source.is === 'project' ? source.bytes : undefined,
    }),
    // A new directory has been made as wanted.
    ...(before === null ? [] : access),
  ];
}

/** An archive, unpacked once. */
export default defineTask<ArchiveParams>({
  summary: 'An archive is unpacked into a directory',
  params,
  examples: [
    {
      source: 'https://example.org/tool-1.4.2.tar.gz',
      sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      path: '/opt/tool-1.4.2',
      creates: 'bin/tool',
      strip: 1,
    },
    {
      source: 'files/site.zip',
      path: '/srv/www/site',
      creates: 'index.html',
      owner: 'www-data',
      group: 'www-data',
    },
    { source: '/var/backups/wiki.tar.zst', path: '/srv/wiki', creates: 'data/pages' },
  ],
  prepare,
  desired: (archive) => ({ unpacked: 'yes', ...desiredAccess(archive) }),
  probe,
  touches: ({ path, source, ...access }) => [
    `path:${path}`,
    ...(source.is === 'host' ? [`path:${source.path}`] : []),
    ...touchedAccounts(access),
  ],
  foresight: (archive) => ({ requires: [...requiredAccounts(archive), ...requiredUnpacker(archive)] }),
  steps,
});
