import { describe, expect, test } from '@jest/globals';
import type { AptSource } from '../../src/lab/apt-sources.js';
import { newestImage } from '../../src/lab/base-image.js';
import { imageRecipe, mirrorHosts, recipeKey, type RecipeInputs } from '../../src/lab/image-recipe.js';

const archive = (suite: string, more: Partial<AptSource> = {}): AptSource => ({
  uri: 'http://mirror.example/debian',
  suite,
  components: ['main', 'contrib'],
  signedBy: undefined,
  ...more,
});

const debian = (codename: string) => `ID=debian\nVERSION_CODENAME=${codename}\n`;
const BASE: RecipeInputs = {
  osRelease: debian('bookworm'),
  aptSources: [archive('bookworm')],
  aptConfig: '',
};

describe('imageRecipe', () => {
  test.each<[string, Partial<RecipeInputs>, string[]]>([
    ['the own mirror', {}, ['deb http://mirror.example/debian bookworm main']],
    [
      'updates and security, not backports, not vendors',
      {
        aptSources: [
          archive('bookworm', { signedBy: '/k.gpg' }),
          archive('bookworm-updates'),
          archive('bookworm-security', { uri: 'https://mirror.example/security' }),
          archive('bookworm-backports'),
          archive('stable', { uri: 'https://vendor.example', components: ['x'] }),
          archive('bookworm', { uri: 'cdrom:[Debian]/' }),
        ],
      },
      [
        'deb [signed-by=/k.gpg] http://mirror.example/debian bookworm main',
        'deb http://mirror.example/debian bookworm-updates main',
        'deb https://mirror.example/security bookworm-security main',
      ],
    ],
    [
      'Debian 12 on a later Debian',
      { osRelease: debian('trixie'), aptSources: [archive('trixie'), archive('trixie-security')] },
      [
        'deb http://mirror.example/debian bookworm main',
        'deb http://mirror.example/debian bookworm-security main',
      ],
    ],
    [
      "another system's own release",
      { osRelease: 'ID="ubuntu"\nVERSION_CODENAME="noble"\n', aptSources: [archive('noble')] },
      ['deb http://mirror.example/debian noble main'],
    ],
    ['the release that was asked for', { suite: 'trixie' }, ['deb http://mirror.example/debian trixie main']],
  ])('uses %s', (_what, inputs, sources) => {
    expect(imageRecipe({ ...BASE, ...inputs }).sources).toEqual(sources);
  });

  test.each<[string, Partial<RecipeInputs>]>([
    ['no sources', { aptSources: [] }],
    ['only updates', { aptSources: [archive('bookworm-updates')] }],
    ['an unknown system', { osRelease: '' }],
  ])('refuses %s', (_what, inputs) => {
    expect(() => imageRecipe({ ...BASE, ...inputs })).toThrow(
      expect.objectContaining({ code: 'lab/no-mirror' }),
    );
  });

  test("keeps apt's settings about dates and nothing else of this computer's", () => {
    const aptConfig = 'APT "";\nAcquire::Check-Valid-Until "false";\nAcquire::Check-Valid-Until-X "1";\n';
    expect(imageRecipe({ ...BASE, aptConfig }).aptSettings).toEqual(['Acquire::Check-Valid-Until "false";']);
  });

  test('names the hosts of its mirrors', () => {
    const aptSources = [
      archive('bookworm'),
      archive('bookworm-security', { uri: 'https://s.example:8443/x' }),
    ];
    expect(mirrorHosts(imageRecipe({ ...BASE, aptSources }))).toEqual(['mirror.example', 's.example']);
  });
});

describe('recipeKey', () => {
  const key = recipeKey(imageRecipe(BASE));

  test('is the same for the same recipe', () => expect(recipeKey(imageRecipe({ ...BASE }))).toBe(key));

  test.each<[string, Partial<RecipeInputs>]>([
    ['release', { suite: 'trixie' }],
    ['mirror', { aptSources: [archive('bookworm', { uri: 'http://other/debian' })] }],
    ['apt setting', { aptConfig: 'Acquire::Check-Date "false";' }],
  ])('is another for another %s', (_what, inputs) => {
    expect(recipeKey(imageRecipe({ ...BASE, ...inputs }))).not.toBe(key);
  });
});

describe('newestImage', () => {
  test.each([
    ['none', [], undefined],
    [
      'another recipe, a build that did not end, a stray file',
      ['bb-2026-01-01', 'partial-1', 'aa-x'],
      undefined,
    ],
    ['the latest day', ['aa-2026-01-09', 'aa-2026-01-10', 'aa-2025-12-31'], 'aa-2026-01-10'],
  ])('%s', (_what, names, expected) => {
    expect(newestImage(names, 'aa')).toBe(expected);
  });
});
