import type { KindProof } from '../contract.js';

const proof: KindProof = {
  because:
    'facts and variables decide, and nothing is ever changed: it is in sync or it fails; assert.test.ts shows both on machines',
};

export default proof;
