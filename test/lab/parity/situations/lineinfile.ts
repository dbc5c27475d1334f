import { LINE_DIFFERENCES, type LineRow } from '../line-differences.js';
import { seenBelow, slug, writeTo, type ModuleSituations, type Situation } from '../situation.js';

const FOLDER = '/srv/parity-lineinfile';

const SSHD = '#Port 22\nPermitRootLogin yes\n#PermitRootLogin no\nUsePAM yes\n';
const CREATED =
  'lineinfile makes the directories above a new file too; with homelab `create` makes the file alone, and `directory` keeps a directory with its owner and mode.';
const LINKED =
  'lineinfile follows a symbolic link and writes what it points to; homelab refuses: what is kept is what is named.';

const ROWS: readonly LineRow[] = [
  {
    name: 'a line at the end',
    text: 'one\ntwo\n',
    ansible: { line: 'three' },
    homelab: { line: 'three' },
  },
  {
    name: 'a line that is there',
    text: 'one\ntwo\nthree\n',
    ansible: { line: 'two' },
    homelab: { line: 'two' },
  },
  {
    name: 'a line that is there twice',
    text: 'two\none\ntwo\n',
    ansible: { line: 'two' },
    homelab: { line: 'two' },
  },
  {
    name: 'a pattern that matches',
    text: SSHD,
    ansible: { line: 'PermitRootLogin no', regexp: '^PermitRootLogin' },
    homelab: { line: 'PermitRootLogin no', match: '^PermitRootLogin' },
  },
  {
    name: 'a pattern that matches twice',
    text: SSHD,
    ansible: { line: 'PermitRootLogin no', regexp: '^#?PermitRootLogin' },
    homelab: { line: 'PermitRootLogin no', match: '^#?PermitRootLogin' },
  },
  {
    name: 'a pattern that matches nothing',
    text: SSHD,
    ansible: { line: 'MaxAuthTries 3', regexp: '^#?MaxAuthTries' },
    homelab: { line: 'MaxAuthTries 3', match: '^#?MaxAuthTries' },
  },
  {
    name: 'a pattern that matches nothing, and the line is there',
    text: 'port=80\nuser=a\n',
    ansible: { line: 'user=a', regexp: '^user = ' },
    homelab: { line: 'user=a', match: '^user = ' },
  },
  {
    name: 'after a line',
    text: '[a]\n[b]\nlast\n',
    ansible: { line: 'key=1', regexp: '^key=', insertafter: '^\\[a\\]' },
    homelab: { line: 'key=1', match: '^key=', after: '^\\[a\\]' },
  },
  {
    name: 'after the last of several lines',
    text: 'Include a\nother\nInclude b\nend\n',
    ansible: { line: 'Include c', insertafter: '^Include ' },
    homelab: { line: 'Include c', after: '^Include ' },
  },
  {
    name: 'after a line that is not there',
    text: 'one\n',
    ansible: { line: 'two', insertafter: '^nowhere' },
    homelab: { line: 'two', after: '^nowhere' },
  },
  {
    name: 'before a line',
    text: 'one\nexit 0\n',
    ansible: { line: 'start', insertbefore: '^exit 0' },
    homelab: { line: 'start', before: '^exit 0' },
  },
  {
    name: 'at the beginning',
    text: 'one\ntwo\n',
    ansible: { line: '#!/bin/sh', insertbefore: 'BOF' },
    homelab: { line: '#!/bin/sh', before: 'BOF' },
  },
  {
    name: 'a file without a final newline',
    text: 'one\ntwo',
    ansible: { line: 'three' },
    homelab: { line: 'three' },
  },
  {
    name: 'replaces the last line of a file without a final newline',
    text: 'one\nport 1',
    ansible: { line: 'port 2', regexp: '^port ' },
    homelab: { line: 'port 2', match: '^port ' },
  },
  {
    name: 'an equal last line without a final newline',
    text: 'one\ntwo',
    ansible: { line: 'two' },
    homelab: { line: 'two' },
  },
  {
    name: 'an empty file',
    text: '',
    ansible: { line: 'one' },
    homelab: { line: 'one' },
  },
  {
    name: 'a missing file that is made',
    ansible: { line: 'one', create: true },
    homelab: { line: 'one', create: true },
  },
  {
    name: 'a missing file that is not made',
    ansible: { line: 'one' },
    homelab: { line: 'one' },
  },
  {
    name: 'absent, by pattern',
    text: 'a old-nas\nb\nc old-nas d\n',
    ansible: { regexp: 'old-nas', state: 'absent' },
    homelab: { match: 'old-nas', state: 'absent' },
  },
  {
    name: 'absent, by the line itself',
    text: 'two\none\ntwo\nnot two\n',
    ansible: { line: 'two', state: 'absent' },
    homelab: { line: 'two', state: 'absent' },
  },
  {
    name: 'absent from a missing file',
    ansible: { line: 'two', state: 'absent' },
    homelab: { line: 'two', state: 'absent' },
  },
  {
    name: 'odd characters',
    text: 'naïve ☂\n',
    ansible: { line: `PS1='\\[\\e[1m\\]\\u$ "$(id)" %s & ☂'`, regexp: '^PS1=' },
    homelab: { line: `PS1='\\[\\e[1m\\]\\u$ "$(id)" %s & ☂'`, match: '^PS1=' },
  },
  ...LINE_DIFFERENCES,
];

function situation({ name, text, ansible, homelab, differs }: LineRow): Situation {
  const path = `${FOLDER}/${slug(name)}`;
  return {
    name,
    ...(text === undefined ? {} : { given: writeTo(path, text) }),
    ansible: { lineinfile: { path, ...ansible } },
    homelab: { line: { path, ...homelab } },
    look: `show ${path}`,
    ...(differs === undefined ? {} : { differs: differs(path) }),
  };
}

const module: ModuleSituations = {
  given: `mkdir ${FOLDER}`,
  situations: [
    ...ROWS.map(situation),
    {
      name: 'mode and owner stay',
      given: `echo one >${FOLDER}/owned; chmod 0600 ${FOLDER}/owned; chown daemon:adm ${FOLDER}/owned`,
      ansible: { lineinfile: { path: `${FOLDER}/owned`, line: 'two' } },
      homelab: { line: { path: `${FOLDER}/owned`, line: 'two' } },
      look: `show ${FOLDER}/owned`,
    },
    {
      name: 'a missing file in a missing directory that is made',
      ansible: { lineinfile: { path: `${FOLDER}/missing/file`, line: 'one', create: true } },
      homelab: { line: { path: `${FOLDER}/missing/file`, line: 'one', create: true } },
      look: `show ${FOLDER}/missing`,
      differs: {
        because: CREATED,
        first: { ansible: 'changed', homelab: 'failed' },
        second: { ansible: 'ok', homelab: 'failed' },
        seen: {
          ansible: seenBelow(`${FOLDER}/missing`, 'file', 'one$\n'),
          homelab: '',
        },
      },
    },
    {
      name: 'through a symbolic link',
      given: `echo one >${FOLDER}/target; ln -s target ${FOLDER}/link`,
      ansible: { lineinfile: { path: `${FOLDER}/link`, line: 'two' } },
      homelab: { line: { path: `${FOLDER}/link`, line: 'two' } },
      look: `cat -A ${FOLDER}/target; find ${FOLDER}/link -printf '%y %l\\n'`,
      differs: {
        because: LINKED,
        first: { ansible: 'changed', homelab: 'failed' },
        second: { ansible: 'ok', homelab: 'failed' },
        seen: { ansible: 'one$\ntwo$\nl target\n', homelab: 'one$\nl target\n' },
      },
    },
  ],
};

export default module;
