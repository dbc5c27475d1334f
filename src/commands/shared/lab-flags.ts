import * as Flags from '@oclif/core/flags';
import { DEFAULT_LAB_ID } from '../../lab/lab-id.js';

/** Which lab a command is about: several may stand side by side. */
export const labFlags = {
  id: Flags.string({ description: 'name of the lab', default: DEFAULT_LAB_ID, helpValue: 'ID' }),
};
