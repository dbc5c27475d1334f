import { HomelabError, HomelabErrors } from '../core/errors.js';

/** What `read` returns; its errors go to `errors`, whether it threw one or many. */
export function collect<T>(errors: HomelabError[], read: () => T): T | undefined {
  try {
    return read();
  } catch (thrown) {
    errors.push(...errorsOf(thrown));
    return undefined;
  }
}

/** As {@link collect}, for what takes time. */
export async function collectAsync<T>(
  errors: HomelabError[],
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    errors.push(...errorsOf(thrown));
    return undefined;
  }
}

function errorsOf(thrown: unknown): readonly HomelabError[] {
  if (thrown instanceof HomelabErrors) return thrown.errors;
  if (thrown instanceof HomelabError) return [thrown];
  throw thrown;
}

/** A mistake, and the hosts it was found for. */
interface Found {
  readonly error: HomelabError;
  readonly hosts: Set<string>;
  /** All hosts that were looked at where it was found. */
  readonly lookedAt: Set<string>;
  /** Whether it was found without looking at any host. */
  concernsAll: boolean;
}

/** Mistakes of playbooks: what is wrong for several hosts is told once. */
export class Mistakes {
  readonly #found = new Map<string, Found>();
  readonly #doubtful = new Map<string, Found>();

  /** Mistakes that concern no host, or one of the hosts of a play. */
  add(errors: readonly HomelabError[], host?: string, hostsOfPlay: readonly string[] = []): void {
    for (const error of errors) note(this.#found, error, { host, hostsOfPlay });
  }

  /** Mistakes that are some only if an item is done on a host, which nobody knows: told where every host has them. */
  addDoubtful(errors: readonly HomelabError[], host: string, hostsOfPlay: readonly string[]): void {
    for (const error of errors) note(this.#doubtful, error, { host, hostsOfPlay });
  }

  /** Everything that is wrong, in the order of `files` and of the places in them; other files come last. */
  inOrder(files: readonly string[]): readonly HomelabError[] {
    const everywhere = [...this.#doubtful].filter(([, { hosts, lookedAt }]) => hosts.size === lookedAt.size);
    const found = new Map([...everywhere, ...this.#found]);
    const rank = ({ source }: HomelabError): number => {
      if (source === undefined) return -1;
      const index = files.indexOf(source.file);
      return index === -1 ? files.length : index;
    };
    return [...found.values()].map(withHosts).toSorted((a, b) => rank(a) - rank(b) || byPlace(a, b));
  }

  /** @throws HomelabErrors {@link Mistakes.inOrder} where there is anything */
  throwIfAny(files: readonly string[]): void {
    const errors = this.inOrder(files);
    if (errors.length > 0) throw new HomelabErrors(errors);
  }
}

function note(
  into: Map<string, Found>,
  error: HomelabError,
  { host, hostsOfPlay }: { readonly host: string | undefined; readonly hostsOfPlay: readonly string[] },
): void {
  const key = JSON.stringify([error.code, error.message, error.source]);
  const found = into.get(key) ?? { error, hosts: new Set(), lookedAt: new Set(), concernsAll: false };
  into.set(key, found);
  if (host === undefined) found.concernsAll = true;
  else found.hosts.add(host);
  for (const name of hostsOfPlay) found.lookedAt.add(name);
}

function byPlace({ source: a }: HomelabError, { source: b }: HomelabError): number {
  if (a === undefined || b === undefined) return 0;
  return a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column;
}

/** The error with the hosts it concerns, where those are not all that were looked at. */
function withHosts({ error, hosts, lookedAt, concernsAll }: Found): HomelabError {
  const [first] = hosts;
  if (concernsAll || first === undefined || hosts.size === lookedAt.size) return error;
  const { code, message, hint, task, source, cause } = error;
  const names = [...hosts].slice(0, 3).join(', ');
  const more = hosts.size > 3 ? ` and ${hosts.size - 3} more` : '';
  return new HomelabError({
    code,
    message: `${message} (on ${names}${more})`,
    hint,
    host: first,
    task,
    source,
    cause,
  });
}
