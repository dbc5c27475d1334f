import { toShell } from '../core/command.js';
import { EXIT } from '../core/exit-codes.js';
import type { SectionResult } from '../core/shell.js';
import { errorsDocument } from '../report/errors-text.js';
import { visible } from '../report/sanitize.js';
import { EachHostCommand, type HostAnswer } from './shared/each-host-command.js';
import { connectionFlags, projectFlags } from './shared/flags.js';
import { hostsArg } from './shared/host-args.js';
import { requireCommand, splitAtDashes } from './shared/words-after-dashes.js';

/** Most bytes of a program's output that are shown. */
const OUTPUT_LIMIT_BYTES = 1 << 20;

export default class RunOnHosts extends EachHostCommand {
  static override summary = 'Run one command on many hosts';
  static override description =
    'The words after -- are run as they are, without a shell; for a pipe write -- sh -c "…". ' +
    'Exit code 1 where it failed on a host.';
  static override examples = [
    '<%= config.bin %> run all -- uptime',
    '<%= config.bin %> run dns1 -- systemctl status ssh',
  ];
  static override strict = false;
  static override args = hostsArg;
  static override flags = { ...projectFlags, ...connectionFlags };
  static override usage = 'run HOST... -- COMMAND [ARGUMENT...]';

  protected override async execute(): Promise<number> {
    const { own, words } = splitAtDashes(this.argv);
    const { flags, argv } = await this.parse(RunOnHosts, own);
    requireCommand(words, 'homelab run all -- uptime');
    const project = await this.openProject(flags);
    const hosts = this.chooseHosts(project, argv as string[]);
    const answers = await this.askEach(project, { flags, hosts }, async (transport, host) => {
      const shell = await transport.open(host);
      const [result] = await shell.run([{ script: toShell({ argv: words }) }], {
        outputLimitBytes: OUTPUT_LIMIT_BYTES,
      });
      return result as SectionResult;
    });
    const failedCode = this.tellFailures(answers);
    const hasFailed = answers.some((answer) => !('error' in answer) && answer.value.code !== 0);
    const exitCode = hasFailed ? EXIT.failed : failedCode;
    if (project.screen.isJson) this.printJson(runDocument(answers, exitCode));
    else for (const answer of answers) if (!('error' in answer)) this.#show(answer.host.name, answer.value);
    return exitCode;
  }

  #show(host: string, { code, stdout, stderr, truncated }: SectionResult): void {
    for (const [stream, bytes] of [
      [process.stdout, stdout],
      [process.stderr, stderr],
    ] as const) {
      const text = visible(bytes.toString('utf8')).replace(/\n$/, '');
      if (text !== '') for (const line of text.split('\n')) stream.write(`${host}  ${line}\n`);
    }
    if (truncated) process.stderr.write(`${host}  (output cut at ${OUTPUT_LIMIT_BYTES} bytes)\n`);
    if (code !== 0) process.stderr.write(`${host}  exit code ${code}\n`);
  }
}

function runDocument(answers: readonly HostAnswer<SectionResult>[], exitCode: number): unknown {
  const hosts = answers.map((answer) => {
    if ('error' in answer) return { host: answer.host.name, ...errorsDocument(answer.error, exitCode) };
    const { code, stdout, stderr, truncated } = answer.value;
    return {
      host: answer.host.name,
      code,
      stdout: stdout.toString('utf8'),
      stderr: stderr.toString('utf8'),
      truncated,
    };
  });
  return { command: 'run', version: 1, exitCode, hosts };
}
