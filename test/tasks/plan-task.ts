import { bodyBytes, Content } from '../../src/core/content.js';
import { quoteAll } from '../../src/core/quote.js';
import { Secret } from '../../src/core/secret.js';
import { diffStates, Unknown, type Change, type StateValue } from '../../src/core/state.js';
import type { Step } from '../../src/core/step.js';
import type { AnyTask, Preparation, ReadableHost, TaskDefinition } from '../../src/core/task.js';

/** A project with these files; templates render to `PATH VARS`. */
export function project(files: Readonly<Record<string, string>> = {}): Preparation {
  return {
    read: (path) => {
      const text = files[path];
      if (text === undefined) throw new Error(`no file ${path}`);
      return Buffer.from(text);
    },
    render: (template, vars) => `${template} ${JSON.stringify(vars)}\n`,
    judge: (condition) => Object.entries(condition).map(([key, value]) => `${key} is not ${value as string}`),
  };
}

export interface Planned {
  /** `field: before -> after`, as a person would read them. */
  readonly changes: readonly string[];
  readonly steps: readonly string[];
  readonly unknown: string | undefined;
  readonly rawSteps: readonly Step[];
}

/** What the engine would make of a task: parameters checked and prepared, probed, compared, turned into steps. */
export async function plan<Params>(
  definition: TaskDefinition<Params>,
  written: unknown,
  host: ReadableHost,
  files: Preparation = project(),
): Promise<Planned> {
  const task = definition as AnyTask;
  const parsed = task.params.parse(written);
  const params = task.prepare?.(parsed, files) ?? parsed;
  const desired = task.desired(params, host.facts);
  const before = await task.probe(host, params);
  if (before instanceof Unknown) return { changes: [], steps: [], unknown: before.reason, rawSteps: [] };
  const after = task.desiredOf?.(params, before) ?? desired;
  const changes = diffStates(before, after);
  const changed = (field: string): boolean => changes.some((change) => change.field === field);
  const isDue = changes.length > 0 || task.isAction?.(params) === true;
  const steps = isDue ? task.steps({ params, facts: host.facts, before, after, changes, changed }) : [];
  return {
    changes: changes.map(showChange),
    steps: steps.map(showStep),
    unknown: undefined,
    rawSteps: steps,
  };
}

function showChange({ field, before, after }: Change): string {
  return `${field}: ${showValue(before)} -> ${showValue(after)}`;
}

function showValue(value: StateValue): string {
  if (value instanceof Content) return value.text ?? '(hidden)';
  return value instanceof Secret ? value.toString() : String(value);
}

/** A step as a line: a command line with `<` before its input, or `write PATH MODE OWNER:GROUP TEXT`. */
export function showStep(step: Step): string {
  if (step.do === 'run') {
    const { argv, cwd, env, stdin, successCodes } = step.command;
    const rest = Object.entries({ cwd, env, successCodes }).filter(([, value]) => value !== undefined);
    const input = stdin === undefined ? '' : ` < ${Buffer.from(bodyBytes(stdin)).toString()}`;
    return (
      quoteAll(argv) + input + rest.map(([name, value]) => ` (${name} ${JSON.stringify(value)})`).join('')
    );
  }
  if (step.do === 'reboot') return `reboot ${step.timeoutMs} ms${step.isReturnExpected ? '' : ', no return'}`;
  const { path, body, mode, owner, group, validate, backup } = step;
  const rest = `${validate === undefined ? '' : ` (validate ${validate.join(' ')})`}${backup === true ? ' (backup)' : ''}`;
  return `write ${path} ${mode} ${owner}:${group} ${JSON.stringify(Buffer.from(bodyBytes(body)).toString())}${rest}`;
}

/** Why parameters are refused, as `field: message`; empty where they are good. */
export function problems<Params>(definition: TaskDefinition<Params>, written: unknown): string[] {
  const result = definition.params.safeParse(written);
  return result.success
    ? []
    : result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}
