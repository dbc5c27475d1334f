// Runs every test: the unit project, then side by side the tests that share a lab, those that have labs of their own and the
// contract of all kinds, each of these three one after the other, for they mostly wait; and adds up all.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const results = mkdtempSync(join(tmpdir(), 'homelab-test-'));
const totals = { passed: 0, failed: 0, skipped: 0 };

await run('unit');
await Promise.all(['lab', 'apart', 'contract'].map((project) => run(project, '--runInBand')));

rmSync(results, { recursive: true });
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;

/** What Jest counted; a run that ended before it could write counts as one failure. */
function readCount(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {
      success: false,
      numPassedTests: 0,
      numFailedTests: 1,
      numRuntimeErrorTestSuites: 0,
      numPendingTests: 0,
      numTodoTests: 0,
    };
  }
}

/** Runs one project of Jest to its end, and adds up what it counted. */
async function run(project, ...flags) {
  const file = join(results, `${project}.json`);
  const child = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      `--selectProjects=${project}`,
      ...flags,
      '--json',
      `--outputFile=${file}`,
      ...process.argv.slice(2),
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const status = await new Promise((resolve) => child.once('close', resolve));
  const count = readCount(file);
  totals.passed += count.numPassedTests;
  // A suite that cannot be loaded has no tests to count as failed.
  totals.failed +=
    count.numFailedTests + count.numRuntimeErrorTestSuites + (status !== 0 && count.success ? 1 : 0);
  totals.skipped += count.numPendingTests + count.numTodoTests;
}
