import { decodeText } from '../../core/content.js';
import { HomelabError } from '../../core/errors.js';
import type { RoleFiles } from '../../core/role.js';
import { Secret } from '../../core/secret.js';
import { envFile } from '../../render/env-file.js';
import type { AppParams } from './app-params.js';

/** The names that Compose itself looks for, compose-file-model. */
const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
const OVERRIDE = /^(?:docker-)?compose\.override\.ya?ml$/;

/** A file of an application, as the kind `compose` takes it. */
export interface AppFile {
  readonly path: string;
  readonly content: string | Secret;
  readonly mode?: string | undefined;
}

/** An application, whole. */
export interface AppContents {
  readonly composeFile: AppFile;
  readonly files: readonly AppFile[];
}

/**
 * What the folder of an application holds, templates rendered.
 * @throws HomelabError `role/no-compose-file`, `role/two-files`, `role/override-file`, `role/unknown-file`, and what
 *   {@link RoleFiles} throws
 */
export function appContents(wanted: AppParams, files: RoleFiles): AppContents {
  const folder = folderOf(wanted);
  const all = files.list(folder).map((name) => appFile(wanted, files, folder, name));
  const env = Object.keys(wanted.env).length === 0 ? [] : [envOf(wanted)];
  const found = [...all, ...env];
  const names = found.map(({ path }) => path);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw twoFiles(folder, twice);
  const unknown = Object.keys(wanted.modes).find((name) => !names.includes(name));
  if (unknown !== undefined) throw unknownFile(folder, unknown);
  const override = names.find((name) => OVERRIDE.test(name));
  if (override !== undefined) throw overrideFile(folder, override);
  const [composeFile, second] = found.filter(({ path }) => COMPOSE_FILES.includes(path));
  if (composeFile === undefined) throw noComposeFile(folder);
  if (second !== undefined) throw twoFiles(folder, `${composeFile.path} and ${second.path}`);
  return { composeFile, files: found.filter((file) => file !== composeFile) };
}

/** Where an application's files are in the project. */
function folderOf({ folder, name }: AppParams): string {
  return (folder ?? `apps/${name}`).replace(/\/+$/, '');
}

function appFile(wanted: AppParams, files: RoleFiles, folder: string, name: string): AppFile {
  const { env, vars } = wanted;
  const source = `${folder}/${name}`;
  if (!name.endsWith('.hbs')) return withMode(wanted, name, files.read(source));
  return withMode(wanted, name.slice(0, -'.hbs'.length), files.renderFile(source, { ...vars, env }));
}

/** Bytes that are no text go the way of secrets, which takes any; they are no secret, and everybody may read them. */
function withMode({ modes }: AppParams, path: string, body: Uint8Array | string | Secret): AppFile {
  const mode = modes[path] === undefined ? {} : { mode: modes[path] };
  if (!(body instanceof Uint8Array)) return { path, content: body, ...mode };
  const text = decodeText(body);
  return text === undefined
    ? { path, content: new Secret(body), mode: '0644', ...mode }
    : { path, content: text, ...mode };
}

/** For root alone, secret or not: Compose reads it, no container does. */
function envOf({ env }: AppParams): AppFile {
  return { path: '.env', content: envFile(env), mode: '0600' };
}

function problem(code: string, message: string, hint: string): HomelabError {
  return new HomelabError({ code: `role/${code}`, message, hint });
}

function noComposeFile(folder: string): HomelabError {
  const names = COMPOSE_FILES.join(', ');
  return problem(
    'no-compose-file',
    `there is no compose file in ${folder}`,
    `It is called ${names}, or that with .hbs.`,
  );
}

function twoFiles(folder: string, what: string): HomelabError {
  return problem(
    'two-files',
    `${folder} has ${what} more than once`,
    'Leave one: a file, its template, or `env` for .env.',
  );
}

function overrideFile(folder: string, name: string): HomelabError {
  const hint =
    'Write what differs into the compose file itself, as a template, or name the file with `include`.';
  return problem(
    'override-file',
    `${folder}/${name} would not be read: Compose is told the one file to read`,
    hint,
  );
}

function unknownFile(folder: string, name: string): HomelabError {
  return problem(
    'unknown-file',
    `\`modes\` names ${name}, and ${folder} has no such file`,
    'Name it as it is on the host, without .hbs.',
  );
}
