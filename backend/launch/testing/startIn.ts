import { runStart } from '../runStart';

/** `npm start` of the repository that FAKE_ROOT names: the process that launch.test.ts starts and ends. */
void runStart(process.argv, process.env, process.env.FAKE_ROOT ?? '').then((code) => process.exit(code));
