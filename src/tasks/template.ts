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

interface TemplateParams extends ManagedFile {
  readonly template?: string | undefined;
  readonly vars?: Readonly<Record<string, unknown>> | undefined;
}

const params = z
  .strictObject({
    ...managedFileShape,
    template: z.string().min(1).optional().describe('file in `templates/`, rendered with Handlebars'),
    vars: z.record(z.string(), z.unknown()).optional().describe('variables for this template alone'),
  })
  .superRefine((file, context) => {
    if (file.state === 'present' && file.template === undefined)
      context.addIssue({ code: 'custom', path: ['template'], message: 'names no template' });
  });

/** A file whose content is a rendered template. */
export default defineTask<TemplateParams>({
  summary: 'A file holds what a template renders to',
  params,
  examples: [
    { path: '/etc/motd', template: 'motd.hbs' },
    {
      path: '/etc/nginx/sites-available/wiki',
      template: 'nginx-site.hbs',
      vars: { server_name: 'wiki.lan', port: 8080 },
      mode: '0644',
    },
  ],
  prepare: (file, project) =>
    file.state === 'absent' || file.template === undefined
      ? file
      : { ...file, content: project.render(file.template, file.vars ?? {}) },
  desired: desiredFile,
  probe: probeFile,
  touches: touchedByFile,
  foresight: foreseeFile,
  steps: fileSteps,
});
