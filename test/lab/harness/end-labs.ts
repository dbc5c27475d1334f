// Ends the test labs of the process given by its id, and those whose process is gone.
import { labIds } from '../../../src/lab/lab-state.js';
import { stopLab } from '../../../src/lab/stop-lab.js';
import { isAbandoned, testLabId } from './test-lab-id.js';

const own = testLabId(Number(process.argv[2]));
for (const id of labIds().filter((id) => id === own || isAbandoned(id))) await stopLab(id);
