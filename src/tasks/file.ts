import * as z from 'zod';
import { defineTask } from '../core/task.js';
import {
  desiredFile,
  fileSteps,
  managedFileShape,
  probeFile,
  touchedByFile,
  type ManagedFile,
} from './shared/managed-file.js';
import { foreseeFile } from './shared/requirements.js';
import { contentSchema } from './shared/schemas.js';

interface FileParams extends ManagedFile {
  readonly source?: string | undefined;
}

const params = z
  .strictObject({
    ...managedFileShape,
    content: contentSchema.optional().describe('what the file holds'),
    source: z.string().min(1).optional().describe('file of the project whose bytes it holds'),
  })
  .superRefine((file, context) => {
    const given = [file.content, file.source].filter((value) => value !== undefined).length;
    if (file.state === 'present' && given !== 1)
      context.addIssue({ code: 'custom', message: 'needs exactly one of `content` and `source`' });
    if (file.state === 'absent' && given !== 0)
      context.addIssue({
        code: 'custom',
        message: 'a file that is to be absent has neither `content` nor `source`',
      });
  });

/** A file with its whole content. */
export default defineTask<FileParams>({
  summary: 'A file holds exactly this',
  params,
  examples: [
    { path: '/etc/motd', content: 'Welcome.\n', mode: '0644' },
    {
      path: '/etc/ssh/sshd_config.d/00-no-passwords.conf',
      content: 'PasswordAuthentication no\n',
      validate: ['sshd', '-t', '-f', '{{candidate}}'],
    },
    { path: '/usr/local/bin/backup', source: 'files/backup.sh', mode: '0755', owner: 'root', group: 'root' },
    { path: '/etc/cron.d/old-job', state: 'absent' },
  ],
  prepare: (file, project) =>
    file.source === undefined ? file : { ...file, content: project.read(file.source) },
  desired: desiredFile,
  probe: probeFile,
  touches: touchedByFile,
  foresight: foreseeFile,
  steps: fileSteps,
});
