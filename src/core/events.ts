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
  /** Of an upgrade; `count` is how many waves there are as far as anybody knows now. */
  | {
      readonly type: 'wave-started';
      readonly wave: number;
      readonly count: number;
      readonly hosts: readonly string[];
    }
  | {
      readonly type: 'task-started';
      readonly host: string;
      readonly id: string;
      readonly name: string;
      /** It may take minutes: whoever waits is told that it begins. */
      readonly isLong?: boolean;
    }
  | { readonly type: 'task-finished'; readonly host: string; readonly result: TaskResult }
  | { readonly type: 'host-finished'; readonly result: HostResult }
  | { readonly type: 'interrupted' };

/** Receives events in order. Must not throw and must not wait. */
export type EventSink = (event: RunEvent) => void;
