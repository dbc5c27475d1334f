import {
  seenFile,
  slug,
  writeTo,
  type DeliberateDifference,
  type ModuleSituations,
  type Situation,
} from '../situation.js';

const FOLDER = '/srv/parity-blockinfile';
/** Ansible is told the marker that homelab has, so that files can be compared byte for byte. */
const MARKER = '# {mark} homelab web';
const block = (content: string): string => `# BEGIN homelab web\n${content}# END homelab web\n`;

const DAMAGED =
  'Where a marker is missing or there twice, blockinfile guesses, and may leave half a block behind; homelab changes nothing and says which line to mend.';

interface Row {
  readonly name: string;
  /** What the file holds before; undefined: there is none. */
  readonly text?: string;
  /** Parameters of both, without path and marker; they have the same names. */
  readonly ansible: Readonly<Record<string, unknown>>;
  readonly homelab: Readonly<Record<string, unknown>>;
  readonly differs?: (path: string) => DeliberateDifference;
}

const ROWS: readonly Row[] = [
  {
    name: 'a new block at the end',
    text: 'one\ntwo\n',
    ansible: { block: 'a\nb' },
    homelab: { content: 'a\nb' },
  },
  {
    name: 'a block that is there',
    text: `one\n${block('a\nb\n')}two\n`,
    ansible: { block: 'a\nb\n' },
    homelab: { content: 'a\nb\n' },
  },
  {
    name: 'a block whose lines change stays in its place',
    text: `one\n${block('old\n')}two\n`,
    ansible: { block: 'new\nlines\n' },
    homelab: { content: 'new\nlines\n' },
  },
  {
    name: 'after a line',
    text: 'Include a\nother\nInclude b\nend\n',
    ansible: { block: 'x', insertafter: '^Include ' },
    homelab: { content: 'x', after: '^Include ' },
  },
  {
    name: 'before a line',
    text: 'one\nMatch User a\nMatch User b\n',
    ansible: { block: 'x', insertbefore: '^Match ' },
    homelab: { content: 'x', before: '^Match ' },
  },
  {
    name: 'at the beginning',
    text: 'one\n',
    ansible: { block: 'x', insertbefore: 'BOF' },
    homelab: { content: 'x', before: 'BOF' },
  },
  {
    name: 'after a line that is not there',
    text: 'one\n',
    ansible: { block: 'x', insertafter: '^nowhere' },
    homelab: { content: 'x', after: '^nowhere' },
  },
  {
    name: 'a file without a final newline',
    text: 'one\ntwo',
    ansible: { block: 'x' },
    homelab: { content: 'x' },
  },
  {
    name: 'absent',
    text: `one\n${block('a\nb\n')}two\n`,
    ansible: { state: 'absent' },
    homelab: { state: 'absent' },
  },
  {
    name: 'absent already',
    text: 'one\n',
    ansible: { state: 'absent' },
    homelab: { state: 'absent' },
  },
  {
    name: 'absent, and all there was',
    text: block('a\n'),
    ansible: { state: 'absent' },
    homelab: { state: 'absent' },
  },
  {
    name: 'absent from a missing file',
    ansible: { state: 'absent' },
    homelab: { state: 'absent' },
    differs: () => ({
      because:
        'blockinfile fails, though lineinfile does not; to homelab nothing is to be done, since what is in no file is absent.',
      first: { ansible: 'failed', homelab: 'ok' },
      second: { ansible: 'failed', homelab: 'ok' },
    }),
  },
  {
    name: 'a missing file that is made',
    ansible: { block: 'x', create: true },
    homelab: { content: 'x', create: true },
  },
  {
    name: 'a missing file that is not made',
    ansible: { block: 'x' },
    homelab: { content: 'x' },
  },
  {
    name: 'odd characters and empty lines',
    text: 'one\n',
    ansible: { block: `  indented\n\n$(id) "it's" \\1 & %s ☂\n` },
    homelab: { content: `  indented\n\n$(id) "it's" \\1 & %s ☂\n` },
  },
  {
    name: 'a block without any line',
    text: `one\n${block('old\n')}two\n`,
    ansible: { block: '' },
    homelab: { content: '' },
    differs: (path) => ({
      because:
        'To blockinfile an empty block is one that is to be absent; homelab keeps its markers, so that an empty list of lines keeps its place, and `state: absent` removes them.',
      seen: {
        ansible: seenFile(path, 'one$\ntwo$\n'),
        homelab: seenFile(path, 'one$\n# BEGIN homelab web$\n# END homelab web$\ntwo$\n'),
      },
    }),
  },
  {
    name: 'an end marker that is missing',
    text: '# BEGIN homelab web\nold\ntheirs\n',
    ansible: { block: 'x' },
    homelab: { content: 'x' },
    differs: (path) => ({
      because: DAMAGED,
      first: { ansible: 'changed', homelab: 'failed' },
      second: { ansible: 'ok', homelab: 'failed' },
      seen: {
        ansible: seenFile(
          path,
          '# BEGIN homelab web$\nold$\ntheirs$\n# BEGIN homelab web$\nx$\n# END homelab web$\n',
        ),
        homelab: seenFile(path, '# BEGIN homelab web$\nold$\ntheirs$\n'),
      },
    }),
  },
  {
    name: 'a block that is there twice',
    text: block('a\n') + block('b\n'),
    ansible: { block: 'x' },
    homelab: { content: 'x' },
    differs: (path) => ({
      because: DAMAGED,
      first: { ansible: 'changed', homelab: 'failed' },
      second: { ansible: 'ok', homelab: 'failed' },
      seen: {
        ansible: seenFile(
          path,
          '# BEGIN homelab web$\na$\n# END homelab web$\n# BEGIN homelab web$\nx$\n# END homelab web$\n',
        ),
        homelab: seenFile(
          path,
          '# BEGIN homelab web$\na$\n# END homelab web$\n# BEGIN homelab web$\nb$\n# END homelab web$\n',
        ),
      },
    }),
  },
  {
    name: 'carriage returns',
    text: 'one\r\ntwo\r\n',
    ansible: { block: 'x' },
    homelab: { content: 'x' },
    differs: (path) => ({
      because:
        'blockinfile knows newlines alone, and leaves a file with two sorts of line ends; homelab keeps the sort that the file has.',
      seen: {
        ansible: seenFile(path, 'one^M$\ntwo^M$\n# BEGIN homelab web$\nx$\n# END homelab web$\n'),
        homelab: seenFile(path, 'one^M$\ntwo^M$\n# BEGIN homelab web^M$\nx^M$\n# END homelab web^M$\n'),
      },
    }),
  },
  {
    name: 'the markers of their own',
    text: 'one\n',
    ansible: { block: 'x', marker: '# {mark} ANSIBLE MANAGED BLOCK' },
    homelab: { content: 'x' },
    differs: (path) => ({
      because:
        'homelab names the block in its marker lines, so that a file can have several; with `marker` of blockinfile set to them, the block changes hands in its place.',
      seen: {
        ansible: seenFile(path, 'one$\n# BEGIN ANSIBLE MANAGED BLOCK$\nx$\n# END ANSIBLE MANAGED BLOCK$\n'),
        homelab: seenFile(path, 'one$\n# BEGIN homelab web$\nx$\n# END homelab web$\n'),
      },
    }),
  },
];

function situation({ name, text, ansible, homelab, differs }: Row): Situation {
  const path = `${FOLDER}/${slug(name)}`;
  return {
    name,
    ...(text === undefined ? {} : { given: writeTo(path, text) }),
    ansible: { blockinfile: { path, marker: MARKER, ...ansible } },
    homelab: { block: { path, id: 'web', ...homelab } },
    look: `show ${path}`,
    ...(differs === undefined ? {} : { differs: differs(path) }),
  };
}

const module: ModuleSituations = {
  given: `mkdir ${FOLDER}`,
  situations: [
    ...ROWS.map(situation),
    {
      name: 'through a symbolic link',
      given: `echo one >${FOLDER}/target; ln -s target ${FOLDER}/link`,
      ansible: { blockinfile: { path: `${FOLDER}/link`, marker: MARKER, block: 'x' } },
      homelab: { block: { path: `${FOLDER}/link`, id: 'web', content: 'x' } },
      look: `cat -A ${FOLDER}/target; find ${FOLDER}/link -printf '%y %l\\n'`,
      differs: {
        because:
          'blockinfile follows a symbolic link and writes what it points to; homelab refuses: what is kept is what is named.',
        first: { ansible: 'changed', homelab: 'failed' },
        second: { ansible: 'ok', homelab: 'failed' },
        seen: {
          ansible: 'one$\n# BEGIN homelab web$\nx$\n# END homelab web$\nl target\n',
          homelab: 'one$\nl target\n',
        },
      },
    },
  ],
};

export default module;
