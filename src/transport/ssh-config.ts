import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { HomelabError } from '../core/errors.js';

/** What ssh_config(5) says about one host. Undefined or empty: nothing, or only ssh's own default. */
export interface SshConfigEntry {
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly identities: readonly string[];
  /** Offer the identity files only, not whatever else an agent holds. */
  readonly isIdentitiesOnly: boolean;
  /** A socket, `none`, or `SSH_AUTH_SOCK`. */
  readonly agent: string | undefined;
  /** `[user@]host[:port]`, nearest to us first. */
  readonly jumps: readonly string[];
  readonly proxyCommand: string | undefined;
  readonly knownHostsFiles: readonly string[];
  readonly hostKeyAlias: string | undefined;
}

export interface SshConfigOptions {
  /** A file, or `none`; undefined: the user's own, if there is one. */
  readonly file: string | undefined;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether the ssh program connects: then the machine's own file counts, whether the user has one or not. */
  readonly isProgram?: boolean | undefined;
}

const NOTHING: SshConfigEntry = {
  address: undefined,
  port: undefined,
  user: undefined,
  identities: [],
  isIdentitiesOnly: false,
  agent: undefined,
  jumps: [],
  proxyCommand: undefined,
  knownHostsFiles: [],
  hostKeyAlias: undefined,
};

/** Asks `ssh -G`, which alone knows Match, Include and tokens. Each name once; nothing is started without a file. */
export class SshConfig {
  readonly #options: SshConfigOptions;
  readonly #file: string | undefined;
  readonly #entries = new Map<string, Promise<SshConfigEntry>>();

  /** @throws HomelabError `transport/no-ssh-config` where a named file is not there */
  constructor(options: SshConfigOptions) {
    this.#options = options;
    const own = join(options.home, '.ssh', 'config');
    const wanted =
      options.file === 'none' ? undefined : (options.file ?? (existsSync(own) ? own : undefined));
    if (wanted !== undefined && !existsSync(wanted))
      throw new HomelabError({
        code: 'transport/no-ssh-config',
        message: `There is no ssh configuration at ${wanted}`,
        hint: 'Give --ssh-config an existing file, or none.',
      });
    this.#file = wanted;
  }

  /** How ssh is told which configuration counts. Without -F the machine's own counts too, as it does for the user. */
  get argv(): readonly string[] {
    const isDefault = this.#options.file === undefined && this.#options.home === userInfo().homedir;
    return isDefault ? [] : ['-F', this.#file ?? 'none'];
  }

  /** @throws HomelabError `transport/bad-ssh-config` where ssh refuses the file */
  lookUp(name: string): Promise<SshConfigEntry> {
    const isAsked = this.#file !== undefined || (this.#options.isProgram === true && this.argv.length === 0);
    // ssh would take such a name for an option.
    if (!isAsked || name.startsWith('-') || name === '') return Promise.resolve(NOTHING);
    const entry = this.#entries.get(name) ?? this.#ask(name, this.#file ?? 'the ssh configuration');
    this.#entries.set(name, entry);
    return entry;
  }

  async #ask(name: string, file: string): Promise<SshConfigEntry> {
    const args = ['-G', ...this.argv, '--', name];
    const answer = await new Promise<string | undefined>((resolve, reject) => {
      execFile('ssh', args, { env: this.#options.env, timeout: 10_000 }, (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else if (error.code === 'ENOENT') resolve(undefined);
        else reject(badConfig(file, stderr));
      });
    });
    return answer === undefined ? NOTHING : parseEntry(answer, name, this.#options.home);
  }
}

function badConfig(file: string, stderr: string): HomelabError {
  return new HomelabError({
    code: 'transport/bad-ssh-config',
    message: `ssh cannot read ${file}: ${stderr.trim().slice(0, 300)}`,
    hint: 'Correct the file, or leave it out with --ssh-config none.',
  });
}

/** What `ssh -G` lists for a host without any IdentityFile; then our own defaults count. */
const DEFAULT_IDENTITY = /^~\/\.ssh\/id_(rsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss|dsa)$/;

/** The output of `ssh -G NAME`: one `keyword value` a line, keywords in lower case. Exported for its tests. */
export function parseEntry(text: string, name: string, home: string): SshConfigEntry {
  const values = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, keyword = '', value = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    values.set(keyword, [...(values.get(keyword) ?? []), value]);
  }
  const one = (keyword: string): string | undefined => {
    const value = values.get(keyword)?.[0];
    return value === undefined || value === 'none' ? undefined : value;
  };
  const identities = values.get('identityfile') ?? [];
  const files = `${one('userknownhostsfile') ?? ''} ${one('globalknownhostsfile') ?? ''}`;
  return {
    address: one('hostname') === name ? undefined : one('hostname'),
    port: one('port') === '22' ? undefined : Number(one('port') ?? 22),
    user: one('user'),
    identities: identities.every((file) => DEFAULT_IDENTITY.test(file)) ? [] : identities,
    isIdentitiesOnly: one('identitiesonly') === 'yes',
    agent: values.get('identityagent')?.[0],
    jumps: (one('proxyjump') ?? '').split(',').filter((jump) => jump !== ''),
    proxyCommand: one('proxycommand'),
    knownHostsFiles: files
      .split(' ')
      .filter((file) => file !== '')
      .map((file) => expandHome(file, home)),
    hostKeyAlias: one('hostkeyalias'),
  };
}

/** `~` and `~/…` as the user's home. Another user's home stays as written. */
export function expandHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path;
}
