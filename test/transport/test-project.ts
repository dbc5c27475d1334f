import { bareHost, type HostConfig, type Inventory } from '../../src/core/host-config.js';
import { Secret } from '../../src/core/secret.js';
import { createTransport, type TransportOptions } from '../../src/transport/create-transport.js';
import type { HomelabTransport } from '../../src/transport/homelab-transport.js';
import { scratchFolder } from './local-shell.js';
import { makeKey, USER } from './private-sshd.js';

/** A home of its own with one key, a project, and hosts; nothing of the real user is read. */
export interface TestProject {
  readonly home: string;
  readonly file: (name: string) => string;
  readonly key: { readonly file: string; readonly line: string };
  readonly questions: string[];
  host(name: string, settings?: Partial<HostConfig>): HostConfig;
  transport(options?: Partial<TransportOptions>): HomelabTransport;
  dispose(): Promise<void>;
}

/** `answer`: what a person types when asked for a secret. */
export function testProject(answer?: string): TestProject {
  const folder = scratchFolder();
  const hosts = new Map<string, HostConfig>();
  const opened: HomelabTransport[] = [];
  const questions: string[] = [];
  const inventory: Inventory = { hosts, groups: new Map(), files: [] };
  return {
    home: folder.path,
    file: folder.file,
    key: makeKey(folder.file('key')),
    questions,
    host: (name, settings = {}) => {
      const host = { ...hostNamed(name), identity: [folder.file('key')], ...settings };
      hosts.set(name, host);
      return host;
    },
    transport: (options = {}) => {
      const transport = createTransport({
        inventory,
        projectKnownHosts: folder.file('inventory/known_hosts'),
        home: folder.path,
        systemKnownHosts: [],
        env: { PATH: process.env['PATH'] },
        askSecret: (question) => {
          questions.push(question);
          return Promise.resolve(answer === undefined ? undefined : new Secret(answer));
        },
        ...options,
      });
      opened.push(transport);
      return transport;
    },
    dispose: async () => {
      await Promise.all(opened.map((transport) => transport.close()));
      folder.dispose();
    },
  };
}

function hostNamed(name: string): HostConfig {
  return bareHost(name, { address: '127.0.0.1', user: USER });
}
