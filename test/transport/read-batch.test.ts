import { describe, expect, test } from '@jest/globals';
import { HomelabError } from '../../src/core/errors.js';
import type { Reader } from '../../src/core/reader.js';
import type { Section, SectionResult } from '../../src/core/shell.js';
import { ReadBatch } from '../../src/transport/read-batch.js';

/** Answers each script with itself. */
function echoing(): { batch: ReadBatch; sent: string[][] } {
  const sent: string[][] = [];
  const run = (sections: readonly Section[]): Promise<SectionResult[]> => {
    sent.push(sections.map((section) => section.script));
    const none = Buffer.alloc(0);
    return Promise.resolve(
      sections.map(({ script }) => ({
        code: 0,
        stdout: Buffer.from(script),
        stderr: none,
        truncated: script === 'long',
      })),
    );
  };
  return { batch: new ReadBatch(run), sent };
}

function reader(name: string, parse?: Reader<string>['parse']): Reader<string> {
  return {
    name,
    script: (keys) => `${name} ${keys.join(' ')}`,
    parse: parse ?? ((_output, keys) => keys.map((key) => `${name}:${key}`)),
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('reads of one turn', () => {
  test('share one request, one section for each reader, each key once', async () => {
    const { batch, sent } = echoing();
    const [files, units] = [reader('files'), reader('units')];
    const values = await Promise.all([
      batch.read(files, '/a'),
      batch.read(units, 'x'),
      batch.read(files, '/b'),
      Promise.resolve().then(() => batch.read(files, '/a')),
    ]);
    expect(values).toEqual(['files:/a', 'units:x', 'files:/b', 'files:/a']);
    expect(sent).toEqual([['files /a /b', 'units x']]);
  });

  test('what is asked for later goes out later', async () => {
    const { batch, sent } = echoing();
    const files = reader('files');
    const first = batch.read(files, '/a');
    await turn();
    await Promise.all([first, batch.read(files, '/b')]);
    expect(sent).toEqual([['files /a'], ['files /b']]);
  });

  test('a reader that cannot parse fails its own reads alone', async () => {
    const { batch } = echoing();
    const failure = new HomelabError({ code: 'probes/strange', message: 'strange' });
    const bad = reader('bad', () => {
      throw failure;
    });
    const outcomes = await Promise.allSettled([batch.read(bad, 'x'), batch.read(reader('files'), '/a')]);
    expect(outcomes).toEqual([
      { status: 'rejected', reason: failure },
      { status: 'fulfilled', value: 'files:/a' },
    ]);
  });

  test('a reader that cannot write its script fails its own reads alone', async () => {
    const { batch, sent } = echoing();
    const failure = new Error('no');
    const worse: Reader<string> = {
      ...reader('worse'),
      script: () => {
        throw failure;
      },
    };
    const outcomes = await Promise.allSettled([batch.read(worse, 'x'), batch.read(reader('files'), '/a')]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['rejected', 'fulfilled']);
    expect(sent).toEqual([['files /a']]);
  });

  test.each([
    ['too few values', reader('files', () => []), 'internal'],
    ['output that was cut', { ...reader('files'), script: () => 'long' }, 'transport/output-too-long'],
  ])('%s is an error', async (_name, broken, code) => {
    await expect(echoing().batch.read(broken, '/a')).rejects.toMatchObject({ code });
  });

  test('a lost connection fails every read', async () => {
    const lost = new HomelabError({ code: 'transport/connection-lost', message: 'lost' });
    const batch = new ReadBatch(() => Promise.reject(lost));
    const outcomes = await Promise.allSettled([batch.read(reader('a'), '1'), batch.read(reader('b'), '2')]);
    expect(outcomes).toEqual([
      { status: 'rejected', reason: lost },
      { status: 'rejected', reason: lost },
    ]);
  });
});
