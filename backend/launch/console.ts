/** What `npm start` tells the person at the terminal. */
export interface Screen {
  say(line?: string): void;
  /** A line that the next one of its kind replaces, where the terminal can. */
  progress(line: string): void;
  fail(message: string): void;
}

/** A closed terminal must not stop us from ending our children. */
export function survivePipeErrors(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => undefined);
  }
}

export function terminal(): Screen {
  let open = false;
  const endProgress = () => {
    if (open) {
      process.stdout.write('\n');
      open = false;
    }
  };
  return {
    say: (line = '') => {
      endProgress();
      process.stdout.write(`${line}\n`);
    },
    progress: (line) => {
      if (process.stdout.isTTY) {
        process.stdout.write(`\r\x1b[K${line}`);
        open = true;
      }
    },
    fail: (message) => {
      endProgress();
      process.stderr.write(`${message}\n`);
    },
  };
}
