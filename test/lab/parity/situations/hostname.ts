import { seenFile, type ModuleSituations } from '../situation.js';

const SEEN = `twin-1\n${seenFile('/etc/hostname', 'twin-1$\n')}0\n`;

const module: ModuleSituations = {
  given: 'rm -f /etc/machine-info',
  situations: [
    {
      name: 'another name, now and after a reboot',
      ansible: { hostname: { name: 'twin-1' } },
      homelab: { hostname: { name: 'twin-1' } },
      look: 'hostname; show /etc/hostname; grep -c twin-1 /etc/hosts || true; cat /etc/machine-info 2>/dev/null || true',
      differs: {
        because:
          'Ansible gives the machine a name for people in /etc/machine-info too (`hostnamectl --pretty`); homelab leaves that alone: nobody asked for it.',
        seen: { ansible: `${SEEN}PRETTY_HOSTNAME=twin-1\n`, homelab: SEEN },
      },
    },
  ],
};

export default module;
