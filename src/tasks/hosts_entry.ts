import { isIP } from 'node:net';
import * as z from 'zod';
import type { State } from '../core/state.js';
import { defineTask, type ReadableHost } from '../core/task.js';
import { foundText, readTextFile, writeText } from './shared/edited-file.js';
import { canonicalAddress, editHosts, findNames, type FoundNames } from './shared/hosts-edit.js';

const PATH = '/etc/hosts';

/** hosts(5) and RFC 1123; an underscore is in use. */
const NAME =
  /^(?!.{254})[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*$/;

const params = z
  .strictObject({
    address: z
      .string()
      .refine((address) => isIP(address) !== 0, 'must be an IPv4 or IPv6 address')
      .describe('IPv4 or IPv6 address'),
    names: z
      .array(
        z
          .string()
          .regex(NAME, 'must be a host name: letters, digits, dashes and dots')
          .refine((name) => isIP(name) === 0, 'is an address, not a name'),
      )
      .refine(
        (names) => new Set(names.map((name) => name.toLowerCase())).size === names.length,
        'names a host twice',
      )
      .optional()
      .describe(
        'its names, the canonical one first; they are taken from other addresses of the same family, and other ' +
          'names of the address stay. With `state: absent`: those to remove, left out: all',
      ),
    first: z
      .boolean()
      .default(false)
      .describe('they stand before its other names: what the address is called is the first of them'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('absent takes the names from this address; a line without a name goes'),
  })
  .superRefine(({ address, names, state, first }, context) => {
    const complain = (message: string): void =>
      context.addIssue({ code: 'custom', path: ['names'], message });
    if (state === 'present' && names === undefined) complain('are missing');
    if (names?.length === 0) complain('are empty');
    if (state === 'absent' && first) complain('cannot be first where they are to be absent');
    const isLoopback = address.startsWith('127.') || canonicalAddress(address) === '::1';
    if (
      state === 'present' &&
      !isLoopback &&
      names?.some((name) => name.toLowerCase() === 'localhost') === true
    )
      complain('hold localhost, which belongs to the loopback address');
  });

type HostsEntryParams = z.output<typeof params>;

function editOf({
  address,
  names = [],
  state,
  first: isFirst,
}: HostsEntryParams): Parameters<typeof editHosts>[1] {
  return { address, names, state, isFirst };
}

/** Whether those of `names` that are found stand in the order of `names`. */
function isInOrder(names: readonly string[], found: readonly string[]): boolean {
  const wanted = names.map((name) => name.toLowerCase());
  const places = found.map((name) => wanted.indexOf(name.toLowerCase())).filter((place) => place !== -1);
  return places.every((place, index) => index === 0 || place > (places[index - 1] ?? -1));
}

function presentState({ names = [], first: isFirst }: HostsEntryParams, found: FoundNames): State {
  const own = found.names.filter((name) => names.some((one) => one.toLowerCase() === name.toLowerCase()));
  return {
    ...Object.fromEntries(
      names.map((name) => {
        const addresses = found.addresses.get(name) ?? [];
        return [`names.${name}`, addresses.length === 0 ? null : addresses.join(' ')];
      }),
    ),
    order: isInOrder(names, own) ? names.join(' ') : own.join(' '),
    ...(isFirst ? { canonical: calledAs(names, found) } : {}),
  };
}

/** What the address is called, in the spelling of `names` where it is the first of them. */
function calledAs([wanted = '']: readonly string[], { names: [found] }: FoundNames): string | null {
  return found?.toLowerCase() === wanted.toLowerCase() ? wanted : (found ?? null);
}

/** Only the names of this address: those that others have stay. */
function absentState({ names }: HostsEntryParams, found: FoundNames): State {
  const isMeant = (name: string): boolean =>
    names?.some((one) => one.toLowerCase() === name.toLowerCase()) ?? true;
  return Object.fromEntries(found.names.filter(isMeant).map((name) => [`names.${name}`, 'present']));
}

/** Never null: that there is no file means no more than that there are no names. */
async function probe(host: ReadableHost, wanted: HostsEntryParams): Promise<State> {
  const file = await readTextFile(host, PATH);
  const found = findNames(file?.content.text ?? '', editOf(wanted));
  return {
    ...(wanted.state === 'absent' ? absentState(wanted, found) : presentState(wanted, found)),
    ...file,
  };
}

function desired(wanted: HostsEntryParams): State {
  const { address, names = [], state, first: isFirst } = wanted;
  if (state === 'absent') return { 'names.*': null };
  const canonical = canonicalAddress(address) ?? address;
  return {
    ...Object.fromEntries(names.map((name) => [`names.${name}`, canonical])),
    order: names.join(' '),
    ...(isFirst ? { canonical: names[0] ?? null } : {}),
  };
}

/** Names of an address in /etc/hosts. */
export default defineTask<HostsEntryParams>({
  summary: 'Host names stand for an address in /etc/hosts, and for no other of its family',
  params,
  examples: [
    { address: '10.0.1.5', names: ['nas.lan', 'nas'] },
    { address: '2001:db8::5', names: ['nas.lan', 'nas'] },
    { address: '10.0.1.4', state: 'absent' },
  ],
  desired,
  probe,
  touches: () => [`path:${PATH}`],
  steps: ({ params: wanted, before }) => [
    writeText(PATH, editHosts(foundText(before), editOf(wanted)), before),
  ],
});
