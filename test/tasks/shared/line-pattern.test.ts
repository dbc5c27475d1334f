import { describe, expect, test } from '@jest/globals';
import { patternSchema, toExpression } from '../../../src/tasks/shared/line-pattern.js';

describe('patterns', () => {
  test.each<[string, string]>([
    ['^a\\s+b\\d*\\.\\w{2}$', 'a  b12.xy'],
    ['(?i)^permitrootlogin\\b', 'PermitRootLogin no'],
    ['\\$\\{HOME\\}\\/', '${HOME}/'],
    ['^#?\\s*\\[sec-tion\\]', '# [sec-tion]'],
    ['\\-\\-x\\=1', '--x=1'],
    ['\\\\Z', '\\Z'],
    ['[[:]', '['],
  ])('%s matches %s', (pattern, line) => {
    expect(patternSchema.safeParse(pattern).success).toBe(true);
    expect(toExpression(pattern).test(line)).toBe(true);
  });

  test.each<[string, string]>([
    ['(', 'is no regular expression'],
    ['(?P<name>x)', 'is no regular expression'],
    ['\\Ax', 'write ^ for \\A'],
    ['x\\Z', 'write $ for \\Z'],
    ['\\hx', '\\h means nothing here'],
    ['^[[:space:]]*x', 'write \\s, \\w, \\d or a range for [:space:]'],
    ['', 'Too small'],
  ])('%s is refused', (pattern, message) => {
    expect(patternSchema.safeParse(pattern).error?.issues[0]?.message).toContain(message);
  });
});
