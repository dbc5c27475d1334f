import { HomelabError, HomelabErrors } from '../core/errors.js';
import type { MailServer, NotifyTarget } from '../core/notification.js';
import { registerSecret } from '../core/redaction.js';
import { Sealed } from '../core/sealed.js';
import { Secret } from '../core/secret.js';
import { openValue } from '../secrets/open-document.js';
import type { SecretOpener } from '../secrets/secret-opener.js';
import { notifySchema, NTFY_PRIORITIES, type CheckedTarget, type WrittenNotify } from './notify-schema.js';
import { textOf, type Written } from './notify-values.js';

/** The ports that a mail server usually has (RFC 8314, 3; RFC 5321). */
const MAIL_PORTS: Readonly<Record<MailServer['tls'], number>> = { starttls: 587, implicit: 465, none: 25 };

/**
 * The targets of `notify`, their secrets open. Tokens and addresses are masked from now on wherever they are found.
 * @throws HomelabErrors as {@link openValue}; `project/settings` for an encrypted value that is no address or no header
 */
export async function openNotify(
  written: WrittenNotify | undefined,
  opener: SecretOpener,
): Promise<readonly NotifyTarget[]> {
  if (written === undefined) return [];
  const opened = notifySchema.safeParse(await openValue(written, opener));
  if (!opened.success)
    throw new HomelabErrors(opened.error.issues.map(({ path }) => problemAt(path, written)));
  return [opened.data].flat().flatMap((target, index) => targetsOf(target, index + 1));
}

function problemAt(path: readonly PropertyKey[], written: WrittenNotify): HomelabError {
  const place = path.reduce<unknown>(valueOf, written);
  return new HomelabError({
    code: 'project/settings',
    message: `\`${['notify', ...path].map(String).join('.')}\` of homelab.yml holds an encrypted value that does not fit there`,
    hint: 'An address has to begin with https:// or http://, a token or a header is one line of ASCII: `homelab secret edit homelab.yml`.',
    source: place instanceof Sealed ? place.source : undefined,
  });
}

function valueOf(outer: unknown, key: PropertyKey): unknown {
  return typeof outer === 'object' && outer !== null ? Reflect.get(outer, key) : undefined;
}

/** A checked target, its secrets open, as what is told: several where it has several addresses. */
function targetsOf(written: CheckedTarget, number: number): readonly NotifyTarget[] {
  const common = { number, on: written.on, digestMinutes: minutesOf(written.digest) };
  if ('email' in written) {
    const { from } = written;
    const server = mailServer(written);
    return [...new Set([written.email].flat())].map((address) => ({
      to: 'email',
      address,
      from,
      server,
      ...common,
    }));
  }
  return [{ ...wayOf(written), ...common }];
}

type Way<T = NotifyTarget> = T extends NotifyTarget ? Omit<T, 'number' | 'on' | 'digestMinutes'> : never;

function wayOf(written: Exclude<CheckedTarget, { email: unknown }>): Way {
  if ('ntfy' in written) {
    const { ntfy, token, priority } = written;
    return {
      to: 'ntfy',
      url: hidden(ntfy),
      token: token === undefined ? undefined : hidden(token),
      priority: typeof priority === 'string' ? NTFY_PRIORITIES.indexOf(priority) + 1 : priority,
    };
  }
  if ('slack' in written) return { to: 'slack', url: hidden(written.slack) };
  if ('discord' in written) return { to: 'discord', url: hidden(written.discord) };
  if ('matrix' in written) {
    const { matrix, room, token } = written;
    return { to: 'matrix', homeserver: new URL(matrix).origin, room, token: hidden(token) };
  }
  if ('command' in written) return { to: 'command', argv: written.command };
  const headers = Object.entries(written.headers ?? {});
  return {
    to: 'webhook',
    url: hidden(written.webhook),
    // What is written for all to read, a content type for example, is not searched for everywhere.
    headers: new Map(headers.map(([name, value]) => [name, new Secret(textOf(value))])),
  };
}

function mailServer({
  host,
  port,
  tls,
  user,
  password,
  ca,
}: Extract<CheckedTarget, { email: unknown }>): MailServer {
  const hasLogin = user !== undefined && password !== undefined;
  return {
    host,
    port: port ?? MAIL_PORTS[tls],
    tls,
    // The name of an account is often a word that is everywhere: it is not searched for.
    login: hasLogin ? { user: new Secret(textOf(user)), password: hidden(password) } : undefined,
    ca,
  };
}

function minutesOf(time: string | undefined): number | undefined {
  if (time === undefined) return undefined;
  const [hours, minutes] = time.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

function hidden(written: Written): Secret {
  const secret = new Secret(textOf(written));
  registerSecret(secret);
  return secret;
}
