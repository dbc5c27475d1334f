import { printfWord, quote, quoteAll } from '../../core/quote.js';
import { Secret } from '../../core/secret.js';
import type { ApiRequest, HostApi } from './host-api.js';

/** The host has no program that could ask. */
export const EXIT_NO_PROGRAM = 41;
/** The file of the token cannot be read, or holds none. */
export const EXIT_NO_TOKEN = 42;

/**
 * Shell text that asks once and prints the answer with its head. `printf` is a builtin, and what it prints goes to standard
 * input: neither a token nor a body is ever in an argument list. bash connects by itself where there is no curl.
 */
export function apiScript(api: HostApi, request: ApiRequest, limitSeconds: number): string {
  return [
    tokenScript(api),
    `if command -v curl >/dev/null 2>&1; then
  { ${curlConfig(api, request, limitSeconds)}; } | curl -q -K -
  exit
fi`,
    bashScript(api, request, limitSeconds),
  ].join('\n');
}

/** A token that is more than one word could add a header of its own. */
const CHECK_TOKEN = `case $token in
  '' | *[!A-Za-z0-9._~+/=:-]*) echo 'what is there is no token' >&2; exit ${EXIT_NO_TOKEN} ;;
esac`;

function tokenScript({ token }: HostApi): string {
  if (token === undefined) return 'unset token';
  if (token.value instanceof Secret)
    return `unset token; token=$(printf ${printfWord(token.value.revealBytes())})\n${CHECK_TOKEN}`;
  return `unset token; IFS=' ' read -r token <${quote(token.value.path)} || [ -n "$token" ] || exit ${EXIT_NO_TOKEN}\n${CHECK_TOKEN}`;
}

function text(words: string): string {
  return `printf ${printfWord(Buffer.from(words, 'utf8'))}`;
}

/** A line of curl's configuration, curl(1) `--config`. */
function option(name: string, value?: string): string {
  if (value === undefined) return `${name}\n`;
  return `${name} = "${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"\n`;
}

function curlConfig(api: HostApi, { method, path, body }: ApiRequest, limitSeconds: number): string {
  const { tls, socket, token } = api;
  const files = (['ca', 'cert', 'key'] as const).flatMap((name) => {
    const file = tls?.[name];
    return file === undefined ? [] : [option(name === 'ca' ? 'cacert' : name, file)];
  });
  const lines = [
    ...['silent', 'show-error', 'include', 'globoff', 'http1.1'].map((name) => option(name)),
    option('noproxy', '*'),
    option('max-time', String(limitSeconds)),
    option('request', method),
    option('url', `${api.base}${path}`),
    ...(socket === undefined ? [] : [option('unix-socket', socket)]),
    ...files,
    ...(tls?.isInsecure === true ? [option('insecure')] : []),
    // A body that comes with a status of its own: curl would wait for a `100 Continue`.
    option('header', 'Expect:'),
    ...(body === undefined
      ? []
      : [option('header', 'Content-Type: application/json'), option('data-binary', JSON.stringify(body))]),
  ];
  const secret =
    token === undefined ? '' : `; ${text(`header = "${token.header}: `)}; printf '%s"\\n' "$token"`;
  return `${text(lines.join(''))}${secret}`;
}

/** HTTP/1.0, so that the answer ends with the connection and never comes in chunks, RFC 9112 7.1. */
function bashScript(api: HostApi, { method, path, body }: ApiRequest, limitSeconds: number): string {
  const { hostname, port, host, protocol } = new URL(api.base);
  if (protocol !== 'http:' || api.socket !== undefined)
    return `echo 'curl is not installed' >&2; exit ${EXIT_NO_PROGRAM}`;
  const payload = body === undefined ? '' : JSON.stringify(body);
  const head = [
    `${method} ${path} HTTP/1.0`,
    `Host: ${host}`,
    'Connection: close',
    'Accept: application/json',
    ...(body === undefined ? [] : ['Content-Type: application/json']),
    ...(method === 'GET' ? [] : [`Content-Length: ${Buffer.byteLength(payload)}`]),
  ];
  const token =
    api.token === undefined ? '' : `; ${text(`${api.token.header}: `)}; printf '%s\\r\\n' "$token"`;
  const request = `${text(`${head.join('\r\n')}\r\n`)}${token}; ${text(`\r\n${payload}`)}`;
  const argv = ['bash', hostname.replaceAll(/^\[|\]$/g, ''), port === '' ? '80' : port];
  return `if command -v bash >/dev/null 2>&1; then
  limit=; if command -v timeout >/dev/null 2>&1; then limit='timeout -s KILL ${limitSeconds}'; fi
  { ${request}; } | $limit bash -c 'exec 3<>"/dev/tcp/$1/$2" || exit 7; cat >&3; cat <&3' ${quoteAll(argv)}
  exit
fi
echo 'neither curl nor bash is installed' >&2
exit ${EXIT_NO_PROGRAM}`;
}
