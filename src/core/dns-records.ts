/** Numbers of the sorts of DNS records that can be asked for (RFC 1035 3.2.2, RFC 3596, RFC 2782). */
export const RECORD_NUMBERS = { A: 1, NS: 2, CNAME: 5, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33 } as const;

/** A sort of record that can be asked for. */
export type RecordType = keyof typeof RECORD_NUMBERS;

export const RECORD_TYPES = Object.keys(RECORD_NUMBERS) as readonly RecordType[];
