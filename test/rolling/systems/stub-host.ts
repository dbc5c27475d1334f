import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import type { Facts } from '../../../src/core/facts.js';
import { FACT_EXAMPLES } from '../../../src/core/facts.js';
import type { RemoteShell } from '../../../src/core/shell.js';
import { localShell } from '../../transport/local-shell.js';

/** A host whose programs print what was recorded of real ones: by program, the shell text that stands for it. */
export interface StubHost {
  readonly shell: RemoteShell;
  /** Where the host's `/` is. */
  readonly root: string;
}

const hosts: { shell: RemoteShell; root: string }[] = [];
afterAll(async () => {
  await Promise.all(hosts.map(({ shell }) => shell.close()));
  for (const { root } of hosts) rmSync(root, { recursive: true, force: true });
});

/** Its `/var`, `/etc` and `/nix` lie in a folder of the test. */
export function stubHost(programs: Readonly<Record<string, string>>): StubHost {
  const root = mkdtempSync(join(tmpdir(), 'homelab-stub-'));
  for (const folder of ['bin', 'var/lib', 'var/cache', 'nix', 'etc/nixos']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(root, 'bin', name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(root, 'bin', name), 0o755);
  }
  const own = localShell(['dash']);
  const here = (script: string): string =>
    `PATH=${root}/bin:$PATH\n${script.replaceAll('PATH=/usr', `PATH=${root}/bin:/usr`).replaceAll(/(?<![\w$/}])\/(var|nix|etc)\//g, `${root}/$1/`)}`;
  const shell: RemoteShell = {
    roundTrips: 0,
    read: () => Promise.reject(new Error('nothing is read')),
    run: (sections, options) =>
      own.run(
        sections.map(({ script }) => ({ script: here(script) })),
        options,
      ),
    close: () => own.close(),
  };
  hosts.push({ shell, root });
  return { shell, root };
}

/** Facts of a machine that is kept with `manager`. */
export function factsOf(manager: string, more: Partial<Facts> = {}): Facts {
  return { ...FACT_EXAMPLES, package_manager: manager, ...more };
}
