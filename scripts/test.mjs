// Runs every test: the unit project side by side, then the lab project one after the other, and adds up both.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const results = mkdtempSync(join(tmpdir(), 'homelab-test-'));
const totals = { passed: 0, failed: 0, skipped: 0 };

for (const [project, ...flags] of [['unit'], ['lab', '--runInBand']]) {
  const file = join(results, `${project}.json`);
  const { status } = spawnSync(
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
  const count = readCount(file);
  totals.passed += count.numPassedTests;
  // A suite that cannot be loaded has no tests to count as failed.
  totals.failed +=
    count.numFailedTests + count.numRuntimeErrorTestSuites + (status !== 0 && count.success ? 1 : 0);
  totals.skipped += count.numPendingTests + count.numTodoTests;
}

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
