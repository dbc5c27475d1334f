import { describe, expect, test } from '@jest/globals';
import {
  canonicalAddress,
  editHosts,
  findNames,
  type HostsEdit,
} from '../../../src/tasks/shared/hosts-edit.js';

const edit = (change: Partial<HostsEdit>): HostsEdit => ({
  address: '10.0.0.5',
  names: ['nas'],
  state: 'present',
  isFirst: false,
  ...change,
});

describe('editHosts', () => {
  test.each<[string, string, Partial<HostsEdit>, string]>([
    ['added', '127.0.0.1 localhost\n', {}, '127.0.0.1 localhost\n10.0.0.5\tnas\n'],
    ['without a final newline', '127.0.0.1 localhost', {}, '127.0.0.1 localhost\n10.0.0.5\tnas\n'],
    ['into an empty text', '', { names: ['nas.lan', 'nas'] }, '10.0.0.5\tnas.lan nas\n'],
    ['to the names that are there', '10.0.0.5   media # big\n', {}, '10.0.0.5   media nas # big\n'],
    ['in their order', '10.0.0.5 x nas y\n', { names: ['nas.lan', 'nas'] }, '10.0.0.5 x nas.lan nas y\n'],
    ['in the wrong order', '10.0.0.5 nas nas.lan\n', { names: ['nas.lan', 'nas'] }, '10.0.0.5 nas.lan nas\n'],
    ['moved', '10.0.0.4 old nas\n', {}, '10.0.0.4 old\n10.0.0.5\tnas\n'],
    ['moved with its line', '10.0.0.4 nas # here\n# nas\n', {}, '# nas\n10.0.0.5\tnas\n'],
    ['moved, whatever the case', '10.0.0.4 NAS\n', {}, '10.0.0.5\tnas\n'],
    ['the other family stays', '::5 nas\n', {}, '::5 nas\n10.0.0.5\tnas\n'],
    [
      'IPv6',
      '10.0.0.5 nas\n2001:DB8:0::4 nas x\n',
      { address: '2001:db8::5' },
      '10.0.0.5 nas\n2001:DB8:0::4 x\n2001:db8::5\tnas\n',
    ],
    ['IPv6 in another spelling', '2001:DB8:0::5 x\n', { address: '2001:db8::5' }, '2001:DB8:0::5 x nas\n'],
    ['said on two lines', '10.0.0.5 x nas\n10.0.0.5 nas y\n', {}, '10.0.0.5 x nas\n10.0.0.5 y\n'],
    ['a line without names', '10.0.0.5\n', {}, '10.0.0.5\tnas\n'],
    [
      'what is no entry stays',
      'nas nas\n#10.0.0.4 nas\n10.0.0.4 #nas\n',
      {},
      'nas nas\n#10.0.0.4 nas\n10.0.0.4 #nas\n10.0.0.5\tnas\n',
    ],
    ['CRLF', '10.0.0.4 nas x\r\n', {}, '10.0.0.4 x\r\n10.0.0.5\tnas\r\n'],
    ['a part of a name', '10.0.0.4 nas.lan xnas\n', {}, '10.0.0.4 nas.lan xnas\n10.0.0.5\tnas\n'],
    ['absent: a name', '10.0.0.5 nas x\n10.0.0.4 nas\n', { state: 'absent' }, '10.0.0.5 x\n10.0.0.4 nas\n'],
    [
      'absent: all names',
      '10.0.0.5 nas x # a\n10.0.0.4 nas\n10.0.0.5 y\n',
      { state: 'absent', names: [] },
      '10.0.0.4 nas\n',
    ],
    ['absent and gone', '10.0.0.4 nas', { state: 'absent' }, '10.0.0.4 nas'],
  ])('%s', (_name, text, change, result) => {
    expect(editHosts(text, edit(change))).toBe(result);
    expect(editHosts(result, edit(change))).toBe(result);
  });
});

test('findNames tells every address of a name, of its own family', () => {
  const text = '10.0.0.4 nas\n::4 nas\n10.0.0.5 x NAS\n10.0.0.4 nas\n';
  const found = findNames(text, edit({ names: ['nas', 'other'] }));
  expect(found).toEqual({
    addresses: new Map([
      ['nas', ['10.0.0.4', '10.0.0.5']],
      ['other', []],
    ]),
    names: ['x', 'NAS'],
  });
});

test.each<[string, string | undefined]>([
  ['10.0.0.1', '10.0.0.1'],
  ['0:0::1', '::1'],
  ['FE80::1%eth0', 'fe80::1%eth0'],
  ['10.0.0', undefined],
  ['nas', undefined],
])('%s is %s', (text, expected) => {
  expect(canonicalAddress(text)).toBe(expected);
});
