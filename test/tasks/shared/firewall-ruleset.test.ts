import { describe, expect, test } from '@jest/globals';
import { readRuleset } from '../../../src/tasks/shared/firewall-ruleset.js';

describe('a ruleset of tables', () => {
  test.each<[string, string, readonly string[]]>([
    ['one', 'table inet mine {\n}\n', ['inet mine']],
    ['a family left out', 'table mine { }', ['ip mine']],
    ['the brace on the next line', 'table inet mine\n{\n}', ['inet mine']],
    ['several, one in two parts', 'table inet a { }; table ip6 b { }\ntable inet a { }', ['inet a', 'ip6 b']],
    [
      'definitions, comments and strings with odd signs',
      '# flush ruleset }\ndefine lan = { 10.0.0.0/8,\n 192.168.0.0/16 }\ndefine x = 1\ntable inet a { chain c { log prefix "} flush ruleset # {"; } }',
      ['inet a'],
    ],
    ['a line that goes on', 'define a = { 1, \\\n 2 }\ntable inet a { }', ['inet a']],
    ['Windows line ends', 'table inet a {\r\n}\r\n', ['inet a']],
  ])('%s', (_name, text, tables) => {
    expect(readRuleset(text)).toEqual({ tables, problems: [] });
  });

  test.each<[string, string, string]>([
    ['flushing everything', 'flush ruleset\ntable inet a { }', 'must not `flush ruleset`'],
    ['flushing after a table', 'table inet a { }; flush ruleset', 'must not `flush ruleset`'],
    ['a command', 'table inet a { }\nadd rule ip nat POSTROUTING accept', 'holds `add rule ip nat`'],
    ['deleting', 'delete table ip nat\ntable inet a { }', 'holds `delete table ip nat`'],
    ['an include', 'include "/etc/x.nft"\ntable inet a { }', 'must not `include`'],
    ['an include inside', 'table inet a {\n  include "/etc/x.nft"\n}', 'must not `include`'],
    ["iptables' own table", 'table ip nat { }', 'belongs to others'],
    ["Docker's own table", 'table ip docker-bridges { }', 'belongs to others'],
    ['nothing', '# nothing\n', 'defines no table'],
  ])('%s is refused', (_name, text, problem) => {
    expect(readRuleset(text).problems.join('\n')).toContain(problem);
  });
});
