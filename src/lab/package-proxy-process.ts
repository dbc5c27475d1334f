// The lab's package proxy, one process for each half: node sees one network namespace only.
//   package-proxy-process outside SOCKET CACHE_FOLDER [TRUSTED_HOST...]
//   package-proxy-process inside SOCKET PORT ADDRESS...
import { createInsideRelay, createOutsideProxy } from './package-proxy.js';

const [half, socketPath = '', third = '', ...rest] = process.argv.slice(2);
if (half === 'outside') {
  createOutsideProxy({ cacheFolder: third, trusted: rest }).listen(socketPath);
} else {
  for (const address of rest) createInsideRelay(socketPath).listen(Number(third), address);
}
