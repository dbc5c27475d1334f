import { TAMPERINGS, type Tampering } from '../../test/lab/fixtures/tamperings.js';

/** Of the sixty items that are more than the tests', one of each sort; then those of the tests. */
export const HUNDRED_TAMPERINGS: readonly Tampering[] = [
  {
    host: 'pi',
    script: "sed -i '1s/.*/workers = 5/' /etc/hundred.d/mail.conf",
    seen: ['pi /etc/hundred.d/mail.conf content'],
  },
  {
    host: 'dns1',
    script: 'chmod 0666 /etc/hundred.d/wiki.conf',
    seen: ['dns1 /etc/hundred.d/wiki.conf mode'],
  },
  { host: 'nas', script: "sed -i '/shape/d' /etc/hundred.conf", seen: ['nas /etc/hundred.conf line'] },
  { host: 'vault', script: 'sed -i s/200M/100M/ /etc/hundred.ini', seen: ['vault /etc/hundred.ini value'] },
  { host: 'pi', script: "sed -i 's/a two/a three/' /etc/hundred.list", seen: ['pi /etc/hundred.list block'] },
  { host: 'dns1', script: "sed -i '/printer.lan/d' /etc/hosts", seen: ['dns1 /etc/hosts names.printer.lan'] },
  { host: 'nas', script: 'umount /srv/scratch', seen: ['nas /srv/scratch mounted'] },
  ...TAMPERINGS,
];
