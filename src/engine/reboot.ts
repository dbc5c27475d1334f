import { setTimeout as delay } from 'node:timers/promises';
import { HomelabError, toHomelabError } from '../core/errors.js';
import type { RemoteShell } from '../core/shell.js';
import type { RebootStep } from '../core/step.js';

/** A host that is to be rebooted. */
export interface RebootTarget {
  readonly name: string;
  readonly shell: RemoteShell;
  /** Another shell, over the same route and with the same checks. @throws HomelabError `transport/…` */
  readonly open: () => Promise<RemoteShell>;
  /** The first pause between two looks; each next one is longer. Default: 0.2 s. */
  readonly pauseMs?: number | undefined;
}

const BOOT_ID = 'cat /proc/sys/kernel/random/boot_id';
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3000;
const ANSWER_TIMEOUT_MS = 10_000;
/** How long a machine that is up may still be starting things. */
const SETTLE_SECONDS = 60;
/** An exit code from here on means: ended by a signal, as everything is while a machine goes down. */
const FIRST_SIGNAL_CODE = 128;

/** Both leave the work to process 1 and end at once, so that the answer comes back before the link goes. */
const REBOOT = `if [ -d /run/systemd/system ]; then systemctl --no-ask-password reboot
elif command -v reboot >/dev/null 2>&1; then reboot
else shutdown -r now; fi`;

/** Waits, but not for ever, until what starts at boot has started. How that went is not this script's business. */
const SETTLE = `if [ -d /run/systemd/system ]; then
  timeout ${SETTLE_SECONDS} systemctl is-system-running --wait >/dev/null 2>&1
else
  left=${SETTLE_SECONDS}
  while [ -e /run/openrc/rc.starting ] && [ "$left" -gt 0 ]; do sleep 1; left=$((left - 1)); done
fi
true`;

/**
 * Boots the host anew. Proof is a boot id that was not there before (random(4)): that the connection was lost and came
 * back says nothing. A host that shows another key meanwhile (a boot loader that asks for a passphrase over SSH) is not
 * talked to, and waited for.
 * @returns a shell of the new boot; undefined where no return is expected and the host has gone down
 * @throws HomelabError `engine/reboot-…`; `transport/…` where the connection is lost before the reboot was asked for
 */
export async function rebootHost(
  target: RebootTarget,
  { timeoutMs, isReturnExpected }: RebootStep,
): Promise<RemoteShell | undefined> {
  const deadline = performance.now() + timeoutMs;
  const before = await readBootId(target.shell, target.name);
  await askForReboot(target);
  const isOver = (look: Look): boolean => look.is === 'new' || (!isReturnExpected && look.is === 'away');
  let pauseMs = target.pauseMs ?? FIRST_PAUSE_MS;
  for (;;) {
    await delay(pauseMs);
    const look = await lookAt(target, before);
    if (isOver(look)) return look.is === 'new' ? leaveIfGone(look.shell, isReturnExpected) : undefined;
    if (performance.now() >= deadline) throw notBack(target.name, look, timeoutMs);
    pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
  }
}

/** What one look at a host found that was asked to reboot. */
type Look =
  | { readonly is: 'new'; readonly shell: RemoteShell }
  | { readonly is: 'same' }
  | { readonly is: 'away'; readonly error: HomelabError };

async function lookAt(target: RebootTarget, before: string): Promise<Look> {
  let shell: RemoteShell | undefined;
  try {
    shell = await target.open();
    if ((await readBootId(shell, target.name)) !== before) {
      await shell.run([{ script: SETTLE }], { timeoutMs: (SETTLE_SECONDS + 10) * 1000 });
      return { is: 'new', shell };
    }
    await shell.close();
    return { is: 'same' };
  } catch (thrown) {
    await shell?.close();
    const error = toHomelabError(thrown);
    if (!error.code.startsWith('transport/')) throw error;
    return { is: 'away', error };
  }
}

/** A host that came back so fast that nobody saw it away takes no further part all the same: so it was said. */
async function leaveIfGone(shell: RemoteShell, isReturnExpected: boolean): Promise<RemoteShell | undefined> {
  if (isReturnExpected) return shell;
  await shell.close();
  return undefined;
}

async function readBootId(shell: RemoteShell, host: string): Promise<string> {
  const [result] = await shell.run([{ script: BOOT_ID }], { timeoutMs: ANSWER_TIMEOUT_MS });
  const id = result?.stdout.toString('latin1').trim() ?? '';
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id;
  throw new HomelabError({
    code: 'engine/reboot-no-proof',
    message: `${host} does not tell its boot id, so a reboot could not be proven`,
    hint: 'homelab reads /proc/sys/kernel/random/boot_id, which every Linux has. Reboot it by hand.',
    host,
  });
}

/** Returns once the reboot is under way. A connection that ends meanwhile is the best of answers. */
async function askForReboot({ shell, name }: RebootTarget): Promise<void> {
  let code: number;
  let stderr: string;
  try {
    const [result] = await shell.run([{ script: REBOOT }], { timeoutMs: ANSWER_TIMEOUT_MS });
    code = result?.code ?? 0;
    stderr = result?.stderr.toString('utf8').trim() ?? '';
  } catch (thrown) {
    if (toHomelabError(thrown).code.startsWith('transport/')) return;
    throw thrown;
  }
  if (code === 0 || code >= FIRST_SIGNAL_CODE) return;
  throw new HomelabError({
    code: 'engine/reboot-refused',
    message: `${name} refuses to reboot: exit code ${code}${stderr === '' ? '' : `\n${stderr}`}`,
    hint: 'The account needs to be root there (`become: sudo`).',
    host: name,
  });
}

function notBack(host: string, look: Look, timeoutMs: number): HomelabError {
  const time = `${timeoutMs / 1000} s`;
  if (look.is !== 'away') {
    return new HomelabError({
      code: 'engine/reboot-not-down',
      message: `${host} was asked to reboot and after ${time} still runs the boot of before`,
      hint: 'Something keeps it from going down: see `systemctl list-jobs` there.',
      host,
    });
  }
  return new HomelabError({
    code: 'engine/reboot-not-back',
    message: `${host} went down to reboot and is not back after ${time}: ${look.error.message}`,
    hint: 'Look at its console. A slow machine needs a longer `timeout`; one that is not to come back needs `returns: false`.',
    host,
    cause: look.error,
  });
}
