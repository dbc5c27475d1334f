import type { NotifyMessage } from '../../core/notification.js';
import { messageId } from './message-id.js';

/** That a check could not be made, by the code of the error alone: its words may hold more. */
export function failureMessage({
  target,
  messages,
  code,
}: {
  /** Key of the target. */
  readonly target: string;
  /** Messages that it has taken so far. */
  readonly messages: number;
  readonly code: string;
}): NotifyMessage {
  return {
    id: messageId(target, messages, code),
    title: 'the drift check could not be made',
    text: `It ended with ${code}. Nothing is known of any host until it can be made again.\n`,
    outcomes: ['failed'],
    document: { event: 'drift-check-failed', code },
  };
}
