import type { YamlDocument, YamlPath } from '../yaml/document.js';

/** What is written at a place of a playbook: an item, or an entry of `roles`. */
export interface Written {
  readonly document: YamlDocument;
  readonly path: YamlPath;
}
