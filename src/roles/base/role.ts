import { HomelabError } from '../../core/errors.js';
import type { Facts } from '../../core/facts.js';
import { defineRole, type RoleContext, type RoleItem } from '../../core/role.js';
import { userItems } from '../users/user-items.js';
import { baseParams, isHostname, type BaseParams } from './base-params.js';
import { hostsText, otherLines, ownLine } from './hosts-lines.js';

function packageItems({ packages, unwanted_packages: unwanted }: BaseParams): RoleItem[] {
  return [
    ...(unwanted.length === 0
      ? []
      : [{ name: 'unwanted packages', kind: 'package', params: { names: unwanted, state: 'absent' } }]),
    ...(packages.length === 0
      ? []
      : [{ name: 'wanted packages', kind: 'package', params: { names: packages } }]),
  ];
}

/** The package whose sources a locale is made of, where a system does not bring them. */
function localePackage(locale: string, { os }: Facts): string | undefined {
  if (/^(?:C|POSIX)(?:\.|$)/.test(locale)) return undefined;
  const language = /^[a-z]+/.exec(locale)?.[0] ?? '';
  const packages: Readonly<Record<string, string>> = {
    debian: 'locales',
    redhat: `glibc-langpack-${language}`,
    suse: 'glibc-i18ndata',
  };
  return packages[os.family];
}

/** @throws HomelabError `role/no-locale` where programs know no locales */
function localeItems({ locale }: BaseParams, facts: Facts): RoleItem[] {
  if (locale === undefined) return [];
  if (facts.os.family === 'alpine')
    throw new HomelabError({
      code: 'role/no-locale',
      message: `${facts.os.name} has no locales: its C library speaks UTF-8 alone`,
      hint: 'Leave `locale` out for these hosts, e.g. in the variables of their group.',
    });
  const source = localePackage(locale, facts);
  return [
    ...(source === undefined
      ? []
      : [{ name: 'package of locales', kind: 'package', params: { names: [source] } }]),
    { name: 'language of the system', kind: 'locale', params: { name: locale, default: true } },
  ];
}

function timezoneItems({ timezone }: BaseParams): RoleItem[] {
  if (timezone === undefined) return [];
  return [
    { name: 'package of time zones', kind: 'package', params: { names: ['tzdata'] } },
    { name: 'time zone', kind: 'timezone', params: { name: timezone } },
  ];
}

/** The name that the machine is to have; undefined: as found. @throws HomelabError `role/no-hostname` */
function wantedName({ hostname }: BaseParams, { host }: Pick<RoleContext, 'host'>): string | undefined {
  if (hostname === false) return undefined;
  const name = hostname ?? host.name;
  if (isHostname(name)) return name;
  throw new HomelabError({
    code: 'role/no-hostname',
    message: `${JSON.stringify(name)} is a name of the inventory that no machine can have`,
    hint: 'Write `hostname: NAME` of letters, digits and dashes, or `hostname: false` to leave it as it is.',
    host: host.name,
  });
}

function nameItems(wanted: BaseParams, context: RoleContext): RoleItem[] {
  const name = wantedName(wanted, context);
  const own = name === undefined || wanted.hosts_file === false ? undefined : ownLine(name, wanted, context);
  const others = hostsText(otherLines(wanted, context));
  const block = { path: '/etc/hosts', id: 'hosts' };
  return [
    // Before the name is changed: sudo looks the new one up at once.
    ...(own === undefined
      ? []
      : [{ name: 'its own name resolves', kind: 'hosts_entry', params: { ...own, first: true } }]),
    ...(name === undefined ? [] : [{ name: 'host name', kind: 'hostname', params: { name } }]),
    ...(wanted.hosts_file === false
      ? []
      : [
          {
            name: 'names of the other hosts',
            kind: 'block',
            params:
              others === '' ? { ...block, state: 'absent' } : { ...block, content: others, create: true },
          },
        ]),
  ];
}

/** What every machine has, whatever it is for. */
export default defineRole({
  summary:
    'What every machine has: packages, people, its name, time zone, language, and the names of the others',
  params: baseParams,
  examples: [
    {},
    { packages: ['htop', 'tmux'], timezone: 'Europe/Berlin', domain: 'lan' },
    {
      packages: ['vim'],
      unwanted_packages: ['telnet'],
      people: [{ name: 'alice', sudo: true }],
      locale: 'de_DE.UTF-8',
      hosts_file: { groups: ['dns'], aliases: { '192.168.1.1': ['router.lan', 'router'] } },
    },
    { hostname: false, hosts_file: false },
  ],
  refuses: ({ os }) =>
    os.family === 'nixos'
      ? 'NixOS is told by `environment.systemPackages`, `users.users`, `networking` and `time.timeZone`: use the role nixos'
      : undefined,
  items: (wanted, context) => ({
    items: [
      ...nameItems(wanted, context),
      ...packageItems(wanted),
      ...timezoneItems(wanted),
      ...localeItems(wanted, context.facts),
      ...userItems(wanted, context),
    ],
  }),
});
