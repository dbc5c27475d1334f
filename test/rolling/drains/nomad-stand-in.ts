import { readFileSync } from 'node:fs';
import { startStandIn, type SeenRequest, type StandIn, type StandInAnswer } from './drain-host.js';

/** Requests and answers of a real agent of Nomad 1.0.18 that is server and client, and has two allocations. */
interface Recorded {
  readonly request: { readonly method: string; readonly path: string; readonly body: unknown };
  readonly status: number;
  readonly response: unknown;
}

const RECORDED = JSON.parse(
  readFileSync(new URL('recorded/nomad-1.0.18.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Recorded>>;

export function recorded(name: string): Recorded {
  const found = RECORDED[name];
  if (found === undefined) throw new Error(`not recorded: ${name}`);
  return found;
}

type Fields = Readonly<Record<string, unknown>>;

/** A stand-in for an agent of Nomad: answers as the recorded one did, in whatever state its node is. */
export class NomadStandIn {
  node: Fields = recorded('node-before').response as Fields;
  allocations = recorded('allocations-before').response as readonly Fields[];
  /** Answers that differ from the recorded ones, by `METHOD PATH`. */
  readonly others = new Map<string, StandInAnswer>();
  #server: StandIn | undefined;

  static readonly NODE = '/v1/node/52c64407-770b-7780-15a9-59d5a7a9e191';

  async start(): Promise<StandIn> {
    this.#server = await startStandIn((request) => this.#answer(request));
    return this.#server;
  }

  /** As after the last allocation has gone: Nomad ends the drain, and leaves the node ineligible. */
  endDrain(): void {
    this.allocations = this.allocations.map((one) => ({
      ...one,
      DesiredStatus: 'stop',
      ClientStatus: 'complete',
    }));
    this.node = { ...this.node, Drain: false, DrainStrategy: null, SchedulingEligibility: 'ineligible' };
  }

  #answer({ method, path, body }: SeenRequest): StandInAnswer | undefined {
    const other = this.others.get(`${method} ${path}`) ?? this.others.get(`${method} ${path.split('?')[0]}`);
    if (other !== undefined) return other;
    if (`${method} ${path}` === `GET ${NomadStandIn.NODE}`) return { body: this.node };
    if (`${method} ${path}` === `GET ${NomadStandIn.NODE}/allocations`) return { body: this.allocations };
    if (method === 'PUT' && path.startsWith(NomadStandIn.NODE)) return this.#change(path, body as Fields);
    const known = Object.values(RECORDED).find(
      ({ request }) => request.method === method && request.path === path.split('?')[0],
    );
    return known === undefined ? undefined : { status: known.status, body: known.response };
  }

  #change(path: string, body: Fields): StandInAnswer {
    const isDrain = path.endsWith('/drain');
    if (isDrain && body['DrainSpec'] !== null) {
      this.node = recorded('node-draining').response as Fields;
      return { body: recorded('drain-enable').response };
    }
    const isEligible = isDrain ? body['MarkEligible'] === true : body['Eligibility'] === 'eligible';
    const now = recorded(isEligible ? 'node-after' : 'node-ineligible').response as Fields;
    this.node = { ...now };
    return { body: recorded(isDrain ? 'drain-disable' : 'eligibility-off').response };
  }
}
