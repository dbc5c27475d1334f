import type { HostResult, TaskResult } from './result.js';

/** What happens in a run, as it happens. The engine tells; a report shows. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly command: string;
      readonly run: string;
      readonly hosts: readonly string[];
    }
  | { readonly type: 'host-started'; readonly host: string }
  | { readonly type: 'host-connected'; readonly host: string }
  | { readonly type: 'host-planned'; readonly result: HostResult }
  | { readonly type: 'play-started'; readonly play: string; readonly hosts: readonly string[] }
  | { readonly type: 'task-started'; readonly host: string; readonly id: string; readonly name: string }
  | { readonly type: 'task-finished'; readonly host: string; readonly result: TaskResult }
  | { readonly type: 'host-finished'; readonly result: HostResult }
  | { readonly type: 'interrupted' };

/** Receives events in order. Must not throw and must not wait. */
export type EventSink = (event: RunEvent) => void;
