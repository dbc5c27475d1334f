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
}

/** Mistakes of playbooks: what is wrong for several hosts is told once. */
export class Mistakes {
  readonly #found = new Map<string, Found>();

  /** Mistakes that concern no host, or one of the hosts of a play. */
  add(errors: readonly HomelabError[], host?: string, hostsOfPlay: readonly string[] = []): void {
    for (const error of errors) {
      const key = JSON.stringify([error.code, error.message, error.source]);
      const found = this.#found.get(key) ?? { error, hosts: new Set(), lookedAt: new Set() };
      this.#found.set(key, found);
      if (host !== undefined) found.hosts.add(host);
      for (const name of hostsOfPlay) found.lookedAt.add(name);
    }
  }

  /**
   * Everything that is wrong, in the order of `files` and of the places in them; other files come last.
   * @throws HomelabErrors where there is anything
   */
  throwIfAny(files: readonly string[]): void {
    if (this.#found.size === 0) return;
    const rank = ({ source }: HomelabError): number => {
      if (source === undefined) return -1;
      const index = files.indexOf(source.file);
      return index === -1 ? files.length : index;
    };
    const errors = [...this.#found.values()].map(withHosts);
    throw new HomelabErrors(errors.toSorted((a, b) => rank(a) - rank(b) || byPlace(a, b)));
  }
}

function byPlace({ source: a }: HomelabError, { source: b }: HomelabError): number {
  if (a === undefined || b === undefined) return 0;
  return a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column;
}

/** The error with the hosts it concerns, where those are not all that were looked at. */
function withHosts({ error, hosts, lookedAt }: Found): HomelabError {
  const [first] = hosts;
  if (first === undefined || hosts.size === lookedAt.size) return error;
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
