// Writes dist/code-cache.bin: what V8 compiled while some commands ran, each in a process of its own.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);
const { HEADER_BYTES } = require('../bin/code-cache.js');

const scratch = mkdtempSync(join(tmpdir(), 'homelab-code-'));
try {
  const project = join(scratch, 'project');
  writeProject(project);
  recordSecrets(project);
  // The last one that loads a file decides what of it is kept; so those that do most come last.
  for (const args of [['tasks', 'file'], ['lab', 'status'], ['--help'], ['validate', '-C', project]])
    record(args);
  record(['plan', '-C', project]);
  writeFileSync(join(root, 'dist', 'code-cache.bin'), pack(join(scratch, 'code')));
} finally {
  rmSync(scratch, { recursive: true });
}

/** One host that is this computer, one behind a jump host that nobody answers for: enough to load every room. */
function writeProject(folder) {
  cpSync(join(root, 'test/lab/fixtures/forty'), folder, { recursive: true });
  const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBoM4ypyNbL2B1yzXnKNIyXXN9QQGZjGRNfzV6EzZRZv';
  const inventory = {
    vars: { domain: 'lab.test', beat_seconds: 5 },
    groups: { inner: {} },
    hosts: {
      here: { transport: 'local', become: 'none', groups: ['inner'] },
      jump: { address: '127.0.0.1', port: 1, host_key: hostKey },
      far: { address: '127.0.0.2', via: 'jump', host_key: hostKey },
    },
  };
  writeFileSync(join(folder, 'inventory', 'hosts.yml'), JSON.stringify(inventory));
}

/** Encrypts and opens a file of the project, which is plain again afterwards. */
function recordSecrets(project) {
  const identity = join(scratch, 'age.txt');
  const file = join(scratch, 'sealed.txt');
  const settings = join(project, 'homelab.yml');
  record(['secret', 'keygen', '--output', identity]);
  const [, recipient] = /^# public key: (.*)$/m.exec(readFileSync(identity, 'utf8'));
  writeFileSync(settings, JSON.stringify({ recipients: recipient, identity }));
  writeFileSync(file, 'plain');
  record(['secret', 'encrypt', '-C', project, file]);
  record(['secret', 'view', '-C', project, file]);
  rmSync(settings);
}

/** Runs a command, whatever comes of it, and keeps the code of every file that it loaded. */
function record(args) {
  const recorder = join(root, 'scripts', 'record-code.cjs');
  const env = { ...process.env, HOME: scratch, HOMELAB_RECORD_CODE: join(scratch, 'code') };
  try {
    execFileSync(process.execPath, [recorder, ...args], { env, stdio: 'ignore' });
  } catch {
    // A plan with changes and hosts that are not reached ends with another code than 0.
  }
}

function pack(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  if (files.length === 0) throw new Error('no command left any code to keep');
  const index = {};
  const parts = [];
  let offset = 0;
  for (const { name, parentPath, path } of files) {
    const file = join(parentPath ?? path, name);
    const code = readFileSync(file);
    // V8 copies what does not begin at a multiple of eight.
    const padding = Buffer.alloc((8 - (code.length % 8)) % 8);
    index[file.slice(folder.length + 1)] = [offset, code.length];
    parts.push(code, padding);
    offset += code.length + padding.length;
  }
  const unpadded = JSON.stringify(index);
  const text = unpadded + ' '.repeat((8 - ((HEADER_BYTES + unpadded.length) % 8)) % 8);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(Buffer.byteLength(text), 0);
  return Buffer.concat([header, Buffer.from(text), ...parts]);
}
