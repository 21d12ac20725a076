import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { sendAlong, transactionOf } from '../../storage/transaction';
import { deserialize, serialize } from './journalText';
import type { OnceMemory } from './onceMemory';
import { Signal } from './signal';

/** Any number that nothing else in the database locks by. */
const LOCK = 7_226_330_157;

/** An entry that was added since the last one in the memory; without its content when this collector wrote it. */
interface Row {
  readonly entry: bigint;
  readonly content: string | null;
}

/** A transaction that decides about calls. */
export interface Deciding {
  /**
   * Decides. While the transaction before is being committed this is done ahead of it, and done again if that one fails or
   * another collector was faster: `work` must change nothing but the memory.
   */
  decide<T>(work: () => T): Promise<T>;
  /** Everything was sent but the COMMIT: the next transaction may decide. */
  sent(): void;
}

/**
 * Keeps a collector's memory of calls equal to what all collectors on one database have committed.
 *
 * Transactions that decide about calls come one after another (an advisory lock that ends with the transaction): each
 * first takes over what others have added to the journal since, decides, and adds what it learned beside the rows. So two
 * collectors that see two halves of a trace come to the result of one that sees both, and a restart forgets nothing.
 *
 * Two transactions of one collector overlap: the next one decides while the database stores the rows of the one before.
 */
export class OnceJournal {
  /** The last entry that the memory holds. */
  last = 0n;
  /** Raised whenever the memory lost what transactions under way had put into it: it comes back from the journal. */
  epoch = 0;
  /** Other collectors write too: what is decided ahead would have to be decided again. */
  shared = false;
  private readonly origin = randomUUID();
  private newest: Turn | null = null;
  /** The turn that each connection entered last. */
  private readonly turns = new WeakMap<PoolClient, Turn>();

  constructor(readonly memory: OnceMemory) {}

  /**
   * Waits for this transaction's turn to ask for the lock: asked in the order of turns, since whoever has the lock must not
   * wait for one who waits for the lock. Before the BEGIN: the embedded engine would not give the lock to the turn before.
   */
  async enter(client: PoolClient): Promise<void> {
    const before = this.newest;
    const turn = new Turn(this, client, before);
    this.newest = turn;
    this.turns.set(client, turn);
    transactionOf(client).onEnd.push((committed) => turn.end(committed));
    await before?.locked.told;
  }

  /** Asks for the lock, in the open transaction of a pipelined connection that has entered. */
  begin(client: PoolClient): Deciding {
    const turn = this.turns.get(client);
    if (!turn) {
      throw new Error('this connection has not entered the journal; give inTransaction its enter');
    }
    turn.lock();
    return turn;
  }

  /** Entries that the memory lacks, once the lock is there. */
  async read(client: PoolClient): Promise<readonly Row[]> {
    const { rows } = await client.query<Row>({
      name: 'read_once_journal',
      text: `SELECT entry, CASE WHEN origin IS DISTINCT FROM $2::uuid THEN content END AS content
             FROM public.once_journal WHERE entry > $1 ORDER BY entry`,
      values: [this.last.toString(), this.origin],
    });
    return rows;
  }

  /** Adds what the memory learned; the entry's number is there before the commit is. */
  append(client: PoolClient, told: (entry: bigint) => void): void {
    const { changes } = this.memory;
    const { sightings, links, verdicts, counters } = changes;
    if (sightings.length + links.length + verdicts.size + counters.size === 0) {
      return;
    }
    const appended = client.query<{ entry: bigint }>({
      name: 'append_once_journal',
      text: 'INSERT INTO public.once_journal (sightings, links, content, origin) VALUES ($1, $2, $3, $4) RETURNING entry',
      values: [sightings.length, links.length, serialize(changes), this.origin],
    });
    sendAlong(
      client,
      appended.then(({ rows }) => told(rows[0]!.entry))
    );
  }
}

/** One transaction's turn. */
class Turn implements Deciding {
  /** It has the lock, or will never have it. */
  readonly locked = new Signal();
  private readonly allSent = new Signal();
  private readonly ended = new Signal();
  private rows: Promise<readonly Row[]> = Promise.resolve([]);
  private entry: bigint | null = null;
  /** The journal's epoch when it put its changes into the memory; null: it has not. */
  private epoch: number | null = null;

  constructor(
    private readonly journal: OnceJournal,
    private readonly client: PoolClient,
    private before: Turn | null
  ) {}

  lock(): void {
    const lock = this.client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    this.rows = Promise.all([lock, this.journal.read(this.client)]).then(([, rows]) => rows);
    this.rows.then(
      () => this.locked.tell(),
      () => undefined
    );
  }

  async decide<T>(work: () => T): Promise<T> {
    const { journal } = this;
    await this.before?.allSent.told;
    let ahead = journal.shared ? null : this.put(work);
    const rows = await this.rows;
    await this.before?.ended.told;
    const added = rows.filter(({ entry }) => entry > journal.last);
    journal.shared = added.length > 0;
    if (added.length > 0 && ahead && this.epoch === journal.epoch) {
      this.takeBack();
    }
    if (added.length > 0) {
      await this.takeOver(added);
    }
    if (this.epoch !== journal.epoch) {
      ahead = null;
    }
    const result = (ahead ?? this.put(work)).result;
    journal.append(this.client, (entry) => {
      this.entry = entry;
    });
    journal.memory.seal();
    return result;
  }

  sent(): void {
    this.allSent.tell();
  }

  end(committed: boolean): void {
    const { journal } = this;
    if (this.epoch === journal.epoch) {
      if (committed) {
        journal.memory.commit(Date.now() * 1000);
        journal.last = this.entry ?? journal.last;
      } else {
        this.takeBack();
      }
    }
    // Where the memory lost its changes meanwhile, and it was committed, they are in the journal.
    this.before = null;
    [this.locked, this.allSent, this.ended].forEach((signal) => signal.tell());
  }

  private put<T>(work: () => T): { result: T } {
    this.epoch = this.journal.epoch;
    return { result: work() };
  }

  private takeBack(): void {
    this.journal.memory.rollback();
    this.journal.epoch++;
  }

  private async takeOver(added: readonly Row[]): Promise<void> {
    const { journal, client } = this;
    const own = added.flatMap(({ entry, content }) => (content === null ? [entry.toString()] : []));
    const contents = new Map(added.map(({ entry, content }) => [entry, content]));
    if (own.length > 0) {
      const { rows } = await client.query<Row>(
        'SELECT entry, content FROM public.once_journal WHERE entry = ANY ($1::bigint[])',
        [own]
      );
      rows.forEach(({ entry, content }) => contents.set(entry, content));
    }
    const now = Date.now() * 1000;
    for (const { entry } of added) {
      journal.memory.apply(deserialize(contents.get(entry) ?? ''), now);
      journal.last = entry;
    }
  }
}

/**
 * Removes the entries that no memory would hold any more: older than the age, or pushed out by newer ones.
 *
 * @returns how many were removed.
 */
export async function pruneJournal(pool: Pool, { limits }: OnceMemory): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM public.once_journal AS old USING (
       SELECT entry, at, sum(sightings) OVER newer AS sightings, sum(links) OVER newer AS links
       FROM public.once_journal WINDOW newer AS (ORDER BY entry DESC)
     ) AS sums
     WHERE old.entry = sums.entry
       AND (sums.sightings > $1::bigint OR sums.links > $2::bigint OR sums.at < now() - $3::bigint * interval '1 microsecond')`,
    [limits.sightings, limits.links, limits.sightingAge]
  );
  return rowCount ?? 0;
}
