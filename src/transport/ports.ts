import { HomelabError, InternalError, toHomelabError } from '../core/errors.js';
import type { Endpoint } from './endpoint.js';

/** One port of a host while it is tried. */
export interface PortTry {
  /** Aborted when another port was faster. */
  readonly signal: AbortSignal;
  /** The dial has really begun: from now on the next port waits no longer than its turn. */
  readonly begin: () => void;
  /** SSH answers here: no other port is tried any more. */
  readonly answer: () => void;
}

/** Tries a host at one port, `port` being undefined where there is only one. @throws HomelabError `transport/…` */
export type TryPort<Value> = (at: Endpoint, port: PortTry | undefined) => Promise<Value>;

/** How long a port may be silent before the next one is tried beside it (RFC 8305, 5: Connection Attempt Delay). */
const HEAD_START_MS = 250;

/** What says that nobody speaks SSH at a port, or nobody lets us see it. */
const SILENT = ['connection-refused', 'connection-lost', 'timeout', 'unreachable', 'forwarding-refused'];

/**
 * Finds the port of a host that answers: the wanted one, else the others in their order. One that answers has answered,
 * whatever comes of it: a host key that changed is no reason to look elsewhere, and nobody is logged in to twice.
 */
export class Ports {
  /** By the endpoint's key: the port that answered last is tried first. */
  readonly #answered = new Map<string, number>();

  /** What `tryPort` answers at the port that speaks SSH. @throws HomelabError its failure there, or those of all ports */
  find<Value>(endpoint: Endpoint, tryPort: TryPort<Value>): Promise<Value> {
    if (endpoint.others.length === 0) return tryPort(endpoint, undefined);
    const known = this.#answered.get(endpoint.key);
    const all = [endpoint, ...endpoint.others];
    const inOrder = [
      ...all.filter(({ port }) => port === known),
      ...all.filter(({ port }) => port !== known),
    ];
    const race = new PortRace(inOrder, tryPort);
    return race
      .run((at) => this.#answered.set(endpoint.key, at.port))
      .catch((thrown: unknown) => {
        throw thrown instanceof Silence
          ? allSilent(all.flatMap((at) => thrown.failures.get(at) ?? []))
          : thrown;
      });
  }
}

/** No port has answered. */
class Silence extends Error {
  constructor(readonly failures: ReadonlyMap<Endpoint, HomelabError>) {
    super('no port answers');
  }
}

class PortRace<Value> {
  readonly #candidates: readonly Endpoint[];
  readonly #tryPort: TryPort<Value>;
  readonly #given = new Map<Endpoint, AbortController>();
  readonly #failures = new Map<Endpoint, HomelabError>();
  #winner: Endpoint | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(candidates: readonly Endpoint[], tryPort: TryPort<Value>) {
    this.#candidates = candidates;
    this.#tryPort = tryPort;
  }

  /** @throws HomelabError where a port answered, or something else is wrong; {@link Silence} */
  async run(onAnswer: (at: Endpoint) => void): Promise<Value> {
    try {
      return await new Promise<Value>((resolve, reject) => {
        const startNext = (): void => {
          clearTimeout(this.#timer);
          const at = this.#candidates[this.#given.size];
          if (at === undefined || this.#winner !== undefined) return;
          this.#start(at, startNext, onAnswer).then(resolve, (error: unknown) => {
            if (this.#isDecisive(at, error)) reject(error);
            else if (this.#failures.size === this.#candidates.length) reject(new Silence(this.#failures));
            else startNext();
          });
        };
        startNext();
      });
    } finally {
      this.#giveUpAllBut(this.#winner);
    }
  }

  #start(at: Endpoint, startNext: () => void, onAnswer: (at: Endpoint) => void): Promise<Value> {
    const controller = new AbortController();
    this.#given.set(at, controller);
    return this.#tryPort(at, {
      signal: controller.signal,
      begin: () => {
        clearTimeout(this.#timer);
        this.#timer = setTimeout(startNext, HEAD_START_MS);
      },
      answer: () => {
        if (this.#winner !== undefined) return;
        this.#winner = at;
        onAnswer(at);
        this.#giveUpAllBut(at);
      },
    });
  }

  /** Whether a failure is about more than this one port. */
  #isDecisive(at: Endpoint, thrown: unknown): boolean {
    const error = toHomelabError(thrown);
    this.#failures.set(at, error);
    if (this.#winner !== undefined) return this.#winner === at;
    return !SILENT.some((what) => error.code === `transport/${what}`);
  }

  #giveUpAllBut(winner: Endpoint | undefined): void {
    clearTimeout(this.#timer);
    for (const [at, controller] of this.#given) if (at !== winner) controller.abort();
  }
}

/** The failure of the wanted port, with what was found at the others. */
function allSilent(errors: readonly HomelabError[]): HomelabError {
  const [wanted = new InternalError('A host has no port')] = errors;
  const { code, hint, host, cause } = wanted;
  return new HomelabError({
    code,
    message: errors.map(({ message }) => message).join('; '),
    hint,
    host,
    cause,
  });
}
