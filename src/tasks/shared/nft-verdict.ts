import { answerKey, answerMatch, asRecord, type Answer, type LookUp, type Packet } from './nft-match.js';
import type { NftChain, NftRuleset, Statement } from './nft-ruleset.js';

/** How a chain may end for a packet: stopped by something, or handed back to whoever called it. */
interface End {
  readonly blockedBy?: string | undefined;
  readonly mayReturn: boolean;
}

/** What comes of a rule: nothing (`go on`), an end, or an end that may be. */
type Effect = { readonly is: 'go on' } | { readonly is: 'end' | 'perhaps'; readonly end: End };

const GO_ON: Effect = { is: 'go on' };
const ACCEPTED: End = { mayReturn: false };
const RETURNED: End = { mayReturn: true };

/** Statements that neither decide nor change what later rules see. */
const NEUTRAL = [
  'counter',
  'log',
  'last',
  'comment',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'xt_comment',
];
/** Statements that let a rule go on for some packets alone. */
const LIMITING = ['quota', 'ct count', 'set', 'map', 'meter'];
/** More rules than a packet passes in any real ruleset, and more calls than the kernel allows; past it nothing is proven. */
const MOST_RULES = 50_000;
const MOST_CALLS = 16;

const HOOKS = {
  in: ['ingress', 'prerouting', 'input'],
  out: ['output', 'postrouting', 'egress'],
} as const;

/**
 * What would stop `packet`, in words; undefined where it is certain that nothing does. Where it cannot be told whether a
 * rule that stops packets is about this one, it counts as stopped: what is to be proven is that it passes.
 */
export function whatStops(ruleset: NftRuleset, packet: Packet): string | undefined {
  const walk = new Walk(ruleset, packet);
  for (const chain of ruleset.chains) {
    if (!isOnTheWay(chain, packet)) continue;
    const { blockedBy, mayReturn } = walk.chain(chain);
    if (blockedBy !== undefined) return blockedBy;
    if (mayReturn && chain.policy === 'drop') return `the policy of ${nameOf(chain)}`;
  }
  return undefined;
}

function isOnTheWay({ family, type, hook }: NftChain, packet: Packet): boolean {
  if (hook === undefined || !HOOKS[packet.direction].some((one) => one === hook)) return false;
  // Addresses are translated for the first packet of a connection, on the way in.
  if (type === 'nat' && (packet.direction === 'out' || packet.state !== 'new')) return false;
  return family !== 'arp' && family !== (packet.family === 4 ? 'ip6' : 'ip');
}

function nameOf({ family, table, name }: NftChain): string {
  return `chain ${name} of table ${family} ${table}`;
}

class Walk {
  readonly #ruleset: NftRuleset;
  readonly #packet: Packet;
  #rulesLeft = MOST_RULES;
  #calls = 0;

  constructor(ruleset: NftRuleset, packet: Packet) {
    this.#ruleset = ruleset;
    this.#packet = packet;
  }

  chain(chain: NftChain): End {
    let mayReturn = false;
    for (const [index, { statements }] of chain.rules.entries()) {
      const where = `rule ${index + 1} of ${nameOf(chain)}`;
      if (this.#rulesLeft-- <= 0) return { blockedBy: `something after ${where}`, mayReturn };
      const effect = this.#rule(chain, statements, where);
      if (effect.is === 'go on') continue;
      if (effect.end.blockedBy !== undefined) return effect.end;
      mayReturn ||= effect.end.mayReturn;
      if (effect.is === 'end') return { mayReturn };
    }
    return { mayReturn: true };
  }

  #rule(chain: NftChain, statements: readonly Statement[], where: string): Effect {
    const lookUp: LookUp = (name) => this.#ruleset.sets.get(`${chain.family} ${chain.table} ${name}`);
    let isCertain = true;
    for (const statement of statements) {
      const [name, body] = Object.entries(statement)[0] ?? ['', null];
      if (name === 'match') {
        const answer = answerMatch(body, this.#packet, lookUp);
        if (answer === 'no') return GO_ON;
        isCertain &&= answer === 'yes';
      } else if (name === 'limit') {
        // One connection is below any limit: what is over it is about others.
        if (asRecord(body)['inv'] === true) return GO_ON;
      } else if (LIMITING.includes(name)) isCertain = false;
      else if (name === 'vmap') return this.#verdictMap(chain, asRecord(body), { lookUp, isCertain, where });
      else if (!NEUTRAL.includes(name) && !isMark(name, body)) {
        const effect = this.#verdict(chain, name, body, where);
        return isCertain || effect.is === 'go on' ? effect : { is: 'perhaps', end: effect.end };
      }
    }
    return GO_ON;
  }

  /** The element that is certain to match decides; else any that may. `*` stands for what no other element holds. */
  #verdictMap(
    chain: NftChain,
    { key, data }: Readonly<Record<string, unknown>>,
    rule: { lookUp: LookUp; isCertain: boolean; where: string },
  ): Effect {
    const elements = typeof data === 'string' ? rule.lookUp(data.replace(/^@/, '')) : asRecord(data)['set'];
    if (!Array.isArray(elements)) return stopped(`${rule.where}, by a map that packets fill`);
    const answered = (elements as readonly unknown[]).flatMap((element) => {
      const [match, verdict] = Array.isArray(element) ? (element as readonly unknown[]) : [];
      const isRest = match === '*';
      const answer: Answer = isRest ? 'maybe' : answerKey(key, match, this.#packet, rule.lookUp);
      return answer === 'no' ? [] : [{ answer, isRest, verdict }];
    });
    const certain = answered.filter(({ answer }) => answer === 'yes');
    const possible =
      certain.length === 1 && answered.every(({ answer, isRest }) => answer === 'yes' || isRest)
        ? certain
        : answered;
    const effects = possible.map(({ verdict }) => {
      const [name = '', body] = Object.entries(asRecord(verdict))[0] ?? [];
      return this.#verdict(chain, name, body, rule.where);
    });
    const ends = effects.flatMap((effect) => (effect.is === 'go on' ? [] : [effect.end]));
    const [only = GO_ON] = effects;
    if (possible === certain && rule.isCertain) return only;
    return {
      is: 'perhaps',
      end: {
        blockedBy: ends.find(({ blockedBy }) => blockedBy !== undefined)?.blockedBy,
        mayReturn: ends.some(({ mayReturn }) => mayReturn),
      },
    };
  }

  #verdict(chain: NftChain, name: string, body: unknown, where: string): Effect {
    if (name === 'accept') return { is: 'end', end: ACCEPTED };
    if (name === 'return') return { is: 'end', end: RETURNED };
    if (name === 'continue') return GO_ON;
    if (name !== 'jump' && name !== 'goto') return stopped(`${where} (${name})`);
    const target = this.#ruleset.chains.find(
      (one) =>
        one.family === chain.family && one.table === chain.table && one.name === asRecord(body)['target'],
    );
    if (target === undefined || this.#calls >= MOST_CALLS) return stopped(`${where} (${name})`);
    this.#calls += 1;
    const end = this.chain(target);
    this.#calls -= 1;
    if (end.blockedBy !== undefined) return { is: 'end', end };
    if (name === 'goto') return { is: 'end', end };
    return end.mayReturn ? GO_ON : { is: 'end', end };
  }
}

function stopped(blockedBy: string): Effect {
  return { is: 'end', end: { blockedBy, mayReturn: false } };
}

/** Marks are never compared here, so setting one is harmless; rewriting a packet is not. */
function isMark(name: string, body: unknown): boolean {
  if (name !== 'mangle') return false;
  const { meta, ct } = asRecord(asRecord(body)['key']);
  return (
    asRecord(meta)['key'] === 'mark' || asRecord(ct)['key'] === 'mark' || asRecord(meta)['key'] === 'priority'
  );
}
