import type { HomelabError } from '../core/errors.js';
import { parseTemplate } from '../render/parse-template.js';
import type { YamlPath } from '../yaml/document.js';
import { collect } from './mistakes.js';
import type { Written } from './written.js';

/** A value of something written, and its path there. */
export interface WrittenValue {
  readonly value: unknown;
  readonly at: YamlPath;
}

/** The texts in some values that are no templates although they have the braces of one, each at its place. */
export function checkTemplates({ document, path }: Written, values: readonly WrittenValue[]): HomelabError[] {
  const errors: HomelabError[] = [];
  const visit = (value: unknown, at: YamlPath): void => {
    if (typeof value === 'string') {
      if (!value.includes('{{')) return;
      const locate = (inside: Parameters<typeof document.locateInside>[1]) =>
        document.locateInside(at, inside);
      collect(errors, () => parseTemplate({ name: document.file, text: value, locate }));
    } else if (typeof value === 'object' && value !== null) {
      const isList = Array.isArray(value);
      for (const [key, inner] of Object.entries(value)) visit(inner, [...at, isList ? Number(key) : key]);
    }
  };
  for (const { value, at } of values) visit(value, [...path, ...at]);
  return errors;
}
