import { describe, expect, test } from '@jest/globals';
import type { HostMarks } from '../../../src/core/drift.js';
import { bareHost, type HostConfig } from '../../../src/core/host-config.js';
import type { Reader } from '../../../src/core/reader.js';
import { NO_ROLLING, type BackupRule } from '../../../src/core/rolling-settings.js';
import type { RemoteShell, Section, SectionResult } from '../../../src/core/shell.js';
import { readMarks } from '../../../src/drift/marks/read-marks.js';

const NOW = new Date('2026-11-22T12:00:00Z');

/** A host that answers one reader and one program. */
class MarkedHost implements RemoteShell {
  readonly roundTrips = 0;
  readonly asked: string[] = [];
  readonly #marks: string;
  readonly #backup: { readonly code: number; readonly stdout: string };

  constructor(marks: string, backup = { code: 0, stdout: '' }) {
    this.#marks = marks;
    this.#backup = backup;
  }

  async read<Value>(reader: Reader<Value>, key: string): Promise<Value> {
    this.asked.push(reader.name);
    if (reader.name !== 'reboot-marks') throw new Error(`not scripted: ${reader.name}`);
    const [value] = reader.parse({ code: 0, stdout: this.#marks, stderr: '' }, [key]);
    return value as Value;
  }

  async run(sections: readonly Section[]): Promise<SectionResult[]> {
    this.asked.push('backup');
    const { code, stdout } = this.#backup;
    return sections.map(() => ({
      code,
      stdout: Buffer.from(stdout),
      stderr: Buffer.alloc(0),
      truncated: false,
    }));
  }

  async close(): Promise<void> {}
}

function withBackup(at: BackupRule['at']): HostConfig {
  return bareHost('nas', { rolling: { ...NO_ROLLING, backup: { maxAgeSeconds: 3600, at } } });
}

const FINE = 'running=6.1.0-1-amd64\nend=\n';
const PATH = { path: '/srv/backup' };

describe('the marks of a host', () => {
  test.each<readonly [string, HostConfig, MarkedHost, HostMarks]>([
    [
      'nothing to tell',
      bareHost('nas'),
      new MarkedHost(FINE),
      { rebootReason: null, lastBackupSeconds: undefined },
    ],
    [
      'a reboot that packages ask for',
      bareHost('nas'),
      new MarkedHost(`asked=\nby=linux-image-amd64\n${FINE}`),
      { rebootReason: 'needed by linux-image-amd64', lastBackupSeconds: undefined },
    ],
    [
      'a backup',
      withBackup(PATH),
      new MarkedHost(FINE, { code: 0, stdout: '1795344000\n' }),
      { rebootReason: null, lastBackupSeconds: 1_795_344_000 },
    ],
    [
      'a backup that a command tells of',
      withBackup({ command: ['newest-snapshot'] }),
      new MarkedHost(FINE, { code: 0, stdout: '2026-11-22T11:00:00Z\n' }),
      { rebootReason: null, lastBackupSeconds: 1_795_345_200 },
    ],
    [
      'no backup',
      withBackup(PATH),
      new MarkedHost(FINE, { code: 66, stdout: '' }),
      { rebootReason: null, lastBackupSeconds: null },
    ],
    [
      'one of a wrong clock proves nothing',
      withBackup(PATH),
      new MarkedHost(FINE, { code: 0, stdout: '1895344000\n' }),
      { rebootReason: null, lastBackupSeconds: null },
    ],
  ])('%s', async (_name, host, shell, marks) => {
    expect(await readMarks(host, shell, NOW)).toEqual(marks);
  });

  test('no backup is asked for where the inventory names none', async () => {
    const shell = new MarkedHost(FINE);
    await readMarks(bareHost('nas'), shell, NOW);
    expect(shell.asked).toEqual(['reboot-marks']);
  });

  test('a host that does not tell is an error, not a host in order', async () => {
    await expect(readMarks(bareHost('nas'), new MarkedHost(''), NOW)).rejects.toMatchObject({
      code: 'probes/no-answer',
    });
  });
});
