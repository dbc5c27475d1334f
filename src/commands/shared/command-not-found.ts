import type { Hook } from '@oclif/core/hooks';
import * as Errors from '@oclif/core/errors';
import { EXIT } from '../../core/exit-codes.js';
import { didYouMean } from '../../core/nearest.js';

/** Names the nearest command. oclif calls it for a command that does not exist. */
const commandNotFound: Hook.CommandNotFound = async ({ id, config }) => {
  const names = config.commandIDs.map((name) => name.replaceAll(':', ' '));
  const typed = id.replaceAll(':', ' ');
  const hint = didYouMean(typed, names) ?? '`homelab --help` lists the commands.';
  throw new Errors.CLIError(`there is no command "${typed}"\n${hint}`, { exit: EXIT.usage });
};

export default commandNotFound;
