import { slug, type DeliberateDifference, type ModuleSituations, type Situation } from '../situation.js';

const FOLDER = '/srv/parity-copy';
const KEPT = `${FOLDER}/kept f 600 root:root \n${FOLDER}/kept:\nnew$\n|\n600 root\nold\n`;
const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, value) => value));

interface Row {
  readonly name: string;
  /** Shell script in which `"$at"` is the path. */
  readonly given?: string;
  /** Parameters without the path. */
  readonly ansible: Readonly<Record<string, unknown>>;
  readonly homelab: Readonly<Record<string, unknown>>;
  readonly differs?: (path: string) => DeliberateDifference;
}

const ROWS: readonly Row[] = [
  {
    name: 'content, mode and owner',
    ansible: { content: 'welcome\n', mode: '0640', owner: 'daemon', group: 'adm' },
    homelab: { content: 'welcome\n', mode: '0640', owner: 'daemon', group: 'adm' },
  },
  {
    name: 'content alone, for a new file',
    ansible: { content: 'plain\n' },
    homelab: { content: 'plain\n' },
  },
  {
    name: 'a file of the project, every byte',
    ansible: { src: 'files/every-byte' },
    homelab: { source: 'files/every-byte' },
  },
  {
    name: 'another content, mode and owner stay',
    given: 'echo old >"$at"; chmod 0604 "$at"; chown daemon:adm "$at"',
    ansible: { content: 'new\n' },
    homelab: { content: 'new\n' },
  },
  {
    name: 'the same content',
    given: 'printf "same\\n" >"$at"; chmod 0640 "$at"',
    ansible: { content: 'same\n' },
    homelab: { content: 'same\n' },
  },
  {
    name: 'the same content with another mode',
    given: 'printf "same\\n" >"$at"; chmod 0600 "$at"',
    ansible: { content: 'same\n', mode: '0644' },
    homelab: { content: 'same\n', mode: '0644' },
  },
  {
    name: 'set-user-ID',
    ansible: { content: '#!/bin/sh\n', mode: '4755' },
    homelab: { content: '#!/bin/sh\n', mode: '4755' },
  },
  {
    name: 'owner and group by number',
    ansible: { content: 'x', owner: '1', group: '4' },
    homelab: { content: 'x', owner: 1, group: 4 },
  },
  {
    name: 'no byte at all',
    given: 'echo old >"$at"',
    ansible: { content: '' },
    homelab: { content: '' },
  },
  {
    name: 'unicode, quotes and no final newline',
    ansible: { content: `it's "naïve" ☂ $(id) \`id\` \\n %s` },
    homelab: { content: `it's "naïve" ☂ $(id) \`id\` \\n %s` },
  },
  {
    name: 'a check that passes',
    given: 'echo old >"$at"',
    ansible: { content: 'checked\n', validate: 'grep -q checked %s' },
    homelab: { content: 'checked\n', validate: ['grep', '-q', 'checked', '{{candidate}}'] },
  },
  {
    name: 'a check that fails',
    given: 'echo old >"$at"',
    ansible: { content: 'wrong\n', validate: 'grep -q checked %s' },
    homelab: { content: 'wrong\n', validate: ['grep', '-q', 'checked', '{{candidate}}'] },
  },
  {
    name: 'an owner that does not exist',
    ansible: { content: 'x\n', owner: 'nobody-knows' },
    homelab: { content: 'x\n', owner: 'nobody-knows' },
    differs: (path) => ({
      because:
        'Ansible has written the file before it finds out that the owner does not exist, and leaves it with another one; homelab leaves everything as it was.',
      seen: { ansible: `${path} f 644 root:root \n${path}:\nx$\n|\n`, homelab: '' },
    }),
  },
];

function situation({ name, given, ansible, homelab, differs }: Row): Situation {
  const path = `${FOLDER}/${slug(name)}`;
  return {
    name,
    ...(given === undefined ? {} : { given: `at=${path}; ${given}` }),
    ansible: { copy: { dest: path, ...ansible } },
    homelab: { file: { path, ...homelab } },
    look: `show ${path}`,
    ...(differs === undefined ? {} : { differs: differs(path) }),
  };
}

const both = (path: string, content: string): Pick<Situation, 'ansible' | 'homelab'> => ({
  ansible: { copy: { dest: path, content } },
  homelab: { file: { path, content } },
});

const module: ModuleSituations = {
  given: `mkdir ${FOLDER}`,
  files: { 'files/every-byte': EVERY_BYTE },
  situations: [
    ...ROWS.map(situation),
    {
      name: 'an odd name',
      ...both(`${FOLDER}/-it's "odd" ☂ $(id)*`, 'odd\n'),
      look: `show ${FOLDER}/-it*`,
    },
    {
      name: 'in a directory that is missing',
      ...both(`${FOLDER}/missing/file`, 'x\n'),
      look: `show ${FOLDER}/missing`,
    },
    {
      name: 'a backup of what was there',
      given: `echo old >${FOLDER}/kept; chmod 0600 ${FOLDER}/kept`,
      ansible: { copy: { dest: `${FOLDER}/kept`, content: 'new\n', backup: true } },
      homelab: { file: { path: `${FOLDER}/kept`, content: 'new\n', backup: true } },
      look: `show ${FOLDER}/kept
for old in ${FOLDER}/kept?*; do
  stat -c '%a %U' "$old"; cat "$old"
  # N: numbers that tell the time or a process.
  echo "\${old##*/}" | sed -E 's/[0-9]+/N/g'
done`,
      differs: {
        because:
          "Ansible's backups are called `PATH.PID.DATE~`; homelab's are called `PATH.homelab-TIME`, and sort by time.",
        seen: {
          ansible: `${KEPT}kept.N.N-N-N@N:N:N~\n`,
          homelab: `${KEPT}kept.homelab-NTNZ\n`,
        },
      },
    },
    {
      name: 'over a symbolic link',
      given: `echo old >${FOLDER}/target; ln -s target ${FOLDER}/link`,
      ...both(`${FOLDER}/link`, 'new\n'),
      look: `show ${FOLDER}/link ${FOLDER}/target`,
      differs: {
        because:
          'Ansible puts a file in the place of the link; homelab refuses, since a link says that somebody keeps the content elsewhere.',
        first: { ansible: 'changed', homelab: 'failed' },
        second: { ansible: 'ok', homelab: 'failed' },
        seen: {
          ansible: `${FOLDER}/link f 644 root:root \n${FOLDER}/target f 644 root:root \n${FOLDER}/link:\nnew$\n|\n${FOLDER}/target:\nold$\n|\n`,
          homelab: `${FOLDER}/link l 777 root:root target\n${FOLDER}/target f 644 root:root \n${FOLDER}/target:\nold$\n|\n`,
        },
      },
    },
  ],
};

export default module;
