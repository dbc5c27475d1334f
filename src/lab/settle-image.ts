import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { ImageRecipe } from './image-recipe.js';

/** Units that a machine without a console or a network of its own making would wait for. */
const MASKED_UNITS = ['console-getty.service', 'systemd-networkd-wait-online.service'];

/** Work on their own clock would lock apt, or change a machine, in the middle of a rehearsal. */
const DISABLED_UNITS = ['timers.target.wants/apt-daily.timer', 'timers.target.wants/apt-daily-upgrade.timer'];

/** Makes a fresh root file system into an image: nothing in it belongs to this computer or to one machine alone. */
export function settleImage(root: string, recipe: ImageRecipe): void {
  const system = join(root, 'etc/systemd/system');
  for (const unit of MASKED_UNITS) {
    rmSync(join(system, unit), { force: true });
    symlinkSync('/dev/null', join(system, unit));
  }
  for (const unit of DISABLED_UNITS) rmSync(join(system, unit), { force: true });

  const ssh = join(root, 'etc/ssh');
  for (const name of readdirSync(ssh).filter((name) => name.startsWith('ssh_host_'))) rmSync(join(ssh, name));
  // mmdebstrap copies these two from the computer it runs on.
  rmSync(join(root, 'etc/hostname'), { force: true });
  rmSync(join(root, 'etc/resolv.conf'), { force: true });
  writeFileSync(
    join(root, 'etc/resolv.conf'),
    '# No name server: the lab has no way out but the package proxy.\n',
  );
  writeFileSync(join(root, 'etc/machine-id'), '');

  for (const keyring of recipe.keyrings) {
    const copy = join(root, keyring);
    if (existsSync(copy)) continue;
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(keyring, copy);
  }
}
