import * as z from 'zod';
import { defineRole } from '../../core/role.js';
import { userItems } from './user-items.js';
import { refuseTwins, usersShape } from './users-params.js';

const params = z.strictObject(usersShape).superRefine(refuseTwins);

/** People: accounts, keys, who may become root; leavers. */
export default defineRole({
  summary: 'People have their accounts and keys, and leavers have neither',
  params,
  examples: [
    {
      people: [
        {
          name: 'alice',
          keys: [
            'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f alice@laptop',
          ],
          sudo: true,
          groups: ['adm'],
        },
        { name: 'bob', state: 'locked' },
        { name: 'mallory', state: 'absent' },
      ],
      exclusive_keys: true,
      home_mode: '0750',
    },
  ],
  refuses: ({ os }) =>
    os.family === 'nixos' ? 'NixOS is told by `users.users` of its configuration' : undefined,
  items: (wanted, context) => ({ items: userItems(wanted, context) }),
});
