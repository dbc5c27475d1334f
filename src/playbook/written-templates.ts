import type { HomelabError } from '../core/errors.js';
import { parseTemplate } from '../render/parse-template.js';
import type { YamlPath } from '../yaml/document.js';
import { collect } from './mistakes.js';
import type { RawItem } from './raw-item.js';

/** The texts of an item that are no templates although they have the braces of one, each at its place. */
export function checkWrittenTemplates(raw: RawItem): HomelabError[] {
  const { document, path, kind, frame, params } = raw;
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
  visit(frame.name, [...path, 'name']);
  visit(frame.each, [...path, 'each']);
  visit(params, [...path, kind]);
  return errors;
}
