import { describe, expect, test } from '@jest/globals';
import { createReport } from '../../src/report/create-report.js';
import type { Output } from '../../src/report/terminal.js';
import { capture, host, run, task } from './fixtures.js';

const CURSOR_HIDDEN = '\x1b[?25l';
const CURSOR_SHOWN = '\x1b[?25h';

async function liveReport(command = 'provision') {
  const stdout = capture();
  const output: Output = Object.assign(stdout.output, { isTTY: true, columns: 80, rows: 24 });
  const report = await createReport({
    format: 'live',
    command,
    isColor: false,
    stdout: output,
    stderr: capture().output,
    width: 80,
  });
  return { report, text: stdout.text };
}

const pending = host('dns1', 'pending', {
  tasks: [task('Motd', { status: 'pending', changes: [{ field: 'mode', before: '0600', after: '0644' }] })],
});
const done = host('dns1', 'changed', { tasks: [task('Motd', { status: 'changed' })] });
const start = { type: 'run-started', command: 'provision', run: 'r1', hosts: ['dns1'] } as const;

/** What is still to be seen once the terminal has obeyed the erasing of lines (ECMA-48 EL, CUU, CHA). */
function screen(text: string): string[] {
  const lines: string[] = [''];
  let row = 0;
  for (const [token] of text.matchAll(/\x1b\[[?0-9]*[A-Za-z]|\n|[^\x1b\n]+/g)) {
    if (token === '\n') lines[++row] ??= '';
    else if (token.endsWith('A') && token.startsWith('\x1b')) row -= Number(token.slice(2, -1) || 1);
    else if (token === '\x1b[2K') lines[row] = '';
    else if (!token.startsWith('\x1b')) lines[row] += token;
  }
  return lines.filter((line) => line !== '');
}

describe('the live report', () => {
  test('leaves nothing that moves while somebody has the terminal, and goes on afterwards', async () => {
    const { report, text } = await liveReport();
    report.sink(start);
    report.sink({ type: 'host-connected', host: 'dns1' });
    const shown = await report.pauseFor(async () => {
      const before = text();
      report.sink({ type: 'host-started', host: 'dns1' });
      await new Promise((resolve) => setImmediate(resolve));
      expect(text()).toBe(before);
      return screen(before);
    });
    expect(shown).toEqual([]);
    await report.close();
    expect(text().split(CURSOR_HIDDEN)).toHaveLength(3);
    expect(text().split(CURSOR_SHOWN)).toHaveLength(3);
  });

  test('plan, question, apply, end: what stays on the screen', async () => {
    const { report, text } = await liveReport();
    report.sink(start);
    report.sink({ type: 'host-planned', result: pending });
    await report.showPlan({ hosts: [pending] });
    await report.pauseFor(async () => true);
    report.sink({ type: 'play-started', play: 'Base', hosts: ['dns1'] });
    report.sink({ type: 'task-started', host: 'dns1', id: 'a', name: 'Motd' });
    report.sink({ type: 'host-finished', result: done });
    await report.finish(run('provision', [done]));
    expect(screen(text())).toEqual([
      'dns1  1 of 1 to change',
      '  ~ Motd  (file)',
      '      mode: 0600 -> 0644',
      '✔ dns1  1 of 1 changed',
      '1 host: 1 changed',
    ]);
  });

  test('a plan leaves its diff alone', async () => {
    const { report, text } = await liveReport('plan');
    report.sink({ ...start, command: 'plan' });
    report.sink({ type: 'host-planned', result: pending });
    await report.finish(run('plan', [pending], { exitCode: 2 }));
    expect(screen(text())).toEqual([
      'dns1  1 of 1 to change',
      '  ~ Motd  (file)',
      '      mode: 0600 -> 0644',
      '1 host: 1 to change',
    ]);
  });

  test('what the question throws is thrown, and the terminal is given back', async () => {
    const { report, text } = await liveReport();
    report.sink(start);
    await expect(report.pauseFor(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await report.close();
    await report.close();
    expect(text().lastIndexOf(CURSOR_SHOWN)).toBeGreaterThan(text().lastIndexOf(CURSOR_HIDDEN));
  });

  test('events after the end start nothing', async () => {
    const { report, text } = await liveReport();
    await report.close();
    report.sink(start);
    report.sink({ type: 'interrupted' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(text()).toBe('');
  });
});
