import { setTimeout as delay } from 'node:timers/promises';
import type { NotifyMessage, NotifyTarget } from '../core/notification.js';
import { attempt, type NotDelivered } from './attempts.js';
import { runCommand } from './command.js';
import { discordPost } from './discord.js';
import { sendMail } from './email.js';
import { matrixPut } from './matrix.js';
import type { NotifyOptions } from './notify-options.js';
import { ntfyPost } from './ntfy.js';
import { send } from './request.js';
import { slackPost } from './slack.js';
import { webhookPost } from './webhook.js';

/**
 * Tells one target, whatever it wants to know; one that does not take it is tried three times. Never throws. Secrets of the
 * project that got into the message are masked.
 * @returns undefined once it was told, else why not: half a sentence without addresses
 */
export function deliver(
  target: NotifyTarget,
  message: NotifyMessage,
  { fetch = globalThis.fetch, pause = (ms) => delay(ms) }: NotifyOptions = {},
): Promise<string | undefined> {
  return attempt(() => tell(target, message, fetch).catch(unexpected), pause);
}

async function tell(
  target: NotifyTarget,
  message: NotifyMessage,
  fetch: typeof globalThis.fetch,
): Promise<NotDelivered | undefined> {
  switch (target.to) {
    case 'ntfy':
      return send(ntfyPost(target, message), fetch);
    case 'webhook':
      return send(webhookPost(target, message), fetch);
    case 'slack':
      return send(slackPost(target, message), fetch);
    case 'discord':
      return send(discordPost(target, message), fetch);
    case 'matrix':
      return send(matrixPut(target, message), fetch);
    case 'email':
      return sendMail(target, message);
    default:
      return runCommand(target, message);
  }
}

/** What was thrown may hold an address: it is not told. */
function unexpected(): NotDelivered {
  return { said: 'the message could not be made', isPassing: false };
}
