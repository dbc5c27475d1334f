import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { HomelabError } from '../../core/errors.js';
import { quote } from '../../core/quote.js';
import { writeWholeFile } from '../../core/write-whole-file.js';
import type { CheckJob } from './check-job.js';
import { checkScript, type ScriptFiles } from './check-script.js';
import { crontabPart, findPart, withPart, type FoundPart } from './crontab-part.js';
import { badEvery } from './every.js';
import { nextCronRun } from './next-cron-run.js';
import { ownText } from './own-file.js';
import type { RunProgram } from './run-program.js';
import type { LastCheck, Scheduled, Scheduler, ScheduleStatus } from './scheduler.js';

export interface CronOptions {
  /** Where the script is written, and what it keeps; absolute. */
  readonly folder: string;
  readonly run: RunProgram;
}

const CRON_HINT =
  'Write hourly, daily, weekly, monthly, 15m, 6h, 03:30, Sun 03:00, or the five fields of cron.';
/** What crontab(1) says of an account that has none: Debian and cronie, busybox. */
const NO_CRONTAB = /no crontab for|can't open .*No such file/is;

/** Checks by an entry in the account's crontab, where there is no systemd. */
export class CronScheduler implements Scheduler {
  readonly kind = 'cron';
  readonly #options: CronOptions;

  constructor(options: CronOptions) {
    this.#options = options;
  }

  async install(job: CheckJob): Promise<Scheduled> {
    const { name, project, words } = job;
    const { cron: fields, written } = job.every;
    if (fields === undefined)
      throw badEvery(written, 'cron cannot say that, and this machine has no systemd', CRON_HINT);
    const files = this.#files(name);
    const before = await this.#crontab();
    const found = requireOwn(findPart(before, name), name);
    const part = crontabPart({
      name,
      fields,
      mark: { project, every: written, words },
      script: files.script,
    });
    const script = checkScript(job, files);
    const oldScript = ownText(files.script);
    if (found?.text === part && oldScript === script) return 'unchanged';
    writeScript(files.script, script);
    try {
      await this.#write(withPart(before, name, part));
    } catch (thrown) {
      if (oldScript === undefined) rmSync(files.script, { force: true });
      else writeScript(files.script, oldScript);
      throw thrown;
    }
    return found === undefined ? 'new' : 'replaced';
  }

  async remove(name: string): Promise<boolean> {
    const before = await this.#crontab();
    const found = requireOwn(findPart(before, name), name);
    const files = this.#files(name);
    const hasScript = ownText(files.script) !== undefined;
    if (found !== undefined) await this.#write(withPart(before, name, ''));
    if (hasScript) removeAll(Object.values(files), this.#options.folder);
    return found !== undefined || hasScript;
  }

  async status(name: string): Promise<ScheduleStatus | undefined> {
    const found = findPart(await this.#crontab(), name);
    if (found === undefined || found === 'foreign') return undefined;
    const { last, log } = this.#files(name);
    const fields = /^((?:\S+ ){5})\/bin\/sh /m.exec(found.text)?.[1]?.trim();
    const next = fields === undefined ? undefined : nextCronRun(fields, new Date());
    return {
      ...found.mark,
      last: lastOf(last),
      next: next?.toISOString() ?? null,
      isActive: true,
      output: `cat ${quote(log)}`,
    };
  }

  #files(name: string): ScriptFiles {
    const file = (ending: string): string => join(this.#options.folder, `${name}.${ending}`);
    return { script: file('sh'), lock: file('lock'), log: file('log'), last: file('last') };
  }

  /** Empty where the account has none. */
  async #crontab(): Promise<string> {
    const { code, stdout, stderr } = await this.#options.run(['crontab', '-l']);
    if (code === 0) return stdout;
    if (NO_CRONTAB.test(stderr)) return '';
    throw refused('-l', stderr);
  }

  async #write(text: string): Promise<void> {
    const words = text === '' ? ['-r'] : ['-'];
    const { code, stderr } = await this.#options.run(['crontab', ...words], text);
    if (code !== 0) throw refused(words.join(' '), stderr);
  }
}

function requireOwn(found: FoundPart, name: string): Exclude<FoundPart, 'foreign'> {
  if (found !== 'foreign') return found;
  throw new HomelabError({
    code: 'schedule/foreign-file',
    message: `the lines after # BEGIN ${name} in the crontab were not written by homelab: they are left as they are`,
    hint: 'Look at them with `crontab -e`, take them out where nobody needs them, and run this again.',
  });
}

/** Only for this account: it holds how its keys are found. */
function writeScript(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeWholeFile(path, text, 0o700);
  } catch (cause) {
    throw new HomelabError({
      code: 'schedule/unwritable',
      message: `cannot write ${path} (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
      hint: 'Make the folder writable for this account, or name another as `state` in homelab.yml.',
      cause,
    });
  }
}

/** The folder as well, unless there is something else in it. */
function removeAll(files: readonly string[], folder: string): void {
  for (const file of files) rmSync(file, { force: true });
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

function lastOf(path: string): LastCheck | null {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return null;
  }
  const [, seconds, code] = /^(\d{1,12}) (\d{1,3})\n$/.exec(text) ?? [];
  if (seconds === undefined) return null;
  const at = new Date(Number(seconds) * 1000).toISOString();
  return { at, isRunning: false, exitCode: Number(code), failure: null };
}

function refused(words: string, stderr: string): HomelabError {
  return new HomelabError({
    code: 'schedule/crontab',
    message: `crontab ${words}: ${stderr.trim() || 'it says nothing'}`,
    hint: 'Has this account a crontab (see /etc/cron.allow and /etc/cron.deny)?',
  });
}
