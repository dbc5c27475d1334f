import { interleave, type Candidate } from '../measure/interleave.js';
import { atMost } from '../report/target.js';
import { measured, type Findings, type Stage } from './scenario.js';

const CASE = 'start';
const REFERENCE = 'node -e 0';
/** By the start of Node itself. */
const MOST_BY_NODE = 2;
/** Each takes a tenth of a second: many rounds are cheap, and scatter is a large part of so little. */
const ROUNDS_EACH = 3;

/** Commands that do nothing. The last asks for a lab that is not there. */
const COMMANDS: readonly (readonly string[])[] = [
  ['--version'],
  ['--help'],
  ['lab', 'status', '--id', 'none'],
];

/** What a process costs before it does anything, by what Node itself costs. */
export async function measureStartUp(stage: Stage): Promise<Findings> {
  const candidates: Candidate[] = [
    candidateOf(REFERENCE, [process.execPath, '-e', '0']),
    ...COMMANDS.map((words) => candidateOf(nameOf(words), [...stage.homelab, ...words])),
  ];
  const rounds = stage.options.rounds * ROUNDS_EACH;
  const measurements = await interleave(stage.watch, candidates, { ...stage, scenario: 'start-up', rounds });
  const node = measured(measurements, CASE, REFERENCE).medianSeconds;
  return {
    title: 'Start-up',
    measurements,
    targets: COMMANDS.map(nameOf).map((name) =>
      atMost(`${name}: time by that of ${REFERENCE}`, {
        value: measured(measurements, CASE, name).medianSeconds / node,
        limit: MOST_BY_NODE,
        unit: 'x',
      }),
    ),
    notes: [],
    reference: REFERENCE,
  };
}

const nameOf = (words: readonly string[]) => `homelab ${words.slice(0, 2).join(' ')}`;

function candidateOf(name: string, argv: readonly string[]): Candidate {
  return {
    case: CASE,
    contender: name,
    program: { argv },
    prove: ({ code, output }) => {
      if (code !== 0) throw new Error(`${name} ended with ${code}:\n${output}`);
    },
  };
}
