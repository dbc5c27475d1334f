import { bodyBytes, type Body } from '../../core/content.js';
import { Secret } from '../../core/secret.js';
import { runStep, type RunStep } from '../../core/step.js';

export interface ScriptStepParts {
  /** What the script reads as `$1`, `$2`, …; shown in errors. */
  readonly words: readonly string[];
  /** POSIX shell text, run with `sh` in a function of its own; its programs have an empty standard input. */
  readonly script: string;
  /** Shell text before the script that must be in no argument list and in no error: assignments of secrets, say. */
  readonly secretly?: string | undefined;
  /** What the script's function `payload` prints. Base64 on its way, because text for a shell holds no NUL. */
  readonly payload?: Uint8Array | Secret | undefined;
}

/**
 * One step of several commands, for what has to be done together. `sh` gets the text on its standard input, so an error
 * shows the words and not the text. It is read whole before any of it runs.
 */
export function scriptStep({ words, script, secretly, payload }: ScriptStepParts): RunStep {
  const text = [
    secretly ?? '',
    ...(payload === undefined ? [] : [payloadFunction(bodyBytes(payload))]),
    `main() {\n${script}\n}`,
    'main "$@" </dev/null\n',
  ].join('\n');
  const isSecret = secretly !== undefined || payload instanceof Secret;
  const stdin: Body = isSecret ? new Secret(text) : text;
  return runStep(['sh', '-s', '--', ...words], { stdin });
}

function payloadFunction(payload: Uint8Array): string {
  const lines = Buffer.from(payload).toString('base64').replaceAll(/.{76}/g, '$&\n');
  return `payload() {\nbase64 -d <<'END_OF_PAYLOAD'\n${lines}\nEND_OF_PAYLOAD\n}`;
}
