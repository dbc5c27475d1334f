import * as z from 'zod';
import type { Facts } from '../../core/facts.js';
import type { RoleItem } from '../../core/role.js';

/** https://www.hashicorp.com/official-packaging-guide */
const KEY_URL = 'https://apt.releases.hashicorp.com/gpg';
const KEY_FINGERPRINT = '798AEC654E5C15428C8E42EEAA16FCBCA621E701';
const APT_URI = 'https://apt.releases.hashicorp.com';
const RPM_URI = 'https://rpm.releases.hashicorp.com';

/** Where packages come from instead; the kind `package_repository` looks at it closer. */
export const repositoryParams = z
  .strictObject({
    uri: z.string().describe('its address, e.g. of a mirror'),
    suites: z.array(z.string()).min(1).optional().describe('apt: left out, the codename of the host'),
    components: z.array(z.string()).min(1).optional().describe('apt: left out, main'),
    key: z
      .string()
      .optional()
      .describe('public key that it is signed with, as text or as a file of the project'),
    key_url: z.string().optional().describe('where the host fetches the key'),
    key_fingerprint: z.string().optional().describe('whole fingerprint of the key'),
  })
  .optional()
  .describe(
    'where the packages come from instead of the usual place, e.g. a mirror. Without a key of its own it has to be signed as the usual one',
  );

export type RepositoryParams = z.output<typeof repositoryParams>;

/** A version as the package manager writes it. */
export const versionParam = z
  .string()
  .regex(/^\d[0-9A-Za-z.+~^_:-]{0,60}$/, 'must be a version as the package manager writes it, e.g. 1.20.5-1')
  .optional();

/** Whether HashiCorp has packages for such a system. */
export function hasVendorPackages({ os }: Facts): boolean {
  return os.family === 'debian' || os.family === 'redhat';
}

/** The system's own part of the address, with the variables of dnf.conf(5). */
function rpmUri({ os }: Facts): string {
  return `${RPM_URI}/${os.id === 'fedora' ? 'fedora' : 'RHEL'}/$releasever/$basearch/stable`;
}

/** The items that let packages of HashiCorp in: its repository, and before it what checks its key. */
export function vendorItems(facts: Facts, repository: RepositoryParams): RoleItem[] {
  const { key, key_url: keyUrl, key_fingerprint: fingerprint } = repository ?? {};
  const isApt = facts.os.family === 'debian';
  const signed =
    key === undefined
      ? { key_url: keyUrl ?? KEY_URL, key_fingerprint: fingerprint ?? KEY_FINGERPRINT }
      : { key, ...(fingerprint === undefined ? {} : { key_fingerprint: fingerprint }) };
  const tools = ['ca-certificates', 'curl', isApt ? 'gnupg' : 'gnupg2'];
  return [
    ...(key === undefined
      ? [{ name: 'what checks the key', kind: 'package', params: { names: tools } }]
      : []),
    repositoryItem('hashicorp', {
      uri: repository?.uri ?? (isApt ? APT_URI : rpmUri(facts)),
      ...(isApt ? aptParts(facts, repository) : rest(repository)),
      ...signed,
    }),
  ];
}

/** The item of a repository that is signed with keys the host knows, or with its own. */
export function ownRepositoryItem(name: string, facts: Facts, repository: RepositoryParams): RoleItem[] {
  if (repository === undefined) return [];
  const { uri, key, key_url: keyUrl, key_fingerprint: fingerprint } = repository;
  return [
    repositoryItem(name, {
      uri,
      ...(facts.os.family === 'debian' ? aptParts(facts, repository) : rest(repository)),
      ...Object.fromEntries(
        Object.entries({ key, key_url: keyUrl, key_fingerprint: fingerprint }).filter(
          ([, value]) => value !== undefined,
        ),
      ),
    }),
  ];
}

function repositoryItem(name: string, params: Readonly<Record<string, unknown>>): RoleItem {
  return { name: 'repository', kind: 'package_repository', params: { name, ...params } };
}

/** A flat repository has no components, sources.list(5). */
function aptParts({ os }: Facts, repository: RepositoryParams): Readonly<Record<string, unknown>> {
  const suites = repository?.suites ?? (os.codename === '' ? undefined : [os.codename]);
  const isFlat = suites?.every((suite) => suite.endsWith('/')) === true;
  const components = repository?.components ?? (isFlat ? undefined : ['main']);
  return { ...(suites === undefined ? {} : { suites }), ...(components === undefined ? {} : { components }) };
}

/** What only apt knows is left for the kind to refuse. */
function rest(repository: RepositoryParams): Readonly<Record<string, unknown>> {
  const { suites, components } = repository ?? {};
  return { ...(suites === undefined ? {} : { suites }), ...(components === undefined ? {} : { components }) };
}
