import { printfWord } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/** What nft made of rules that are not loaded. */
export interface NftCandidate {
  /** Whether there is a program `unshare`, with which a network of one's own is made. */
  readonly canTry: boolean;
  /** The rules as nft understood them, libnftables-json(5); undefined where it refused them. */
  readonly json: string | undefined;
  /** Why it refused them. */
  readonly complaint: string;
}

/**
 * The key is an nftables text: it is loaded in a network namespace that has nothing in it but these rules and ends with
 * the process, and listed as nft understood it. The host's own rules are not touched.
 * Answer for each key: `yes`, `no` or `none`, the listing, the complaint, each ended by NUL.
 */
export const nftCandidates: Reader<NftCandidate> = {
  name: 'nft-candidates',
  script: (keys) => keys.map(scriptOf).join('\n'),
  parse: ({ stdout }, keys) => {
    const parts = stdout.split('\0');
    return keys.map((_, index) => {
      const [verdict, listing, complaint = ''] = parts.slice(index * 3, index * 3 + 3);
      const canTry = verdict === 'yes' || verdict === 'no';
      return { canTry, json: verdict === 'yes' ? listing : undefined, complaint: complaint.trim() };
    });
  },
};

function scriptOf(text: string): string {
  return `if ! command -v unshare >/dev/null 2>&1; then printf 'none\\0\\0\\0'; else
  listing=$(printf ${printfWord(Buffer.from(text, 'utf8'))} | unshare -n sh -c 'nft -f - && nft -j list ruleset' 2>&1 && printf '\\nyes')
  case $listing in
    *yes) printf 'yes\\0%s\\0\\0' "\${listing%yes}" ;;
    *) printf 'no\\0\\0%s\\0' "$listing" ;;
  esac
fi`;
}
