import type { Session } from './session';
import type { Notification } from '../engine/runProtocol';
import { notificationResponse, query } from '../wire/messages';

const COMMAND = /\b(listen|unlisten)\s+("(?:[^"]|"")+"|[\w$]+|\*)/gi;

/** An identifier as PostgreSQL reads it. */
const channelName = (word: string): string =>
  word.startsWith('"') ? word.slice(1, -1).replace(/""/g, '"') : word.toLowerCase();

/** LISTEN and UNLISTEN are the session's in PostgreSQL; here all connections share it, so who listens is kept here. */
export class Notifications {
  private readonly sessions = new Set<Session>();

  /**
   * Takes over what a session's LISTEN and UNLISTEN say.
   * @returns what the engine must be told so that the other listeners' channels stay, or null
   */
  note(session: Session, sql: string): Buffer | null {
    let left = false;
    for (const [, command = '', word = ''] of sql.matchAll(COMMAND)) {
      if (command.toLowerCase() === 'listen') {
        session.channels.add(channelName(word));
      } else if (word === '*') {
        session.channels.clear();
        left = true;
      } else {
        session.channels.delete(channelName(word));
        left = true;
      }
    }
    this.sessions.add(session);
    return left ? this.listenAll() : null;
  }

  /** LISTEN for every channel that somebody listens to; null when there is none. */
  listenAll(): Buffer | null {
    const channels = new Set([...this.sessions].flatMap((session) => [...session.channels]));
    const statements = [...channels].map((channel) => `LISTEN "${channel.replace(/"/g, '""')}"`);
    return statements.length ? query(statements.join('; ')) : null;
  }

  forget(session: Session): void {
    this.sessions.delete(session);
  }

  deliver(notifications: readonly Notification[]): void {
    for (const { channel, payload } of notifications) {
      for (const session of this.sessions) {
        if (session.channels.has(channel) && !session.closed) {
          session.sink.write(notificationResponse(session.id, channel, payload));
        }
      }
    }
  }
}
