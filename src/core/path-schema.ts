import * as z from 'zod';

/**
 * An absolute path of at most `most` characters in its shortest form, without control characters: one path, one spelling,
 * one line.
 */
export function absolutePathSchema(most: number) {
  return z
    .string()
    .max(most)
    .refine((path) => path.startsWith('/'), { error: 'has to be an absolute path', abort: true })
    .refine((path) => !/[\p{Cc}\u2028\u2029\uFFFD]/u.test(path), {
      error: 'must not hold control characters',
      abort: true,
    })
    .refine((path) => path === '/' || !/\/\/|\/\.{1,2}(?:\/|$)|\/$/.test(path), {
      error: 'has to be written without `//`, `.`, `..` and a `/` at its end',
    });
}
