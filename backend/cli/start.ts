import path from 'node:path';
import { runStart } from '../launch/runStart';

void runStart(process.argv, process.env, path.join(__dirname, '..', '..')).then((code) => process.exit(code));
