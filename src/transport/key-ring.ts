import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import type { BaseAgent, IdentityCallback, ParsedKey, SignCallback, SigningRequestOptions } from 'ssh2';
import { HomelabError } from '../core/errors.js';
import type { Endpoint } from './endpoint.js';
import type { IdentityFile, IdentityFiles } from './identity-file.js';
import { fingerprint, hostKeyOf, type HostKey } from './known-hosts.js';
import { expandHome } from './ssh-config.js';

interface Offer {
  readonly key: HostKey;
  /** For a message: what was tried. */
  readonly label: string;
  /** Undefined: the agent signs. */
  readonly file: IdentityFile | undefined;
}

export interface KeyRingSources {
  readonly files: IdentityFiles;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** In ~/.ssh, where nobody names another. */
export const DEFAULT_NAMES = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** The keys to offer to one host, in order, each to be signed with by an agent or a file. Looks like an agent to ssh2. */
export class KeyRing extends ssh2.BaseAgent {
  readonly #offers: readonly Offer[];
  readonly #agent: BaseAgent | undefined;
  #hasAsked = false;
  #asking = 0;
  #failure: HomelabError | undefined;
  #signedWith: HostKey | undefined;

  private constructor(offers: readonly Offer[], agent: BaseAgent | undefined) {
    super();
    this.#offers = offers;
    this.#agent = agent;
  }

  /**
   * The order is that of OpenSSH, since every refused offer counts against the server's MaxAuthTries: keys named for
   * the host, then the agent's others, then the default files.
   * @throws HomelabError `transport/no-identity` where a named file is not there; `transport/bad-identity`
   */
  static async collect(endpoint: Endpoint, sources: KeyRingSources): Promise<KeyRing> {
    const agent = agentOf(endpoint, sources);
    const held = (await heldKeys(agent)).map(({ key }) => key);
    const named = await namedFiles(endpoint, sources);
    const files = named ?? (await defaultFiles(sources));
    const fromAgent = held.map((key) => ({
      key,
      label: `agent key ${key.type} ${fingerprint(key)}`,
      file: undefined,
    }));
    const isHeld = (file: IdentityFile): boolean => held.some((key) => key.blob.equals(file.publicKey.blob));
    const fromFiles = files.map((file) => ({
      key: file.publicKey,
      label: isHeld(file) ? `${file.path} (in the agent)` : file.path,
      file: isHeld(file) ? undefined : file,
    }));
    const others = fromAgent.filter(
      (offer) => !files.some((file) => file.publicKey.blob.equals(offer.key.blob)),
    );
    const extra = endpoint.isIdentitiesOnly ? [] : others;
    return new KeyRing(named === undefined ? [...extra, ...fromFiles] : [...fromFiles, ...extra], agent);
  }

  /** What is offered, in words. */
  get labels(): readonly string[] {
    return this.#offers.map((offer) => offer.label);
  }

  /** A certificate beside one of the key files, which ssh2 cannot show to the server. */
  get certificate(): string | undefined {
    return this.#offers.map(({ file }) => `${file?.path}-cert.pub`).find((path) => existsSync(path));
  }

  /** Whether a person was asked for a passphrase since the ring was made: the server may have lost patience meanwhile. */
  get hasAsked(): boolean {
    return this.#hasAsked;
  }

  /** Whether a person is being asked right now: then no clock should run. */
  get isAsking(): boolean {
    return this.#asking > 0;
  }

  /** Why a key that the server wanted could not be used. */
  get failure(): HomelabError | undefined {
    return this.#failure;
  }

  /** The key that was signed with last: once logged in, the one that the server has accepted. */
  get signedWith(): HostKey | undefined {
    return this.#signedWith;
  }

  override getIdentities(callback: IdentityCallback): void {
    callback(
      undefined,
      this.#offers.map((offer) => offer.key.blob),
    );
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    callback?: SignCallback,
  ): void {
    const answer = typeof options === 'function' ? options : (callback ?? (() => undefined));
    const settings = typeof options === 'function' ? {} : options;
    const wanted = key.getPublicSSH();
    const offer = this.#offers.find((candidate) => candidate.key.blob.equals(wanted));
    this.#signedWith = offer?.key;
    if (offer?.file === undefined) {
      this.#agent?.sign(key, data, settings, answer);
      return;
    }
    this.#signWithFile(offer.file, data, settings.hash).then(
      (signature) => answer(undefined, signature),
      (thrown: unknown) => {
        if (thrown instanceof HomelabError) this.#failure ??= thrown;
        answer(thrown instanceof Error ? thrown : new Error('cannot sign'));
      },
    );
  }

  async #signWithFile(file: IdentityFile, data: Buffer, hash: string | undefined): Promise<Buffer> {
    this.#hasAsked ||= file.isLocked;
    this.#asking += 1;
    const key = await file.unlock().finally(() => (this.#asking -= 1));
    const signature: Buffer | Error = key.sign(data, hash);
    if (signature instanceof Error) throw signature;
    return signature;
  }
}

function agentOf(endpoint: Endpoint, { home, env }: KeyRingSources): BaseAgent | undefined {
  const wanted = endpoint.agent ?? 'SSH_AUTH_SOCK';
  if (wanted === 'none') return undefined;
  const variable = /^\$?\{?([A-Z_][A-Z0-9_]*)\}?$/.exec(wanted)?.[1];
  const socket = variable === undefined ? expandHome(wanted, home) : env[variable];
  return socket === undefined || socket === '' ? undefined : ssh2.createAgent(socket);
}

/** A key that an agent holds, and what it calls it. */
export interface HeldKey {
  readonly key: HostKey;
  readonly comment: string;
}

/** The keys of the agent that counts for a host. */
export function agentKeys(endpoint: Endpoint, sources: KeyRingSources): Promise<HeldKey[]> {
  return heldKeys(agentOf(endpoint, sources));
}

/** An agent that does not answer holds nothing. */
function heldKeys(agent: BaseAgent | undefined): Promise<HeldKey[]> {
  return new Promise((resolve) => {
    if (agent === undefined) {
      resolve([]);
      return;
    }
    agent.getIdentities((error, keys) => {
      const parsed = (error ? [] : (keys ?? [])).map((key) => ssh2.utils.parseKey(key as ParsedKey));
      resolve(parsed.flatMap((key) => (key instanceof Error ? [] : heldKeyOf(key))));
    });
  });
}

function heldKeyOf(parsed: ParsedKey): HeldKey[] {
  const key = hostKeyOf(parsed.getPublicSSH());
  return key === undefined ? [] : [{ key, comment: parsed.comment }];
}

async function namedFiles(
  endpoint: Endpoint,
  { files, home }: KeyRingSources,
): Promise<IdentityFile[] | undefined> {
  if (endpoint.identities === undefined) return undefined;
  const found: IdentityFile[] = [];
  for (const written of endpoint.identities.filter((path) => path !== 'none')) {
    const file = await files.load(expandHome(written, home));
    if (file === undefined && endpoint.isIdentityFromInventory)
      throw new HomelabError({
        code: 'transport/no-identity',
        host: endpoint.name,
        message: `The identity ${written} of ${endpoint.name} is not there`,
        hint: `Correct identity in the inventory, or make the key: ssh-keygen -t ed25519 -f ${written}`,
      });
    if (file !== undefined) found.push(file);
  }
  return found;
}

/** The user's own keys. One that cannot be used is passed over, as OpenSSH does. */
async function defaultFiles({ files, home }: KeyRingSources): Promise<IdentityFile[]> {
  const loaded = await Promise.all(
    DEFAULT_NAMES.map((name) => files.load(join(home, '.ssh', name)).catch(() => undefined)),
  );
  return loaded.filter((file) => file !== undefined);
}

/** Whom this process runs as, for hosts that name no user. */
export function localUser(): string {
  return userInfo().username;
}
