import { randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, runProgram } from './run-program.js';

/** The type of overlayfs, statfs(2). */
const OVERLAY_TYPE = 0x794c7630;

/** Overlay's upper layer cannot itself be an overlay: then the lab's folder becomes a tmpfs. */
export async function ensureDiskFolder(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (statfsSync(folder).type !== OVERLAY_TYPE) return;
  await mustRun(['mount', '-t', 'tmpfs', '-o', 'mode=0700', 'homelab-lab', folder]);
}

/** Lays a writable layer in `folder` over the image and returns the root of both. */
export async function mountDisk(folder: string, image: string): Promise<string> {
  const part = (name: string) => join(folder, name);
  for (const name of ['changes', 'work', 'root']) mkdirSync(part(name), { recursive: true });
  // The root folder of the machine is the one of the upper layer.
  chmodSync(part('changes'), 0o755);
  const layers = `lowerdir=${escaped(image)},upperdir=${escaped(part('changes'))},workdir=${escaped(part('work'))}`;
  const mount = (options: string) => ['mount', '-t', 'overlay', 'overlay', '-o', options, part('root')];
  // Nothing of a lab has to survive a power cut, and without syncing packages install much faster (Linux 5.10).
  const { code } = await runProgram(mount(`${layers},volatile`));
  if (code !== 0) await mustRun(mount(layers));
  return part('root');
}

/** Overlayfs takes `,` and `:` for separators unless a backslash is before them. */
const escaped = (path: string) => path.replaceAll(/[\\,:]/g, String.raw`\$&`);

export interface DiskContents {
  readonly hostname: string;
  readonly user: string;
  readonly port: number;
  /** The public key that opens the account, one line. */
  readonly authorizedKey: string;
  readonly hostsFile: string;
  /** `http://ADDRESS:PORT` */
  readonly packageProxy: string;
}

/** Makes the root file system one machine's own: name, identity, host keys, account. Returns its public host keys. */
export async function fillDisk(root: string, contents: DiskContents): Promise<string[]> {
  const { hostname, user, port, packageProxy } = contents;
  const etc = (...path: string[]) => join(root, 'etc', ...path);
  writeFileSync(etc('hostname'), `${hostname}\n`);
  writeFileSync(etc('hosts'), contents.hostsFile);
  writeFileSync(etc('machine-id'), `${randomBytes(16).toString('hex')}\n`);
  writeFileSync(
    etc('apt/apt.conf.d/00lab-proxy'),
    `Acquire::http::Proxy "${packageProxy}";\nAcquire::https::Proxy "${packageProxy}";\nAcquire::Languages "none";\n`,
  );
  if (port !== 22) writeFileSync(etc('ssh/sshd_config.d/lab-port.conf'), `Port ${port}\n`);
  await addAccount(root, user, contents.authorizedKey);
  return Promise.all(
    ['ed25519', 'ecdsa'].map(async (type) => {
      const file = etc(`ssh/ssh_host_${type}_key`);
      await mustRun(['ssh-keygen', '-q', '-t', type, '-N', '', '-C', `root@${hostname}`, '-f', file]);
      return readFileSync(`${file}.pub`, 'utf8').trim().split(' ').slice(0, 2).join(' ');
    }),
  );
}

/** An account that logs in with the key alone and may become root without a password. */
async function addAccount(root: string, user: string, authorizedKey: string): Promise<void> {
  const inside = (argv: readonly string[]) => mustRun(['chroot', root, ...argv]);
  const isThere = accountIn(root, user) !== undefined;
  if (!isThere) await inside(['useradd', '--create-home', '--shell', '/bin/bash', '--', user]);
  const [uid = 0, gid = 0, home = '/root'] = accountIn(root, user) ?? [];
  const folder = join(root, home, '.ssh');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  appendFileSync(join(folder, 'authorized_keys'), `${authorizedKey}\n`, { mode: 0o600 });
  await mustRun(['chown', '-R', `${uid}:${gid}`, folder]);
  if (uid !== 0)
    writeFileSync(join(root, 'etc/sudoers.d/lab'), `${user} ALL=(ALL:ALL) NOPASSWD: ALL\n`, { mode: 0o440 });
}

/** User id, group id and home folder from passwd(5). */
function accountIn(root: string, user: string): [number, number, string] | undefined {
  const lines = readFileSync(join(root, 'etc/passwd'), 'utf8').split('\n');
  const fields = lines.map((line) => line.split(':')).find(([name]) => name === user);
  return fields && [Number(fields[2]), Number(fields[3]), fields[5] ?? '/root'];
}
