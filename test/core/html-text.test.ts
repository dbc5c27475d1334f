import { expect, test } from '@jest/globals';
import { htmlText } from '../../src/core/html-text.js';

test.each([
  ['', ''],
  ['a "b" & <i>\'s</i>', 'a &quot;b&quot; &amp; &lt;i&gt;&#39;s&lt;/i&gt;'],
  ['&amp;', '&amp;amp;'],
])('%j as HTML is %j', (text, html) => {
  expect(htmlText(text)).toBe(html);
});
