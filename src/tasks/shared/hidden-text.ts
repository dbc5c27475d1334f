import * as z from 'zod';
import type { Body } from '../../core/content.js';
import { Secret } from '../../core/secret.js';

/** A part of a file as a playbook gives it. */
export type Text = string | Secret;

/** The characters of a text. What is made of them has to go through {@link hiddenLike} or {@link bodyLike} again. */
export function plainText(text: Text): string {
  return text instanceof Secret ? text.reveal() : text;
}

/** What a host has in place of `wanted`: where that is a secret, so is what it replaces. */
export function hiddenLike(wanted: Text | undefined, found: string | null): string | Secret | null {
  return wanted instanceof Secret && found !== null ? new Secret(found) : found;
}

/** A body that holds one of `parts`: a secret where one of them is. */
export function bodyLike(parts: readonly (Text | undefined)[], body: string): Body {
  return parts.some((part) => part instanceof Secret) ? new Secret(body) : body;
}

/** One line without its end, and not empty; may be a secret. */
export const lineSchema = z
  .union([z.string(), z.instanceof(Secret)])
  .refine((line) => plainText(line) !== '', 'must not be empty')
  .refine((line) => !/[\n\r\0]/.test(plainText(line)), 'must be one line');
