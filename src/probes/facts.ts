import { HomelabError } from '../core/errors.js';
import type { Facts } from '../core/facts.js';
import type { Reader } from '../core/reader.js';
import { architecture, coreCount, globalAddresses, opensshVersion, osRelease } from './fact-values.js';

/** In the order they are looked for; where two are there, the first one counts. */
const PACKAGE_MANAGERS: Readonly<Record<string, string>> = {
  'apt-get': 'apt',
  dnf: 'dnf',
  apk: 'apk',
  pacman: 'pacman',
  zypper: 'zypper',
  'nix-env': 'nix',
};

/** Program loaders: which programs a machine runs may be less than its kernel could. */
const LOADERS = [
  '/lib64/ld-linux-x86-64.so.2',
  '/lib/ld-linux.so.2',
  '/lib/ld-linux-aarch64.so.1',
  '/lib/ld-linux-armhf.so.3',
  '/lib/ld-linux.so.3',
];

/**
 * What a machine is. The key says nothing. The shell reads the small files itself; `uname`, `ip` and `sshd -V` are the only
 * processes, and without systemd two more for the container. Answer: `NAME=VALUE`, each ended by NUL.
 * @throws HomelabError `probes/no-answer` where not even `uname` answered
 */
export const facts: Reader<Facts> = {
  name: 'facts',
  script: () => `slurp() {
  [ -r "$2" ] || return 0
  printf '%s=' "$1"
  while IFS= read -r line || [ -n "$line" ]; do printf '%s\\n' "$line"; done <"$2"
  printf '\\0'
}
first() {
  line=
  [ ! -r "$2" ] || IFS= read -r line <"$2" || true
  printf '%s=%s\\0' "$1" "$line"
}
for release in /etc/os-release /usr/lib/os-release; do
  if [ -r "$release" ]; then slurp os "$release"; break; fi
done
printf 'uname=%s\\0' "$(uname -s -n -m)"
first kernel /proc/sys/kernel/osrelease
first hostname /proc/sys/kernel/hostname
first memory /proc/meminfo
first cores /sys/devices/system/cpu/online
first process1 /proc/1/comm
if [ -d /run/systemd/system ]; then printf 'init=systemd\\0'; elif [ -d /run/openrc ]; then printf 'init=openrc\\0'; fi
if [ -d /run/systemd/system ]; then first container /run/systemd/container
elif [ -e /run/.containerenv ]; then printf 'container=podman\\0'
elif [ -e /.dockerenv ]; then printf 'container=docker\\0'
else printf 'container=%s\\0' "$(tr '\\0' '\\n' 2>/dev/null </proc/1/environ | sed -n 's/^container=//p')"
fi 2>/dev/null
for program in ${Object.keys(PACKAGE_MANAGERS).join(' ')}; do
  if command -v "$program" >/dev/null 2>&1; then printf 'packages=%s\\0' "$program"; break; fi
done
for loader in ${LOADERS.join(' ')}; do
  if [ -e "$loader" ]; then printf 'loader=%s\\0' "$loader"; fi
done
if command -v sshd >/dev/null 2>&1; then printf 'sshd=%s\\0' "$(sshd -V 2>&1)"; fi
printf 'addresses=%s\\0' "$(ip -o addr show 2>/dev/null || hostname -I 2>/dev/null)"`,
  parse: ({ stdout }, keys) => {
    const answers = parseAnswers(stdout);
    const read = toFacts((name) => answers.get(name)?.[0] ?? '', answers.get('loader') ?? []);
    return keys.map(() => read);
  },
};

function parseAnswers(text: string): Map<string, string[]> {
  const answers = new Map<string, string[]>();
  for (const answer of text.split('\0')) {
    const at = answer.indexOf('=');
    if (at <= 0) continue;
    const name = answer.slice(0, at);
    answers.set(name, [...(answers.get(name) ?? []), answer.slice(at + 1)]);
  }
  return answers;
}

function toFacts(answer: (name: string) => string, loaders: readonly string[]): Facts {
  const [system = '', node = '', machine = ''] = answer('uname').trim().split(/\s+/);
  if (machine === '') throw noAnswer();
  const memoryKib = /^MemTotal:\s+(\d{1,15}) kB/.exec(answer('memory'))?.[1] ?? '0';
  return {
    os: osRelease(answer('os'), plain(system)),
    arch: architecture(plain(machine), loaders),
    init: initName(answer('init'), answer('process1')),
    container: plain(answer('container')).toLowerCase(),
    package_manager: PACKAGE_MANAGERS[answer('packages')] ?? 'none',
    kernel: plain(answer('kernel')),
    hostname: plain(answer('hostname')) || plain(node),
    addresses: globalAddresses(answer('addresses')),
    memory_mib: Math.floor(Number(memoryKib) / 1024),
    cores: coreCount(answer('cores')),
    openssh_version: opensshVersion(answer('sshd')),
  };
}

/** openrc and busybox both call process 1 `init`; a folder of openrc's own tells them apart. */
function initName(mark: string, process1: string): string {
  if (mark === 'systemd' || mark === 'openrc') return mark;
  const name = plain(process1);
  return name === 'init' || name === 'linuxrc' ? 'busybox' : name || 'unknown';
}

/** A word from a host, fit to be shown and compared: no control characters, not longer than a name can be. */
function plain(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .trim()
    .slice(0, 255);
}

function noAnswer(): HomelabError {
  return new HomelabError({
    code: 'probes/no-answer',
    message: 'the host did not tell what it is: `uname` gave nothing',
    hint: 'homelab needs a POSIX system with `uname` in the PATH of the host.',
  });
}
