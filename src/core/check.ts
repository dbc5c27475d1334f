/** Something that becomes true by itself, as the host sees it. */
export type Check =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'http';
      readonly url: string;
      /** Empty: every 2xx. */
      readonly statuses: readonly number[];
      readonly isInsecure: boolean;
    }
  | {
      readonly kind: 'dns';
      readonly name: string;
      /** Undefined: an address of either sort. */
      readonly type: string | undefined;
      /** Undefined: as the host resolves names. */
      readonly server: string | undefined;
      /** Of the server; default: 53. */
      readonly port?: number | undefined;
    }
  | { readonly kind: 'command'; readonly argv: readonly string[] }
  | { readonly kind: 'path'; readonly path: string };
