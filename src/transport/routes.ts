import { HomelabError } from '../core/errors.js';
import { bareHost, type HostConfig, type Inventory } from '../core/host-config.js';
import { didYouMean } from '../core/nearest.js';
import type { Endpoint } from './endpoint.js';
import { knownHostName, parsePublicKey } from './known-hosts.js';
import type { SshConfig, SshConfigEntry } from './ssh-config.js';

/** What names a jump that is in no inventory. */
interface Jump {
  readonly name: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
}

export interface RoutesOptions {
  readonly inventory: Inventory;
  readonly config: SshConfig;
  /** The account of hosts that name none. */
  readonly user: string;
  /** Whether the ssh program connects: ways of its own configuration are left to it. Default: false. */
  readonly isProgram?: boolean | undefined;
}

/** More hops than anybody has, few enough to end a circle in ssh_config. */
const MOST_HOPS = 16;

/** Turns hosts into endpoints with their whole way. What the inventory says wins over ssh_config. */
export class Routes {
  readonly #inventory: Inventory;
  readonly #config: SshConfig;
  readonly #user: string;
  readonly #isProgram: boolean;

  constructor({ inventory, config, user, isProgram }: RoutesOptions) {
    this.#inventory = inventory;
    this.#config = config;
    this.#user = user;
    this.#isProgram = isProgram ?? false;
  }

  /**
   * @throws HomelabError `transport/unknown-jump`, `/jump-cycle`, `/proxy-command`, `/bad-host-key`, or what
   *   {@link SshConfig.lookUp} throws
   */
  async resolve(host: HostConfig): Promise<Endpoint> {
    const config = await this.#config.lookUp(host.name);
    const isLeft = this.#isProgram && host.via === undefined;
    return this.#endpoint(host, config, isLeft ? [] : await this.#way(host, config, []));
  }

  /** The jump hosts on the way, nearest to us first, those of ssh_config included. @throws as {@link Routes.resolve} */
  async names(host: HostConfig): Promise<string[]> {
    const way = await this.#way(host, await this.#config.lookUp(host.name), []);
    return way.map((jump) => jump.name);
  }

  async #way(
    host: HostConfig,
    config: SshConfigEntry,
    seen: readonly string[],
  ): Promise<readonly Endpoint[]> {
    if (seen.includes(host.name) || seen.length > MOST_HOPS) throw jumpCycle(host.name, seen);
    if (host.via !== undefined) return this.#wayThrough(host.via.map((name) => this.#host(name, host)));
    if (config.jumps.length === 0) {
      if (config.proxyCommand !== undefined && !this.#isProgram) throw proxyCommand(host.name);
      return [];
    }
    const [first, ...rest] = config.jumps.map((jump) => this.#jump(jump));
    if (first === undefined) return [];
    const before = await this.#way(first, await this.#config.lookUp(first.name), [...seen, host.name]);
    return this.#wayThrough([first, ...rest], before);
  }

  async #wayThrough(
    jumps: readonly HostConfig[],
    before: readonly Endpoint[] = [],
  ): Promise<readonly Endpoint[]> {
    const way = [...before];
    for (const jump of jumps) way.push(this.#endpoint(jump, await this.#config.lookUp(jump.name), [...way]));
    return way;
  }

  #endpoint(host: HostConfig, config: SshConfigEntry, via: readonly Endpoint[]): Endpoint {
    const address = host.address ?? config.address ?? host.name;
    const wanted = host.port ?? config.port ?? 22;
    const user = host.user ?? config.user ?? this.#user;
    const ofConfig = config.identities.length > 0 ? config.identities : undefined;
    const pinned = host.hostKeys.map((text) => parsePublicKey(text) ?? throwBadKey(host));
    const nameAt = (port: number): string =>
      config.hostKeyAlias === undefined
        ? knownHostName(address, port)
        : knownHostName(config.hostKeyAlias, 22);
    const names = [wanted, ...host.otherPorts].map(nameAt);
    const at = (port: number, stated: HostConfig): Endpoint => ({
      name: host.name,
      address,
      port,
      user,
      stated,
      identities: host.identity ?? ofConfig,
      isIdentityFromInventory: host.identity !== undefined,
      isIdentitiesOnly: config.isIdentitiesOnly,
      agent: config.agent,
      others: [],
      knownAs: nameAt(port),
      alsoKnownAs: names.filter((name) => name !== nameAt(port)),
      pinned,
      files: config.knownHostsFiles,
      via,
      key: [...via.map((jump) => jump.key), `${host.name} ${user}@${address}:${port}`].join('>'),
    });
    return { ...at(wanted, host), others: host.otherPorts.map((port) => at(port, { ...host, port })) };
  }

  #host(name: string, wantedBy: HostConfig): HostConfig {
    const host = this.#inventory.hosts.get(name);
    if (host !== undefined) return host;
    throw new HomelabError({
      code: 'transport/unknown-jump',
      host: wantedBy.name,
      source: wantedBy.source,
      message: `${wantedBy.name} is reached via ${name}, which is no host of the inventory`,
      hint: didYouMean(name, this.#inventory.hosts.keys()) ?? 'Add it to the inventory.',
    });
  }

  /** `[user@]host[:port]` or `ssh://…` of ProxyJump: a host of the inventory by its bare name, else a stranger. */
  #jump(written: string): HostConfig {
    const { name, user, port } = parseJump(written);
    const known = this.#inventory.hosts.get(name);
    if (known !== undefined)
      return { ...known, user: user ?? known.user, ...(port && { port, otherPorts: [] }) };
    return stranger({ name, user, port });
  }
}

/** ssh_config(5), ProxyJump. Brackets hold an IPv6 address. */
export function parseJump(written: string): Jump {
  const bare = written.replace(/^ssh:\/\//, '');
  const at = bare.lastIndexOf('@');
  const [, inBrackets, plain = '', digits] =
    /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(bare.slice(at + 1)) ?? [];
  return {
    name: inBrackets ?? (plain === '' ? bare.slice(at + 1) : plain),
    user: at < 0 ? undefined : bare.slice(0, at),
    port: digits === undefined ? undefined : Number(digits),
  };
}

/** A jump host that ssh_config alone knows. */
function stranger({ name, user, port }: Jump): HostConfig {
  return bareHost(name, { user, port, source: { file: 'ssh_config', line: 1, column: 1 } });
}

function jumpCycle(name: string, seen: readonly string[]): HomelabError {
  return new HomelabError({
    code: 'transport/jump-cycle',
    host: name,
    message: `The way to ${name} leads in a circle: ${[...seen, name].join(' -> ')}`,
    hint: 'Correct ProxyJump in the ssh configuration, or give the host via in the inventory.',
  });
}

function proxyCommand(name: string): HomelabError {
  return new HomelabError({
    code: 'transport/proxy-command',
    host: name,
    message: `The ssh configuration reaches ${name} by a ProxyCommand, which the transport ssh2 does not know`,
    hint: 'Set transport: openssh for the host, or give it via in the inventory (an empty list where it is reached directly).',
  });
}

function throwBadKey(host: HostConfig): never {
  throw new HomelabError({
    code: 'transport/bad-host-key',
    host: host.name,
    source: host.source,
    message: `host_key of ${host.name} is not a public key`,
    hint: 'Write type and key as in a .pub file: ssh-ed25519 AAAA…',
  });
}
