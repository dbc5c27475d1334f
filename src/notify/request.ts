import type { NotDelivered } from './attempts.js';

const TIMEOUT_MS = 10_000;
const PASSING = new Set([408, 425, 429]);

/** A request of HTTP that tells somebody something. */
export interface TellingRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** May hold an account, which goes into a header. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: none, as of a GET. */
  readonly body: string | undefined;
}

/** A POST of JSON. */
export function postJson(
  url: string,
  document: unknown,
  headers: TellingRequest['headers'] = {},
): TellingRequest {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(document),
  };
}

/**
 * Sends a request; undefined: it was taken. A redirection is not followed: who is elsewhere was not meant to read it. What node
 * says of a failure may hold the address or a header: only its code is told.
 */
export async function send(
  { method, url, headers, body }: TellingRequest,
  fetch: typeof globalThis.fetch,
): Promise<NotDelivered | undefined> {
  try {
    const { address, authorization } = withoutAccount(url);
    const response = await fetch(address, {
      method,
      headers: { ...authorization, ...headers },
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (response.ok) return undefined;
    return {
      said: `it answered with status ${response.status}`,
      isPassing: response.status >= 500 || PASSING.has(response.status),
    };
  } catch (thrown) {
    return { said: wordsOf(thrown), isPassing: true };
  }
}

/** fetch takes no address with an account in it. */
function withoutAccount(url: string): { address: URL; authorization: Record<string, string> } {
  const address = new URL(url);
  const { username, password } = address;
  if (username === '' && password === '') return { address, authorization: {} };
  address.username = '';
  address.password = '';
  const account = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  return { address, authorization: { authorization: `Basic ${account.toString('base64')}` } };
}

function wordsOf(thrown: unknown): string {
  const failure = (thrown ?? {}) as { readonly name?: unknown; readonly cause?: { readonly code?: unknown } };
  if (failure.name === 'TimeoutError') return `it did not answer within ${TIMEOUT_MS / 1000} s`;
  const code = failure.cause?.code;
  const isName = typeof code === 'string' && /^[A-Z_0-9]{1,60}$/.test(code);
  return `it could not be reached${isName ? ` (${code})` : ''}`;
}
