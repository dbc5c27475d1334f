import { describe, expect, test } from '@jest/globals';
import { decideDisplay, type DisplayFlags, type Output } from '../../src/report/terminal.js';
import { capture } from './fixtures.js';

const pipe = capture().output;
const terminal: Output = Object.assign(capture().output, { isTTY: true, columns: 100 });

function decide(flags: DisplayFlags, env: Record<string, string>, stdout: Output) {
  return decideDisplay({ flags, env, stdout, stderr: pipe });
}

describe('the format', () => {
  test.each<[string, DisplayFlags, Record<string, string>, Output, string]>([
    ['a terminal', {}, {}, terminal, 'live'],
    ['a pipe', {}, {}, pipe, 'plain'],
    ['a terminal that can do nothing', {}, { TERM: 'dumb' }, terminal, 'plain'],
    ['--plain', { plain: true }, {}, terminal, 'plain'],
    ['--debug, whose lines would be overwritten', { debug: true }, {}, terminal, 'plain'],
    ['--json', { json: true }, {}, terminal, 'json'],
    ['--json --quiet', { json: true, quiet: true }, {}, terminal, 'json'],
    ['--json-events', { jsonEvents: true }, {}, terminal, 'json-events'],
    ['--quiet', { quiet: true }, {}, terminal, 'quiet'],
  ])('%s', (_name, flags, env, stdout, format) => {
    expect(decide(flags, env, stdout).format).toBe(format);
  });
});

describe('colour', () => {
  test.each<[string, DisplayFlags, Record<string, string>, Output, boolean]>([
    ['a terminal', {}, {}, terminal, true],
    ['a pipe', {}, {}, pipe, false],
    ['NO_COLOR', {}, { NO_COLOR: '1' }, terminal, false],
    ['an empty NO_COLOR', {}, { NO_COLOR: '' }, terminal, true],
    ['FORCE_COLOR', {}, { FORCE_COLOR: '1' }, pipe, true],
    ['FORCE_COLOR=0', {}, { FORCE_COLOR: '0' }, terminal, false],
    ['NO_COLOR over FORCE_COLOR', {}, { NO_COLOR: '1', FORCE_COLOR: '1' }, terminal, false],
    ['--no-color over FORCE_COLOR', { noColor: true }, { FORCE_COLOR: '1' }, terminal, false],
    ['TERM=dumb', {}, { TERM: 'dumb' }, terminal, false],
  ])('%s', (_name, flags, env, stdout, isColor) => {
    expect(decide(flags, env, stdout).isColor).toBe(isColor);
  });
});

describe('the width', () => {
  test.each<[string, Output, number | undefined]>([
    ['a terminal', terminal, 100],
    ['a pipe is never cut', pipe, undefined],
    ['a terminal that does not say', Object.assign(capture().output, { isTTY: true, columns: 0 }), 80],
    ['a terminal too narrow for anything', Object.assign(capture().output, { isTTY: true, columns: 3 }), 20],
  ])('%s', (_name, stdout, width) => {
    expect(decide({}, {}, stdout).width).toBe(width);
  });
});
