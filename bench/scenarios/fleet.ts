import { FIRST_PORT, fleetOf, startFleet, stopFleet } from '../fleet.js';
import { createFortyProject } from '../forty-project.js';
import { configureGate } from '../gate.js';
import { GATE, MACHINES } from '../machines.js';
import { interleave, type Candidate, type Measurement } from '../measure/interleave.js';
import { readLogins, type Logins } from '../measure/login-log.js';
import { converge } from '../proof.js';
import { atMost, type Target } from '../report/target.js';
import { measured, type Findings, type Stage } from './scenario.js';

const COUNTS = [50, 100, 200] as const;
const [SMALLEST, LARGEST] = [COUNTS[0], COUNTS[2]];
const MAX_ROUNDS = 5;
const MOST_BYTES = 300e6;
/** Hosts at work at the same time where nobody says: nor do more than these log in at the same time. */
const CONCURRENCY = 20;
/** Sshd begins to refuse at ten connections that have not logged in (MaxStartups, sshd_config(5)). */
const MOST_AT_ONE_SSHD = 9;
/** More than sshd ever lets log in at a time (MaxStartups 10:30:100). */
const STORM = 110;

const caseOf = (count: number) => `${count} hosts`;

/** The forty items in sync on up to 200 hosts, three of four behind the jump host. */
export async function measureFleet(stage: Stage): Promise<Findings> {
  const { lab, homelab, options } = stage;
  await converge(stage, createFortyProject(lab, 'four'));
  await lab.shell(
    GATE.name,
    'echo LogLevel VERBOSE >/etc/ssh/sshd_config.d/bench.conf; systemctl reload ssh',
  );
  await startFleet(lab, LARGEST);
  await proveStormsAreSeen(stage);
  const candidates = COUNTS.map((count): Candidate => {
    const hosts = fleetOf(count);
    const project = createFortyProject(lab, `fleet-${count}`, hosts);
    return {
      case: caseOf(count),
      contender: 'homelab',
      program: { argv: [...homelab, 'plan', ...hosts.map(({ name }) => name)], cwd: project },
      prove: ({ code, output }) => {
        if (code !== 0)
          throw new Error(`homelab plan of ${count} hosts ended with ${code}:\n${output.slice(-2000)}`);
      },
    };
  });
  const since = Date.now() / 1000;
  const rounds = Math.min(options.rounds, MAX_ROUNDS);
  const measurements = await interleave(stage.watch, candidates, { ...stage, scenario: 'fleet', rounds });
  const logins = await loginsSince(stage, since);
  await stopFleet(lab);
  await configureGate(lab, []);
  const expected = (rounds + 1) * COUNTS.reduce((sum, count) => sum + count, 0);
  // What the log does not have cannot be judged by it. Logins to the jump host come on top.
  if (logins.accepted < expected)
    throw new Error(`Only ${logins.accepted} of ${expected} logins are in the logs`);
  return {
    title: 'A fleet in sync',
    measurements,
    targets: targetsOf(measurements, logins),
    notes: [
      `${LARGEST} sshd on ${MACHINES.length} machines; ${logins.accepted} logins, ${logins.refused} refused, ` +
        `at most ${logins.mostAtOnce} going on at once, at most ${logins.mostAtOneSshd} at one sshd.`,
    ],
  };
}

/** Opens more connections to one sshd than it takes, and looks for them in the logs. @throws Error where they are not there */
async function proveStormsAreSeen(stage: Stage): Promise<void> {
  const since = Date.now() / 1000;
  const [machine] = MACHINES;
  const storm = `for _ in {1..${STORM}}; do exec {fd}<>/dev/tcp/127.0.0.1/${FIRST_PORT} || :; done; sleep 0.5`;
  await stage.lab.shell(machine?.name ?? '', `bash -c '${storm}' 2>/dev/null`);
  const logins = await loginsSince(stage, since);
  if (logins.refused === 0 || logins.mostAtOneSshd <= MOST_AT_ONE_SSHD)
    throw new Error(`A storm of ${STORM} connections is not in the logs: ${JSON.stringify(logins)}`);
}

async function loginsSince({ lab }: Stage, since: number): Promise<Logins> {
  const command = `journalctl --sync; journalctl -q -o short-unix -t sshd --since=@${since.toFixed(6)}`;
  const machines = [GATE, ...MACHINES].map(({ name }) => name);
  const texts = await Promise.all(machines.map((machine) => lab.shell(machine, command)));
  return readLogins(machines.map((machine, index) => ({ machine, text: texts[index] ?? '' })));
}

function targetsOf(measurements: readonly Measurement[], logins: Logins): Target[] {
  const largest = measured(measurements, caseOf(LARGEST), 'homelab');
  const smallest = measured(measurements, caseOf(SMALLEST), 'homelab');
  const name = caseOf(LARGEST);
  const growth = largest.medianSeconds / smallest.medianSeconds;
  return [
    atMost(`${name}: peak memory`, {
      value: largest.largestBytes / 1e6,
      limit: MOST_BYTES / 1e6,
      unit: ' MB',
    }),
    atMost(`${name}: time by that of ${caseOf(SMALLEST)}`, {
      value: growth,
      limit: LARGEST / SMALLEST,
      unit: 'x',
    }),
    atMost(`${name}: refused connections`, { value: logins.refused, limit: 0 }),
    atMost(`${name}: logins at once`, { value: logins.mostAtOnce, limit: CONCURRENCY }),
    atMost(`${name}: logins at once at one sshd`, { value: logins.mostAtOneSshd, limit: MOST_AT_ONE_SSHD }),
  ];
}
