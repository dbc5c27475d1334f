import { HomelabError } from '../../core/errors.js';
import type { ReadableHost } from '../../core/task.js';
import {
  sshdConfigs,
  sshdQuestion,
  type SshdAnswer,
  type SshdQuestion,
  type SshdReport,
} from '../../probes/sshd-configs.js';
import type { SshdMatch } from '../../render/sshd-config.js';
import { observedValues, refuseOverruled, wantedValues, type SshdEffect } from './sshd-effect.js';
import { includesFirst, SSHD_MAIN_FILE, withIncludeFirst } from './sshd-include.js';
import { dropInText, reportedName, sampleConnection, type SshdDropIn } from './sshd-params.js';

/** A drop-in and where it lies. */
export interface SshdFile extends SshdDropIn {
  readonly file: string;
}

interface SampledBlock {
  /** As a person counts. */
  readonly number: number;
  readonly block: SshdMatch;
  /** As `sshd -T -C` takes it. */
  readonly connection: string;
}

/** Blocks of which a connection can be named. */
function sampledBlocks({ match }: SshdDropIn): SampledBlock[] {
  return match.flatMap((block, index) => {
    const connection = sampleConnection(block);
    return connection === undefined ? [] : [{ number: index + 1, block, connection }];
  });
}

/** What to ask sshd of the settings: for everybody, and for each block that can be sampled. */
export function questionOf(wanted: SshdDropIn): SshdQuestion {
  const { settings } = wanted;
  const names = Object.keys(settings).map(reportedName);
  const borrowed = ['hostkey', 'hostkeyagent', 'port'].filter((name) => !names.includes(name));
  const connections = ['', ...sampledBlocks(wanted).map(({ connection }) => connection)];
  return { connections, alone: dropInText(wanted), borrowed };
}

/** What each part of the settings comes to, with the beginning of its fields' names. */
function effectsOf(answer: SshdAnswer, wanted: SshdFile): { prefix: string; effect: SshdEffect }[] {
  const parts = [
    { prefix: '', settings: wanted.settings },
    ...sampledBlocks(wanted).map(({ number, block }) => ({
      prefix: `match.${number}.`,
      settings: block.settings,
    })),
  ];
  return parts.flatMap(({ prefix, settings }, index) => {
    const [effective, alone] = [answer.effective[index], answer.alone[index]];
    if (effective === undefined || alone === undefined) return [];
    return [{ prefix, effect: { settings, effective, alone, file: wanted.file } }];
  });
}

/** What the settings come to, as fields of a state. */
export function observedFields(answer: SshdAnswer, wanted: SshdFile): [string, string | null][] {
  return effectsOf(answer, wanted).flatMap(({ prefix, effect }) =>
    observedValues(effect).map(([keyword, value]): [string, string | null] => [`${prefix}${keyword}`, value]),
  );
}

/** Asks sshd about the files as they would be, and changes nothing. @throws HomelabError as {@link refuseUnlike}, `task/cannot-check` */
export async function tryCandidate(host: ReadableHost, wanted: SshdFile, main: string): Promise<void> {
  const candidates = {
    [wanted.file]: dropInText(wanted),
    [SSHD_MAIN_FILE]: includesFirst(main, wanted.file) ? main : withIncludeFirst(main, wanted.file),
  };
  const question = sshdQuestion({ ...questionOf(wanted), candidates });
  const tried = await host.read(sshdConfigs, question);
  if (tried?.canTry !== true)
    throw new HomelabError({
      code: 'task/cannot-check',
      message: 'whether sshd takes these settings cannot be found out: `unshare -m` does not work there',
      hint: 'Install util-linux there, and let the container mount: they are tried where nobody else sees them.',
    });
  refuseUnlike(tried, wanted);
}

/** @throws HomelabError `task/refused-settings` where sshd does not take them, `task/overruled` */
export function refuseUnlike(answer: SshdAnswer, wanted: SshdFile): void {
  for (const report of [...answer.alone, ...answer.effective]) requireTaken(report);
  for (const { effect } of effectsOf(answer, wanted)) refuseOverruled(effect);
}

/** @throws HomelabError `task/refused-settings` where sshd did not take the configuration that it was asked about */
export function requireTaken({ values, complaint }: SshdReport): void {
  if (values !== undefined) return;
  throw new HomelabError({
    code: 'task/refused-settings',
    message: `sshd does not take this configuration: ${complaint}`,
    hint: /no hostkeys available|Permission denied/.test(complaint)
      ? 'sshd has to see its host keys: set `become: sudo` for the host in the inventory, or connect as root.'
      : 'Nothing was written. sshd_config(5) of that host says what its version knows.',
  });
}

/** The same fields as they are wanted. */
export function desiredFields(wanted: SshdDropIn): [string, string][] {
  const blocks = sampledBlocks(wanted).flatMap(({ number, block }) =>
    wantedValues(block.settings).map(([keyword, value]): [string, string] => [
      `match.${number}.${keyword}`,
      value,
    ]),
  );
  return [...wantedValues(wanted.settings), ...blocks];
}
