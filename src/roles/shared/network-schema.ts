import * as z from 'zod';
import { parseNetwork } from '../../core/networks.js';

/** An address, or a network in CIDR notation without bits after its prefix. */
export const networkSchema = z.string().superRefine((text, context) => {
  const network = parseNetwork(text);
  if (typeof network === 'string') context.addIssue({ code: 'custom', message: network });
});
