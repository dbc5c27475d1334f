import { HomelabError } from '../core/errors.js';
import type { Reader } from '../core/reader.js';

/** What a host says about whether it runs what is installed. */
export interface RebootMarks {
  /** The file by which the system's own packages ask for a reboot is there. */
  readonly isAsked: boolean;
  /** Names of the packages that asked, as far as they are told. */
  readonly askedBy: readonly string[];
  /** A container has the kernel of the machine it runs on. */
  readonly isContainer: boolean;
  /** `uname -r`; empty where it is not told. */
  readonly runningKernel: string;
  /** Kernels that have both an image in /boot and modules, as `uname -r` would call them. */
  readonly kernels: readonly string[];
  /** Whether needs-restarting(1) of dnf says so; undefined where there is none. */
  readonly isNeededByDnf: boolean | undefined;
  /** Modules are loaded, and those of the running kernel are gone: Arch and Alpine keep one kernel. */
  readonly lacksModules: boolean;
  /** `kernel`, `initrd`, `kernel-modules`: what of the newest system of NixOS is another than was booted. */
  readonly nixosParts: readonly string[];
  /** Whether zypper(8) says so. */
  readonly isNeededByZypper: boolean;
  /** Whether needrestart(1) says so, NEEDRESTART-KSTA 2 or 3; false as well where it was not asked. */
  readonly isNeededByNeedrestart: boolean;
}

/** The key by which needrestart is asked too, which takes it a second or more. */
export const THOROUGH = 'thorough';

/** It compares what runs with what is in /boot, and the microcode of the processor only where it is told to. */
const NEEDRESTART = `if command -v needrestart >/dev/null 2>&1; then
  needrestart -b -k 2>/dev/null </dev/null | sed -n 's/^NEEDRESTART-KSTA: */needrestart=/p'
fi
`;

/** Most names that are taken of one sort: a reboot has no thousand reasons. */
const MOST_NAMES = 100;

/**
 * The marks of a host; the key says nothing but {@link THOROUGH}. /run/reboot-required is Debian's (update-notifier, unattended-upgrades,
 * kernel packages), /run/reboot-needed SUSE's. Answer: `NAME=VALUE`, one a line.
 * @throws HomelabError `probes/no-answer` where the host did not get to the end
 */
export const rebootMarks: Reader<RebootMarks> = {
  name: 'reboot-marks',
  script: (keys) => `for mark in /run/reboot-required /var/run/reboot-required /run/reboot-needed; do
  if [ -e "$mark" ]; then printf 'asked=\\n'; break; fi
done
if [ -r /run/reboot-required.pkgs ]; then
  while IFS= read -r line || [ -n "$line" ]; do printf 'by=%s\\n' "$line"; done </run/reboot-required.pkgs
fi
if [ -e /run/systemd/container ] || [ -e /.dockerenv ] || [ -e /run/.containerenv ]; then
  printf 'container=\\n'
elif tr '\\0' '\\n' </proc/1/environ 2>/dev/null | grep '^container=.' >/dev/null; then
  printf 'container=\\n'
fi
printf 'running=%s\\n' "$(uname -r)"
for image in /boot/vmlinuz-*; do
  kernel=\${image#/boot/vmlinuz-}
  if [ -e "$image" ] && [ -d "/lib/modules/$kernel" ]; then printf 'kernel=%s\\n' "$kernel"; fi
done
if command -v needs-restarting >/dev/null 2>&1; then
  printf 'dnf=%s\\n' "$(needs-restarting -r 2>/dev/null | grep -i 'reboot is required' | head -n 1)"
fi
if [ -s /proc/modules ] && [ -d /lib/modules ] && [ ! -d "/lib/modules/$(uname -r)" ]; then printf 'modules=\\n'; fi
if [ -e /run/booted-system ]; then
  for part in kernel initrd kernel-modules; do
    booted=$(readlink -f "/run/booted-system/$part")
    for newest in /run/current-system /nix/var/nix/profiles/system; do
      if [ -e "$newest" ] && [ "$(readlink -f "$newest/$part")" != "$booted" ]; then printf 'nixos=%s\\n' "$part"; fi
    done
  done
fi
if command -v zypper >/dev/null 2>&1; then
  zypper --non-interactive needs-rebooting >/dev/null 2>&1
  if [ "$?" = 102 ]; then printf 'zypper=\\n'; fi
fi
${keys.includes(THOROUGH) ? NEEDRESTART : ''}printf 'end=\\n'`,
  parse: ({ stdout }, keys) => {
    const answers = parseAnswers(stdout);
    if (!answers.has('end')) throw noAnswer();
    const all = (name: string): readonly string[] => answers.get(name) ?? [];
    const marks: RebootMarks = {
      isAsked: answers.has('asked'),
      askedBy: [...new Set(all('by').filter(isName))].slice(0, MOST_NAMES),
      isContainer: answers.has('container'),
      runningKernel: all('running').find(isName) ?? '',
      kernels: all('kernel').filter(isName).slice(0, MOST_NAMES),
      isNeededByDnf: answers.has('dnf') ? all('dnf').some((text) => text !== '') : undefined,
      lacksModules: answers.has('modules'),
      nixosParts: [...new Set(all('nixos').filter(isName))],
      isNeededByZypper: answers.has('zypper'),
      isNeededByNeedrestart: all('needrestart').some((state) => state === '2' || state === '3'),
    };
    return keys.map(() => marks);
  },
};

function parseAnswers(text: string): Map<string, string[]> {
  const answers = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const at = line.indexOf('=');
    if (at <= 0) continue;
    const name = line.slice(0, at);
    answers.set(name, [...(answers.get(name) ?? []), line.slice(at + 1)]);
  }
  return answers;
}

/** What a package or a kernel can be called; anything else is not shown to anybody. */
function isName(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._+:~-]{0,127}$/.test(text);
}

function noAnswer(): HomelabError {
  return new HomelabError({
    code: 'probes/no-answer',
    message: 'the host did not tell whether it has to be rebooted',
    hint: 'homelab needs a POSIX shell with `uname` in the PATH of the host.',
  });
}
