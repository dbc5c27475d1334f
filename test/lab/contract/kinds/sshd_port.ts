import type { KindContract } from '../contract.js';

const OWN = '/etc/ssh/sshd_config.d/01-homelab-port.conf';
const OTHER = '/etc/ssh/sshd_config.d/60-contract.conf';
const HEADER = '# Kept by homelab: changes by hand are overwritten.\n';
const LISTENING = `ss -Hltn | sed -n 's/.*:\\(22\\|222[0-9]\\) .*/\\1/p' | sort -u`;

const contract: KindContract = {
  // By the port that another file names too.
  setUp: `printf 'Port 22\\nPort 2223\\n' >${OTHER}; systemctl reload ssh`,
  tearDown: `rm -f ${OWN} ${OTHER}; systemctl reload ssh`,
  rows: [
    {
      name: 'beside others, one of which another file names',
      params: { port: 2222, others: 'keep' },
      holds: { shell: `cat ${OWN}; ${LISTENING}`, prints: `${HEADER}Port 2222\n22\n2222\n2223\n` },
      damages: [
        { by: `rm ${OWN}; systemctl reload ssh; sleep 0.5`, fields: ['port.2222'] },
        { by: `sleep 0.05; touch ${OTHER}`, fields: ['loaded'] },
      ],
      undo: {
        params: { port: 22, others: 'close' },
        holds: { shell: `cat ${OTHER}; ${LISTENING}`, prints: 'Port 22\n# Port 2223\n22\n' },
      },
    },
  ],
  oddValues: { because: 'a port is a number, and everything else is refused before the first connection' },
  interruption: {
    because:
      'its changes are guarded: what a killed connection leaves is proven for every guarded change at once',
  },
};

export default contract;
