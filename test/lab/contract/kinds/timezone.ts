import type { KindContract } from '../contract.js';

const ZONES = '/usr/share/zoneinfo';
const BACK = `rm -f /etc/localtime; ln -s ${ZONES}/Etc/UTC /etc/localtime; echo Etc/UTC >/etc/timezone`;

const contract: KindContract = {
  setUp: BACK,
  tearDown: BACK,
  rows: [
    {
      name: 'a zone, and its name in the file that Debian keeps',
      params: { name: 'Europe/Berlin' },
      holds: {
        shell: `readlink /etc/localtime; cat /etc/timezone; date -d 2020-01-01T12:00:00Z +%z`,
        prints: `${ZONES}/Europe/Berlin\nEurope/Berlin\n+0100\n`,
      },
      damages: [
        { by: `ln -sfn ${ZONES}/Asia/Tokyo /etc/localtime`, fields: ['zone'] },
        { by: 'echo Asia/Tokyo >/etc/timezone', fields: ['name_file'] },
        { by: `rm /etc/localtime; cp ${ZONES}/Asia/Tokyo /etc/localtime`, fields: ['zone'] },
        { by: 'rm /etc/localtime; : >/etc/timezone', fields: ['name_file', 'zone'] },
      ],
      undo: { because: 'Local time is always that of some zone; without any file it is that of UTC.' },
    },
  ],
  oddValues: [
    {
      name: 'three parts, dashes and underscores',
      params: { name: 'America/Argentina/Buenos_Aires' },
      holds: {
        shell: 'readlink /etc/localtime; cat /etc/timezone',
        prints: `${ZONES}/America/Argentina/Buenos_Aires\nAmerica/Argentina/Buenos_Aires\n`,
      },
    },
  ],
  interruption: {
    from: BACK,
    params: { name: 'Etc/GMT+12' },
    observe: ['readlink /etc/localtime', 'cat /etc/timezone', 'ls -A /etc | grep homelab || true'],
  },
};

export default contract;
