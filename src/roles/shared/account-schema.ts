import * as z from 'zod';

/** The name of an account, as useradd(8) takes it. */
export const accountSchema = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_.-]{0,30}\$?$/,
    'must begin with a letter or underscore and hold only letters, digits, dots, dashes and underscores',
  );
