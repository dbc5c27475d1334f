import { afterEach, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { forgetSecrets, registerSecret } from '../../src/core/redaction.js';
import { Secret } from '../../src/core/secret.js';
import { markup, rawMarkup } from '../../src/report/markup.js';

afterEach(forgetSecrets);

test.each([
  ['text', markup`<p>${'a < b & c'}</p>`, '<p>a &lt; b &amp; c</p>'],
  ['an attribute', markup`<p title="${'" onclick="x'}">`, '<p title="&quot; onclick=&quot;x">'],
  ['a number', markup`<p>${3}</p>`, '<p>3</p>'],
  ['nothing', markup`<p>${undefined}</p>`, '<p></p>'],
  ['a list', markup`<p>${['<', markup`<b>`, ['>']]}</p>`, '<p>&lt;<b>&gt;</p>'],
  ['what is markup already', markup`${rawMarkup('<hr>')}`, '<hr>'],
  ['controls and bidi', markup`${'\u202e\x1b[0m\0'}`, '\\u202e\\x1b[0m\\x00'],
])('%s', (_name, { text }, expected) => {
  expect(text).toBe(expected);
});

test('a secret of the project that got into a text is masked', () => {
  registerSecret(new Secret('hunter<2>'));
  expect(markup`<p>${'it is hunter<2>'}</p>`.text).toBe('<p>it is ***</p>');
});

test('no text ends its element or its attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const inside = markup`${value}`.text;
      expect(inside).not.toMatch(/[<>"'\0]|&(?!(?:amp|lt|gt|quot|#39);)/);
      expect(markup`<p title="${value}">${value}</p>`.text).toBe(`<p title="${inside}">${inside}</p>`);
    }),
  );
});
