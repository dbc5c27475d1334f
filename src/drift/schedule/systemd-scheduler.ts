import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { HomelabError } from '../../core/errors.js';
import { writeWholeFile } from '../../core/write-whole-file.js';
import { checkCalendar } from './check-calendar.js';
import type { CheckJob } from './check-job.js';
import { badEvery, EVERY_HINT } from './every.js';
import { ownText } from './own-file.js';
import { rootCapabilities } from './root-capabilities.js';
import type { Ended, RunProgram } from './run-program.js';
import { readMark } from './schedule-mark.js';
import type { Scheduled, Scheduler, ScheduleStatus } from './scheduler.js';
import { serviceUnit } from './service-unit.js';
import { PROPERTIES, runsOf } from './systemd-runs.js';
import { timerUnit } from './timer-unit.js';

export interface SystemdOptions {
  /** The machine's own service manager, or the user's. */
  readonly isSystem: boolean;
  /** Where units are written, absolute. */
  readonly folder: string;
  readonly run: RunProgram;
}

/** Checks by a timer of systemd. */
export class SystemdScheduler implements Scheduler {
  readonly kind;
  readonly #options: SystemdOptions;

  constructor(options: SystemdOptions) {
    this.#options = options;
    this.kind = options.isSystem ? ('systemd' as const) : ('systemd-user' as const);
  }

  async install(job: CheckJob): Promise<Scheduled> {
    const { run, isSystem, folder } = this.#options;
    const { calendar, written } = job.every;
    if (calendar === undefined)
      throw badEvery(written, 'that is for cron, and this machine has systemd', EVERY_HINT);
    const periodSeconds = await checkCalendar(calendar, run);
    const capabilities = isSystem ? rootCapabilities(job) : [];
    const wanted = [
      serviceUnit(job, { isSystem, capabilities }),
      timerUnit(job, { calendar, periodSeconds, isSystem }),
    ];
    const files = this.#files(job.name);
    const before = files.map(ownText);
    const timer = `${job.name}.timer`;
    const isSame = wanted.every((text, index) => text === before[index]);
    if (isSame && (await this.#isOn(timer))) return 'unchanged';
    try {
      mkdirSync(folder, { recursive: true });
      writeAll(files, wanted);
      await this.#must('daemon-reload');
      await this.#must('enable', '--quiet', timer);
      await this.#must('restart', timer);
    } catch (thrown) {
      await this.#putBack(job.name, before);
      throw unwritable(folder, thrown);
    }
    return before.every((text) => text === undefined) ? 'new' : 'replaced';
  }

  async remove(name: string): Promise<boolean> {
    const files = this.#files(name);
    const isThere = files.map((file) => ownText(file) !== undefined);
    if (!isThere.includes(true)) return false;
    const timer = `${name}.timer`;
    const off = ['disable', '--quiet', '--now', timer];
    // What somebody has taken a file of away by hand cannot be disabled, and has to go all the same.
    await (isThere.includes(false) ? this.#systemctl(...off) : this.#must(...off));
    // A check that is at it right now changes nothing: it may be cut off.
    await this.#systemctl('stop', `${name}.service`);
    // The stamp of Persistent=, which would make a check up where the project is scheduled again later.
    await this.#systemctl('clean', '--what=state', timer);
    for (const file of files) rmSync(file, { force: true });
    await this.#must('daemon-reload');
    await this.#systemctl('reset-failed', `${name}.service`, timer);
    return true;
  }

  async status(name: string): Promise<ScheduleStatus | undefined> {
    const [service] = this.#files(name).map(ownText);
    const mark = service === undefined ? undefined : readMark(service);
    if (mark === undefined) return undefined;
    const { stdout } = await this.#must(
      'show',
      `${name}.timer`,
      `${name}.service`,
      `--property=${PROPERTIES}`,
    );
    const journal = this.#options.isSystem ? 'journalctl' : 'journalctl --user';
    return { ...mark, ...runsOf(stdout), output: `${journal} -u ${name}.service` };
  }

  #files(name: string): readonly string[] {
    return ['service', 'timer'].map((type) => join(this.#options.folder, `${name}.${type}`));
  }

  async #isOn(timer: string): Promise<boolean> {
    const answers = [await this.#systemctl('is-enabled', timer), await this.#systemctl('is-active', timer)];
    return answers.every(({ code }) => code === 0);
  }

  /** As it was before, as far as systemd lets us. */
  async #putBack(name: string, before: readonly (string | undefined)[]): Promise<void> {
    const timer = `${name}.timer`;
    const wasThere = before.every((text) => text !== undefined);
    if (!wasThere) await this.#systemctl('disable', '--quiet', '--now', timer);
    writeAll(this.#files(name), before);
    await this.#systemctl('daemon-reload');
    if (wasThere) await this.#systemctl('restart', timer);
  }

  #systemctl(...words: readonly string[]): Promise<Ended> {
    const scope = this.#options.isSystem ? [] : ['--user'];
    return this.#options.run(['systemctl', ...scope, '--no-pager', '--no-ask-password', ...words]);
  }

  /** @throws HomelabError `schedule/systemd` with what it said */
  async #must(...words: readonly string[]): Promise<Ended> {
    const ended = await this.#systemctl(...words);
    if (ended.code === 0) return ended;
    const scope = this.#options.isSystem ? '' : ' --user';
    throw new HomelabError({
      code: 'schedule/systemd',
      message: `systemctl${scope} ${words.join(' ')}: ${ended.stderr.trim() || `exit code ${ended.code}`}`,
      hint: this.#options.isSystem
        ? 'Run this as root, on a machine that systemd has booted.'
        : 'Run this in a login of this account; `systemctl --user` has to work there (XDG_RUNTIME_DIR).',
    });
  }
}

/** Undefined: the file goes. */
function writeAll(files: readonly string[], texts: readonly (string | undefined)[]): void {
  files.forEach((file, index) => {
    const text = texts[index];
    if (text === undefined) rmSync(file, { force: true });
    else writeWholeFile(file, text, 0o644);
  });
}

function unwritable(folder: string, thrown: unknown): unknown {
  if (thrown instanceof HomelabError) return thrown;
  return new HomelabError({
    code: 'schedule/unwritable',
    message: `cannot write units in ${folder} (${(thrown as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
    hint: 'Make the folder writable for this account.',
    cause: thrown,
  });
}
