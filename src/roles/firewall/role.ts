import * as z from 'zod';
import type { Facts } from '../../core/facts.js';
import { defineRole, type RolePort } from '../../core/role.js';
import { isLoopback } from '../shared/dns-schema.js';
import { networkSchema } from '../shared/network-schema.js';

const servicesSchema = z.union([z.string(), z.array(z.string()).min(1)]);

/** As the kind `firewall` takes it, which looks at it closer. */
const ruleSchema = z.strictObject({
  allow: servicesSchema.optional().describe('let in: tcp/22, udp/53, tcp/8000-8100, any, vrrp, …; or a list'),
  drop: servicesSchema.optional().describe('keep out without an answer'),
  reject: servicesSchema.optional().describe('keep out, and say so to the sender'),
  from: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe('addresses and networks it is about'),
  comment: z.string().optional().describe('kept with the rule'),
});

const params = z.strictObject({
  allow: z
    .array(ruleSchema)
    .default([])
    .describe('rules of your own, as the kind `firewall` takes them; before those of the roles of the host'),
  ssh_from: z
    .array(networkSchema)
    .min(1)
    .optional()
    .describe('networks that SSH is let in from; left out: any. The jump host of a host has to be in them'),
  trusted: z
    .array(z.string().regex(/^[A-Za-z0-9_.:@-]{1,15}\*?$/, 'must be the name of a network interface'))
    .default([])
    .describe('network interfaces that everything is let in by, e.g. virbr0, docker0, wg*'),
  close_undeclared: z
    .boolean()
    .default(false)
    .describe('close ports at which something listens and that no rule names; false: that is an error'),
});

/** Why the host has no firewall of its own; undefined: it can have one. */
function whyNot({ os, init, container }: Facts): string | undefined {
  if (os.family === 'nixos') return 'NixOS is told by `networking.firewall` of its configuration';
  if (container === 'docker' || container === 'podman')
    return `a container of ${container} is guarded by the machine that it runs on`;
  if (init !== 'systemd' && init !== 'openrc')
    return `nothing is known that loads rules at boot under ${init}`;
  return undefined;
}

/** A rule's comment holds no quotes and no line ends. */
function commentOf(what: string): string {
  return what.replaceAll(/[\p{Cc}"\\]/gu, ' ').slice(0, 120);
}

function isForNobody({ from }: RolePort): boolean {
  return from?.length === 0;
}

/** What listens at addresses that only the host itself reaches needs no rule. */
function isOutOfReach({ from, listener }: RolePort): boolean {
  return from?.length === 0 && listener?.addresses.every(isLoopback) === true;
}

function ruleOf(listening: RolePort) {
  const { protocol, port, from, what } = listening;
  const [place, comment] = [`${protocol}/${port}`, commentOf(what)];
  if (isForNobody(listening)) return { drop: place, comment };
  return { allow: place, ...(from === undefined ? {} : { from }), comment };
}

/** What comes in is dropped, but what the inventory says it serves. What is forwarded (Docker, routers) is left alone. */
export default defineRole({
  summary: 'Only what the host serves comes in: SSH, the ports of its roles, and your own rules',
  params,
  examples: [
    {},
    {
      ssh_from: ['192.168.1.0/24', 'fd00::/8'],
      allow: [{ allow: ['tcp/80', 'tcp/443'] }, { allow: 'tcp/445', from: '192.168.1.0/24' }],
      trusted: ['wg0'],
    },
    { close_undeclared: true },
  ],
  refuses: whyNot,
  items: (wanted, { host, ports }) => {
    const { allow, ssh_from: from, trusted, close_undeclared: isClosing } = wanted;
    const ssh = { protocol: 'tcp', from, what: 'SSH' } as const;
    // The role that keeps sshd says that it listens, not to whom: its rule would let in whom `ssh_from` keeps out.
    const others = ports.filter(
      (one) => (one.protocol !== 'tcp' || !host.ports.includes(one.port)) && !isOutOfReach(one),
    );
    // What one role lets in another one may not need: the first rule counts.
    const [shut, open] = [others.filter(isForNobody), others.filter((one) => !isForNobody(one))];
    const rules = [
      ...host.ports.map((port) => ruleOf({ ...ssh, port })),
      ...allow,
      ...[...open, ...shut].map(ruleOf),
    ];
    const zones = { trusted: { interfaces: trusted, rules: [{ allow: 'any' }] } };
    return {
      items: [
        { name: 'package', kind: 'package', params: { names: ['nftables'] } },
        {
          name: 'rules',
          kind: 'firewall',
          params: { rules, ...(trusted.length === 0 ? {} : { zones }), spare_listeners: !isClosing },
        },
      ],
    };
  },
});
