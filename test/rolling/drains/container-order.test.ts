import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { inStartOrder } from '../../../src/rolling/drains/shared/container-order.js';
import type { DockerContainer } from '../../../src/rolling/drains/shared/docker-engine.js';

interface Sketch {
  readonly name: string;
  readonly at: string;
  readonly project?: string;
  readonly needs?: string;
  readonly network?: string;
}

const container = ({ name, at, project, needs, network }: Sketch): DockerContainer => ({
  Id: 'abcdef012345',
  Name: `/${name}`,
  State: { Running: true, StartedAt: at },
  Config: {
    Labels:
      project === undefined
        ? null
        : {
            'com.docker.compose.project': project,
            'com.docker.compose.service': name,
            ...(needs === undefined ? {} : { 'com.docker.compose.depends_on': needs }),
          },
  },
  HostConfig: { AutoRemove: false, NetworkMode: network ?? 'bridge' },
});

const order = (sketches: readonly Sketch[]): string =>
  inStartOrder(sketches.map(container))
    .map(({ Name }) => Name.slice(1))
    .join(' ');

const at = (second: string): string => `2026-11-22T05:00:${second}Z`;

describe('inStartOrder', () => {
  test.each<[string, readonly Sketch[], string]>([
    [
      'who started first',
      [
        { name: 'b', at: at('02') },
        { name: 'a', at: at('01') },
      ],
      'a b',
    ],
    [
      'by parts of a second with few digits',
      [
        { name: 'c', at: at('01.5') },
        { name: 'b', at: at('01.49') },
        { name: 'a', at: at('01') },
      ],
      'a b c',
    ],
    [
      'what is needed comes before, whenever it had started',
      [
        {
          name: 'app',
          at: at('01'),
          project: 'p',
          needs: 'db:service_healthy:true,cache:service_started:false',
        },
        { name: 'cache', at: at('02'), project: 'p' },
        { name: 'db', at: at('03'), project: 'p', needs: 'disk:service_started:false' },
        { name: 'disk', at: at('04'), project: 'p' },
      ],
      'cache disk db app',
    ],
    [
      'a name of another project is somebody else',
      [
        { name: 'app', at: at('01'), project: 'p', needs: 'db:service_healthy:true' },
        { name: 'db', at: at('02'), project: 'q' },
      ],
      'app db',
    ],
    [
      'whose network it shares',
      [
        { name: 'app', at: at('01'), network: 'container:vpn' },
        { name: 'vpn', at: at('02') },
      ],
      'vpn app',
    ],
    [
      'a circle is cut',
      [
        { name: 'a', at: at('01'), project: 'p', needs: 'b:service_started:false' },
        { name: 'b', at: at('02'), project: 'p', needs: 'a:service_started:false' },
      ],
      'b a',
    ],
  ])('%s', (_name, sketches, expected) => {
    expect(order(sketches)).toBe(expected);
  });

  test('everybody is in it once, after all that it needs where there is no circle', () => {
    const sketches = fc
      .uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 12 })
      .chain((seconds) =>
        fc.tuple(
          fc.constant(seconds),
          fc.array(fc.nat({ max: 11 }), { minLength: seconds.length, maxLength: seconds.length }),
        ),
      );
    fc.assert(
      fc.property(sketches, ([seconds, needs]) => {
        // Each needs one of those before it in the list, whatever their times are: no circle.
        const all = seconds.map((second, index) => ({
          name: `s${index}`,
          at: at(String(second).padStart(2, '0')),
          project: 'p',
          ...(index === 0 ? {} : { needs: `s${(needs[index] ?? 0) % index}:service_started:false` }),
        }));
        const names = order(all).split(' ');
        expect(names.toSorted()).toEqual(all.map(({ name }) => name).toSorted());
        for (const one of all) {
          const needed = one.needs?.split(':')[0];
          if (needed !== undefined) expect(names.indexOf(needed)).toBeLessThan(names.indexOf(one.name));
        }
      }),
    );
  });
});
