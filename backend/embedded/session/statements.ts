import type { Frame } from '../wire/frameReader';
import { message, sync } from '../wire/messages';

/** A Parse message of one connection, kept so that it can be sent again after the engine was opened anew. */
export interface PreparedStatement {
  /** The client's name; empty for the unnamed statement. */
  readonly name: string;
  /** Its name in the engine's one session. The unnamed statement stays unnamed. */
  readonly engineName: string;
  /** The Parse message under that name. */
  readonly parse: Buffer;
  /** Epoch of the engine's statements that it was parsed in. */
  epoch: number;
}

/** Statements that the engine's one session holds for all connections. */
export interface ResidentStatements {
  /** Changes when named statements are gone: the engine was reopened, DEALLOCATE, DISCARD. */
  epoch: number;
  /** Whose statement is in the unnamed slot; a simple query empties it. */
  unnamed: PreparedStatement | null;
}

/** Where a zero-terminated string that starts at `from` ends. */
export const stringEnd = (bytes: Buffer, from: number): number => bytes.indexOf(0, from);

/** The prepared statements of one connection. */
export class Statements {
  private readonly known = new Map<string, PreparedStatement>();

  constructor(private readonly connection: number) {}

  engineName(name: string): string {
    return name === '' ? '' : `c${this.connection}_${name}`;
  }

  get(name: string): PreparedStatement | undefined {
    return this.known.get(name);
  }

  keep(statement: PreparedStatement): void {
    this.known.set(statement.name, statement);
  }

  forget(name: string): void {
    this.known.delete(name);
  }

  forgetAll(): void {
    this.known.clear();
  }

  /** Close messages for everything this connection still has in the engine. */
  closeAll(resident: ResidentStatements): Buffer | null {
    const mine = [...this.known.values()].filter(({ name, epoch }) => name !== '' && epoch === resident.epoch);
    this.known.clear();
    return mine.length ? Buffer.concat([...mine.map(({ engineName }) => close(engineName)), sync()]) : null;
  }

  fromParse({ bytes }: Frame): PreparedStatement {
    const end = stringEnd(bytes, 5);
    const name = bytes.toString('utf8', 5, end);
    const engineName = this.engineName(name);
    return { name, engineName, parse: message('P', engineName, bytes.subarray(end + 1)), epoch: -1 };
  }
}

export const isResident = (statement: PreparedStatement, resident: ResidentStatements): boolean =>
  statement.name === '' ? resident.unnamed === statement : statement.epoch === resident.epoch;

const close = (engineName: string): Buffer => message('C', Buffer.from('S'), engineName);

/** A cycle that brings a statement back. The Close before it is harmless where there is none of that name. */
export function replay(statement: PreparedStatement): Buffer {
  return Buffer.concat([...(statement.name ? [close(statement.engineName)] : []), statement.parse, sync()]);
}
