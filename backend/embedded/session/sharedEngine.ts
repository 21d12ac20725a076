import { Notifications } from './notifications';
import type { EngineState } from './plan';
import { AFTER_OPEN, BASELINE, switchStatement } from './settings';
import type { Engine, RunEvents } from '../engine/engine';
import type { RunReply, RunRequest } from '../engine/runProtocol';
import { query } from '../wire/messages';
import { readRows } from '../wire/rows';

/** Nobody sees the answer. */
const UNSEEN: RunEvents = { chunk: (_bytes, consumed) => consumed(), copyIn: () => undefined };

/** The engine together with what its one session holds at the moment. Callers take turns; see EngineQueue. */
export class SharedEngine {
  readonly state: EngineState = { resident: { epoch: 0, unnamed: null }, settings: AFTER_OPEN };
  readonly notifications = new Notifications();
  /** Memory of the engine at its last answer, in bytes. */
  memoryBytes = 0;
  private reopening: Promise<void> | null = null;

  /** @param broken told when the engine can't be opened any more */
  constructor(
    private readonly engine: Engine,
    private readonly broken: (error: Error) => void
  ) {}

  /**
   * @throws EngineInterrupted after `reopen`
   * @throws EngineCrashed when the engine broke down; `reopen` must be called
   */
  async run(request: RunRequest, events: RunEvents): Promise<RunReply> {
    const reply = await this.engine.run(request, events);
    this.memoryBytes = reply.memoryBytes;
    return reply;
  }

  sendCopyData(bytes: Uint8Array): void {
    this.engine.sendCopyData(bytes);
  }

  get copyBacklog(): number {
    return this.engine.copyBacklog;
  }

  /** Messages of which only the effect counts. */
  async hidden(body: Uint8Array): Promise<void> {
    this.state.resident.unnamed = null;
    await this.run({ body, hidden: '', copyIn: false, capture: 'never' }, UNSEEN);
  }

  /**
   * Runs SQL of the server itself, with all rights. The engine is opened anew when it breaks down.
   * @returns the rows of all statements, as text
   * @throws Error with the server's message
   */
  async internal(sql: string): Promise<string[][]> {
    const switching = switchStatement(this.state.settings, BASELINE);
    this.state.resident.unnamed = null;
    const prelude = switching && { prelude: query(switching) };
    const reply = await this.run(
      { ...prelude, body: query(sql), hidden: '', copyIn: false, capture: 'never' },
      UNSEEN
    ).catch(async (error: unknown) => {
      await this.reopen();
      throw error;
    });
    if (!reply.preludeFailed) {
      this.state.settings = BASELINE;
    }
    this.notifications.deliver(reply.notifications);
    const { rows, error } = readRows(reply.bytes);
    if (error) {
      throw new Error(error);
    }
    return rows;
  }

  /** Ends what runs and opens the engine anew. Calls while that is under way wait for the same opening. */
  reopen(): Promise<void> {
    this.reopening ??= this.restart().finally(() => (this.reopening = null));
    return this.reopening;
  }

  /** Waits for an opening that is under way. */
  async whenOpen(): Promise<void> {
    await this.reopening;
  }

  private async restart(): Promise<void> {
    this.state.settings = AFTER_OPEN;
    this.state.resident.epoch++;
    this.state.resident.unnamed = null;
    try {
      await this.engine.restart();
      const listen = this.notifications.listenAll();
      if (listen) {
        await this.hidden(listen);
      }
    } catch (error) {
      this.broken(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
