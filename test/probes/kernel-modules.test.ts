import { describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { kernelModuleName, kernelModules } from '../../src/probes/kernel-modules.js';
import { parseText, runScript, SHELLS } from './shells.js';

/** Folders as a kernel and its package make them. */
function kernel(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kernel-'));
  for (const name of ['loop', 'br_netfilter', 'printk'])
    mkdirSync(join(folder, 'sys/module', name), { recursive: true });
  for (const name of ['loop', 'br_netfilter'])
    writeFileSync(join(folder, 'sys/module', name, 'initstate'), 'live\n');
  const lib = join(folder, 'lib/modules', release());
  mkdirSync(lib, { recursive: true });
  writeFileSync(
    join(lib, 'modules.builtin'),
    'kernel/fs/ext4.ko\nkernel/net/nf-tables.ko\nkernel/x/my_loop2.ko\nkernel/x/zfs.ko.xz\n',
  );
  return folder;
}

describe('kernel-modules', () => {
  test.each(SHELLS)('by %s', (_name, shell) => {
    const folder = kernel();
    const keys = ['loop', 'br_netfilter', 'printk', 'ext4', 'nf_tables', 'loop2', 'zfs', 'none', '_x'];
    const script = kernelModules
      .script(keys)
      .replaceAll('"/sys/', `"${folder}/sys/`)
      .replaceAll('"/lib/', `"${folder}/lib/`);
    expect(kernelModules.parse(runScript(shell, script), keys)).toEqual([
      'loaded',
      'loaded',
      'builtin',
      'builtin',
      'builtin',
      'missing',
      'builtin',
      'missing',
      'missing',
    ]);
    rmSync(folder, { recursive: true });
  });

  test('what is not one of the answers is none', () => {
    expect(parseText(kernelModules, '0:live\n7:loaded\nloaded\n', ['a', 'b'])).toEqual([
      'missing',
      'missing',
    ]);
  });

  test('dashes and underscores are the same', () => {
    expect(kernelModuleName('nf-conntrack_ftp')).toBe('nf_conntrack_ftp');
  });
});
