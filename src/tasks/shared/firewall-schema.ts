import * as z from 'zod';
import { parseNetwork, withoutOverlaps, type Network } from '../../core/networks.js';

/** Protocols without ports, by IANA's numbers: nft does not know the names of all of them everywhere. */
const PROTOCOLS: Readonly<Record<string, number>> = {
  ah: 51,
  esp: 50,
  gre: 47,
  igmp: 2,
  ospf: 89,
  vrrp: 112,
};

/** What a rule is about: ports of TCP or UDP, a protocol as a whole, or everything. */
export type Service =
  | { readonly is: 'ports'; readonly protocol: 'tcp' | 'udp'; readonly first: number; readonly last: number }
  | { readonly is: 'protocol'; readonly number: number }
  | { readonly is: 'any' };

export interface FirewallRule {
  readonly verdict: 'allow' | 'drop' | 'reject';
  readonly services: readonly Service[];
  /** Undefined: from anywhere. */
  readonly from: readonly Network[] | undefined;
  readonly comment: string | undefined;
}

const SHAPE = `has to be tcp/22, udp/53, tcp/8000-8100, any, or one of ${Object.keys(PROTOCOLS).join(', ')}`;

const serviceSchema = z.string().transform((text, context): Service => {
  if (text === 'any') return { is: 'any' };
  const number = PROTOCOLS[text];
  if (number !== undefined && Object.hasOwn(PROTOCOLS, text)) return { is: 'protocol', number };
  const [, protocol, first = '', last = first] = /^(tcp|udp)\/(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const ports = [Number(first), Number(last)] as const;
  if (
    (protocol !== 'tcp' && protocol !== 'udp') ||
    ports[0] < 1 ||
    ports[1] > 65_535 ||
    ports[0] > ports[1]
  ) {
    context.addIssue({ code: 'custom', message: SHAPE });
    return z.NEVER;
  }
  return { is: 'ports', protocol, first: ports[0], last: ports[1] };
});

const servicesSchema = z
  .union([serviceSchema, z.array(serviceSchema).min(1)], { error: SHAPE })
  .transform((services) => [services].flat());

/** One text may name several, so that a loop of a template can write them. */
const sourcesSchema = z.union([z.string(), z.array(z.string())]).transform((written, context): Network[] => {
  const words = [written].flat().flatMap((text) => text.split(/[\s,]+/).filter((word) => word !== ''));
  const networks = words.map(parseNetwork);
  for (const problem of networks.filter((network) => typeof network === 'string'))
    context.addIssue({ code: 'custom', message: problem });
  if (words.length === 0)
    context.addIssue({ code: 'custom', message: 'names nobody: leave it out for everybody' });
  return withoutOverlaps(networks.filter((network) => typeof network !== 'string'));
});

const ruleSchema = z
  .strictObject({
    allow: servicesSchema
      .optional()
      .describe('let in: tcp/22, udp/53, tcp/8000-8100, any, vrrp, …; or a list'),
    drop: servicesSchema.optional().describe('keep out without an answer'),
    reject: servicesSchema.optional().describe('keep out, and say so to the sender'),
    from: sourcesSchema.optional().describe('addresses and networks it is about; left out: everybody'),
    comment: z
      .string()
      .max(120)
      .regex(/^[^\p{Cc}"\\]*$/u, 'must be one line without quotes and backslashes')
      .optional()
      .describe('kept with the rule'),
  })
  .transform(({ allow, drop, reject, from, comment }, context): FirewallRule => {
    const verdicts = Object.entries({ allow, drop, reject }).filter(([, services]) => services !== undefined);
    const [verdict, services] = verdicts[0] ?? [];
    if (verdict === undefined || services === undefined || verdicts.length > 1) {
      context.addIssue({ code: 'custom', message: 'needs exactly one of `allow`, `drop` and `reject`' });
      return z.NEVER;
    }
    return { verdict: verdict as FirewallRule['verdict'], services, from, comment };
  });

export const rulesSchema = z.array(ruleSchema);

/** Network interfaces of one sort, and the rules for what comes in by them. */
export interface FirewallZone {
  readonly interfaces: readonly string[];
  readonly rules: readonly FirewallRule[];
}

/** Names of interfaces, netdevice(7); a star at the end stands for the rest of the name. */
const interfaceSchema = z
  .string()
  .max(15)
  .regex(/^[A-Za-z0-9_.:@-]+\*?$/, 'must be the name of a network interface, with a `*` at most at its end');

const zoneSchema = z.strictObject({
  interfaces: z.array(interfaceSchema).min(1).describe('network interfaces, e.g. eth0 or wg*'),
  rules: rulesSchema.describe('in their order, before those for every interface'),
});

export const zonesSchema = z.record(z.string(), zoneSchema).superRefine((zones, context) => {
  for (const name of Object.keys(zones).filter((zone) => !/^[a-z][a-z0-9_]{0,30}$/.test(zone)))
    context.addIssue({
      code: 'custom',
      path: [name],
      message: 'must be named by a short word of small letters',
    });
});
