/** The parts of PGlite's WebAssembly module that a wire server needs. Source: PGlite, packages/pglite/src/pglite.ts. */
export interface PostgresModule {
  readonly HEAPU8: Uint8Array;
  /** Answers all messages of the input; the arguments are its length and its first byte. */
  _interactive_one(length: number, peek: number): void;
  _set_read_write_cbs(read: number, write: number): void;
  _pgl_shutdown(): void;
  addFunction(callback: (pointer: number, length: number) => number, signature: string): number;
}

export interface DriverEvents {
  /** A piece of the engine's output. */
  output(piece: Uint8Array): void;
  /** The engine wants more input than it got: it is in COPY FROM STDIN. Waits for it. */
  moreInput(): Uint8Array;
}

/**
 * Feeds protocol messages to the engine and hands on its answers. It takes the place of PGlite's own callbacks, which
 * decode every row a second time and can't wait for COPY data.
 */
export class EngineDriver {
  private input: Uint8Array = new Uint8Array(0);
  private offset = 0;
  private problems: Error[] = [];

  constructor(
    private readonly module: PostgresModule,
    private readonly events: DriverEvents
  ) {
    const read = module.addFunction((pointer, length) => this.guard(() => this.read(pointer, length)), 'iii');
    const write = module.addFunction((pointer, length) => this.guard(() => this.write(pointer, length)), 'iii');
    module._set_read_write_cbs(read, write);
  }

  get memoryBytes(): number {
    return this.module.HEAPU8.length;
  }

  /** Runs whole messages, several cycles if need be. @throws when the engine is broken and must be opened anew */
  run(messages: Uint8Array): void {
    this.input = messages;
    this.offset = 0;
    this.problems = [];
    this.module._interactive_one(messages.length, messages[0] ?? 0);
    this.input = new Uint8Array(0);
    const [problem] = this.problems;
    if (problem) {
      throw problem;
    }
  }

  /** Writes a checkpoint and ends the session. */
  shutdown(): void {
    this.module._pgl_shutdown();
  }

  private read(pointer: number, length: number): number {
    while (this.offset >= this.input.length) {
      this.input = this.events.moreInput();
      this.offset = 0;
    }
    const piece = this.input.subarray(this.offset, this.offset + length);
    this.module.HEAPU8.set(piece, pointer);
    this.offset += piece.length;
    return piece.length;
  }

  private write(pointer: number, length: number): number {
    this.events.output(this.module.HEAPU8.slice(pointer, pointer + length));
    return length;
  }

  /** An exception that crosses the engine's stack wedges it: it is kept until the engine has returned. */
  private guard(callback: () => number): number {
    try {
      return callback();
    } catch (error) {
      this.problems.push(error instanceof Error ? error : new Error(String(error)));
      return 0;
    }
  }
}
