import { describe, expect, test } from '@jest/globals';
import { networkDrivers } from '../../src/probes/network-drivers.js';
import kernelModule from '../../src/tasks/kernel_module.js';
import { fakeHost } from '../tasks/fake-host.js';
import { parseText, readHere, SHELLS } from './shells.js';

describe('modules that drive network interfaces', () => {
  test.each(SHELLS)('%s reads them on this machine', (_name, shell) => {
    const [names = []] = readHere(shell, networkDrivers, ['']);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_]+$/);
  });

  test('are told once each, as the kernel spells them', () => {
    const text = '../../../../module/virtio_net\n../../module/snd-usb\n../../module/virtio_net\nodd\n';
    expect(parseText(networkDrivers, text, [''])).toEqual([['virtio_net', 'snd_usb']]);
  });

  test.each<[object, readonly string[]]>([
    [{ name: 'cdc-ether', state: 'absent' }, ['cdc-ether drives a network interface']],
    [{ name: 'pcspkr', state: 'absent' }, []],
    [{ name: 'cdc_ether' }, []],
  ])('%j', async (written, losses) => {
    const host = fakeHost({ 'network-drivers': { '': ['cdc_ether'] } });
    const params = kernelModule.params.parse(written);
    expect(await kernelModule.losesLogin?.(host, params, [])).toEqual(losses);
  });
});
