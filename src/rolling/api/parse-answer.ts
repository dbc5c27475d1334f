/** What an HTTP server answered. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: Buffer;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * An answer with its head, RFC 9112, which may follow on informational ones (`100 Continue`). Undefined: it is none, or it
 * was cut off before its head was over.
 */
export function parseAnswer(bytes: Buffer): ApiAnswer | undefined {
  for (let start = 0; ;) {
    const end = bytes.indexOf(HEAD_END, start);
    if (end < 0) return undefined;
    const head = bytes.toString('latin1', start, end);
    const digits = /^HTTP\/\d(?:\.\d)? (\d{3})(?: |\r|$)/.exec(head)?.[1];
    if (digits === undefined) return undefined;
    start = end + HEAD_END.length;
    const status = Number(digits);
    if (status >= 200) return { status, body: bytes.subarray(start) };
  }
}
