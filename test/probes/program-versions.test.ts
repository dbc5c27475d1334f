import { expect, test } from '@jest/globals';
import { programVersions, versionKey } from '../../src/probes/program-versions.js';

const keys = [['dnsmasq', '--version'], ['consul', 'version'], ['none'], ['odd', "it's"]].map(versionKey);

test('the first number with dots that a program prints is its version', () => {
  const stdout = '0:Dnsmasq version 2.90  Copyright (c)\n1:Consul v1.8.7\n1:Revision 1.2.3\n3:no 7 here\n';
  expect(programVersions.parse({ code: 0, stdout, stderr: '' }, keys)).toEqual(['2.90', '1.8.7', null, null]);
});

test('each program is asked on its own', () => {
  expect(programVersions.script(keys)).toContain(`attempt 10 odd 'it'\\''s' </dev/null`);
});
