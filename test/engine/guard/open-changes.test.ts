import { describe, expect, test } from '@jest/globals';
import { OpenChanges } from '../../../src/engine/guard/open-changes.js';

describe('changes that nobody has proven yet', () => {
  test('each says what becomes of it until it is over', () => {
    const open = new OpenChanges();
    expect(open.sentences(0)).toEqual([]);
    const close = open.add({ host: 'gate', what: 'sshd', seconds: 60, sinceMs: 1000 });
    open.add({ host: 'pi', what: 'the firewall, sudo', seconds: 90, sinceMs: 500 });
    expect(open.sentences(13_400)).toEqual([
      'gate: the change of sshd is not proven, and gate undoes it by itself within 48 s or as it boots',
      'pi: the change of the firewall, sudo is not proven, and pi undoes it by itself within 78 s or as it boots',
    ]);
    close();
    expect(open.sentences(13_400)).toHaveLength(1);
    expect(open.sentences(1_000_000)[0]).toContain('within 0 s');
  });

  test('two that are alike are two', () => {
    const open = new OpenChanges();
    const change = { host: 'pi', what: 'sshd', seconds: 60, sinceMs: 0 };
    const close = open.add({ ...change });
    open.add({ ...change });
    close();
    expect(open.sentences(0)).toHaveLength(1);
  });
});
