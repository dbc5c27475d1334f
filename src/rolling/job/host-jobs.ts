import { HomelabError, InternalError } from '../../core/errors.js';
import type { RemoteShell } from '../../core/shell.js';
import { askHost, lastWords, type HostAnswer } from '../ask-host.js';
import { forgetScript, JOB_EXIT, lookScript, startScript } from './job-script.js';
import type { HostJobs, JobState } from './upgrade-job.js';

/** Characters of what a job printed that are kept. */
const MOST_OUTPUT = 16 * 1024;

/**
 * Jobs on a host, in `/var/lib/homelab/jobs`. Needs root there. Losing the connection, a daemon that is loaded anew and the end
 * of the login leave them alone; a reboot waits for them; what is cut off all the same is `lost`.
 * @throws HomelabError `rolling/job-not-started`, `rolling/job-running`, `transport/…`
 */
export const hostJobs: HostJobs = {
  start: async (shell, job) => {
    if (!Number.isInteger(job.limitSeconds) || job.limitSeconds < 1)
      throw new InternalError(`A job of ${job.limitSeconds} s`);
    refuseOddId(job.id);
    const answer = await askHost(shell, startScript(job));
    if (answer.code !== 0) throw notStarted(job.id, answer);
  },
  look: async (shell, id) => {
    refuseOddId(id);
    return parseState(await askHost(shell, lookScript(id)));
  },
  forget: async (shell: RemoteShell, id: string) => {
    refuseOddId(id);
    const { code } = await askHost(shell, forgetScript(id));
    if (code === JOB_EXIT.isRunning) throw stillRunning(id);
  },
};

/** What {@link lookScript} printed: the state on the first line, what the job had printed after it. */
function parseState({ stdout }: HostAnswer): JobState {
  const at = stdout.indexOf('\n');
  const [word, code] = stdout.slice(0, Math.max(at, 0)).split(' ');
  switch (word) {
    case 'unknown':
    case 'running':
    case 'lost':
      return { is: word };
    case 'ended':
      if (code !== undefined && /^\d{1,3}$/.test(code))
        return { is: 'ended', code: Number(code), output: lastWords(stdout.slice(at + 1), MOST_OUTPUT) };
      return { is: 'lost' };
    default:
      throw new HomelabError({
        code: 'rolling/no-answer',
        message: 'the host did not tell how far the upgrade is',
        hint: 'homelab needs to be root there (`become: sudo`).',
      });
  }
}

/** Ids are made by us; they become names of files and units. */
function refuseOddId(id: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,99}$/.test(id)) throw new InternalError(`A job cannot be called ${id}`);
}

function notStarted(id: string, { code, stderr }: HostAnswer): HomelabError {
  const said = lastWords(stderr);
  return new HomelabError({
    code: 'rolling/job-not-started',
    message: `the upgrade could not be started (${id})${said === '' ? `: exit code ${code}` : `: ${said}`}`,
    hint:
      code === JOB_EXIT.noRoom
        ? 'Its script is kept in /var/lib/homelab/jobs: see whether there is room, and whether homelab is root there.'
        : 'It is started with systemd-run, or with setsid where there is no systemd: try that on the host.',
  });
}

function stillRunning(id: string): HomelabError {
  return new HomelabError({
    code: 'rolling/job-running',
    message: `the job ${id} is not over`,
    hint: 'Wait until it has ended.',
  });
}
