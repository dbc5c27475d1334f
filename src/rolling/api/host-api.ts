import type * as z from 'zod';
import { HomelabError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import type { RemoteShell } from '../../core/shell.js';
import { apiScript, EXIT_NO_PROGRAM, EXIT_NO_TOKEN } from './api-script.js';
import { parseAnswer, type ApiAnswer } from './parse-answer.js';

/** An HTTP interface that a host reaches, mostly on its own loopback. */
export interface HostApi {
  /** The host that asks. */
  readonly host: string;
  /** `http://127.0.0.1:8500`, without a slash at its end. Of a socket the name does not matter. */
  readonly base: string;
  /** A unix socket on the host that is connected to instead. */
  readonly socket?: string | undefined;
  readonly token?: ApiToken | undefined;
  readonly tls?: ApiTls | undefined;
}

/** What lets in: sent as the value of a header. */
export interface ApiToken {
  readonly header: string;
  /** The token, or the path of a file on the host whose first line it is. */
  readonly value: Secret | { readonly path: string };
}

/** Paths are of files on the host. */
export interface ApiTls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Takes any certificate. */
  readonly isInsecure: boolean;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** With the query, e.g. `/v1/status/leader`. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Seconds until it is given up. Default: 10. */
  readonly limitSeconds?: number | undefined;
}

const LIMIT_SECONDS = 10;
/** An allocation of Nomad carries its whole job. */
const OUTPUT_LIMIT_BYTES = 16 << 20;
/** For the host's own shell and the way there, beyond the time of the request. */
const SLACK_SECONDS = 30;

/**
 * Asks once. Token and body travel on standard input alone.
 * @returns any status there is
 * @throws HomelabError `drain/unreachable` where nothing answers, `drain/no-http-client`, `drain/no-token`,
 *   `drain/bad-answer` for what is no HTTP
 */
export async function askApi(shell: RemoteShell, api: HostApi, request: ApiRequest): Promise<ApiAnswer> {
  const limitSeconds = request.limitSeconds ?? LIMIT_SECONDS;
  const [result] = await shell.run([{ script: apiScript(api, request, limitSeconds) }], {
    timeoutMs: (limitSeconds + SLACK_SECONDS) * 1000,
    outputLimitBytes: OUTPUT_LIMIT_BYTES,
  });
  const said = plain(result?.stderr.toString('utf8') ?? '');
  if (result === undefined || result.code !== 0) throw failure(api, result?.code ?? null, said);
  const answer = result.truncated ? undefined : parseAnswer(result.stdout);
  if (answer === undefined)
    throw apiError(api, 'bad-answer', `${where(api)} answers ${request.path} with no whole HTTP`, NOT_IT);
  return answer;
}

/** What an answer is read as. */
export interface ExpectedAnswer<Value> {
  readonly schema: z.ZodType<Value>;
  /** Statuses whose body is what was asked for, beside every 2xx. */
  readonly statuses?: readonly number[] | undefined;
}

/**
 * Asks once for JSON.
 * @throws HomelabError as {@link askApi}; `drain/refused` for 401 and 403, `drain/not-found` for 404 and 405,
 *   `drain/api-failed` for 429 and 5xx, which may pass, `drain/bad-answer` for what the schema does not know
 */
export async function askJson<Value>(
  shell: RemoteShell,
  api: HostApi,
  request: ApiRequest,
  { schema, statuses = [] }: ExpectedAnswer<Value>,
): Promise<Value> {
  const answer = await askApi(shell, api, request);
  if (!isGood(answer) && !statuses.includes(answer.status)) throw statusError(api, request, answer);
  const parsed = schema.safeParse(jsonOf(answer.body));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const what = [issue?.path.map(String).join('.'), issue?.message].filter(Boolean).join(': ');
  throw apiError(
    api,
    'bad-answer',
    `${where(api)} answers ${request.path} strangely: ${plain(what)}`,
    NOT_IT,
  );
}

/** Asks once for something to be done. @throws HomelabError as {@link askJson} */
export async function tellApi(shell: RemoteShell, api: HostApi, request: ApiRequest): Promise<void> {
  const answer = await askApi(shell, api, request);
  if (!isGood(answer)) throw statusError(api, request, answer);
}

/** Whether an error says that an API is not there now, but may be there soon. */
export function mayPass({ code }: HomelabError): boolean {
  return code === 'drain/unreachable' || code === 'drain/api-failed';
}

const NOT_IT = 'Something else may listen there, or a version that homelab does not know.';

function isGood({ status }: ApiAnswer): boolean {
  return status >= 200 && status < 300;
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function where({ host, base, socket }: HostApi): string {
  return `${socket ?? base} of ${host}`;
}

/** What a host said, short and on one line. */
function plain(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
}

function apiError(api: HostApi, what: string, message: string, hint: string): HomelabError {
  return new HomelabError({ code: `drain/${what}`, message, hint, host: api.host });
}

function failure(api: HostApi, code: number | null, said: string): HomelabError {
  if (code === EXIT_NO_PROGRAM)
    return apiError(
      api,
      'no-http-client',
      `${where(api)} cannot be asked: ${said}`,
      'Install curl there, e.g. with the role base.',
    );
  if (code === EXIT_NO_TOKEN)
    return apiError(
      api,
      'no-token',
      `no token for ${where(api)}: ${said}`,
      '`token_file` is a file on the host whose first line is the token and nothing else.',
    );
  return apiError(
    api,
    'unreachable',
    `${where(api)} does not answer${said === '' ? '' : `: ${said}`}`,
    'See whether the service runs there, and whether `api` is where it listens.',
  );
}

function statusError(api: HostApi, { method, path }: ApiRequest, answer: ApiAnswer): HomelabError {
  const { status } = answer;
  const said = plain(answer.body.toString('utf8'));
  const message = `${where(api)} answers ${method} ${path} with ${status}${said === '' ? '' : `: ${said}`}`;
  if (status === 401 || status === 403)
    return apiError(api, 'refused', message, 'Give the drain a `token`, or a `token_file` of the host.');
  if (status === 404 || status === 405)
    return apiError(api, 'not-found', message, 'Its version may be too old for that.');
  if (status === 429 || status >= 500) return apiError(api, 'api-failed', message, 'See what its log says.');
  return apiError(api, 'bad-request', message, 'This is not what its version expects; please report it.');
}
