import type { Facts } from '../../../core/facts.js';
import { apkRepository } from './apk.js';
import { aptRepository } from './apt.js';
import { unsupported, type RepositoryFormat } from './format.js';
import { pacmanRepository } from './pacman.js';
import { dnfRepository, zypperRepository } from './rpm.js';

const FORMATS = [aptRepository, dnfRepository, apkRepository, pacmanRepository, zypperRepository];

/** How a host writes down its repositories. @throws HomelabError `task/unsupported` where homelab does not know that */
export function formatFor({ package_manager: name }: Facts): RepositoryFormat {
  const format = FORMATS.find((one) => one.manager === name);
  if (format !== undefined) return format;
  const known = FORMATS.map(({ manager }) => manager).join(', ');
  throw unsupported(
    `repositories are kept for ${known}, and this host has ${name}`,
    `Leave the item out here with \`when: { package_manager: [${known}] }\`.`,
  );
}
