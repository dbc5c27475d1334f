import { expect, test } from '@jest/globals';
import { Secret } from '../../src/core/secret.js';
import { jsonConfig } from '../../src/render/json-config.js';

test('a configuration is indented, and ends with a newline', () => {
  expect(jsonConfig({ server: true, join: ['10.0.0.1'], left: undefined })).toBe(
    '{\n  "server": true,\n  "join": [\n    "10.0.0.1"\n  ]\n}\n',
  );
});

test('one with a secret is a secret, and holds it', () => {
  const made = jsonConfig({ acl: { tokens: [new Secret('s3cret')] }, name: 'a' });
  expect(made).toBeInstanceOf(Secret);
  expect(String(made)).toBe('***');
  expect(JSON.parse((made as Secret).reveal())).toEqual({ acl: { tokens: ['s3cret'] }, name: 'a' });
});
