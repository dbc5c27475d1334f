import * as Args from '@oclif/core/args';

const PATTERN = 'name, group, glob, all, or !exclusion';

/** One or more patterns that choose hosts. The command is not strict: the further ones are in `argv`. */
export const hostsArg = { host: Args.string({ description: PATTERN, required: true, ignoreStdin: true }) };

/** The same, where a new host may be named too. */
export const hostsOrAddressArg = {
  host: Args.string({
    description: `${PATTERN}; or the address or DNS name of a new host`,
    required: true,
    ignoreStdin: true,
  }),
};

/** The same, where none means all. */
export const optionalHostsArg = {
  host: Args.string({ description: `${PATTERN}; default: all`, ignoreStdin: true }),
};

/** Exactly one host. */
export const oneHostArg = {
  host: Args.string({ description: 'name of a host', required: true, ignoreStdin: true }),
};
