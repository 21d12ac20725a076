import { ProtocolViolation } from './frameReader';

/** What a connection begins with. Source: "Message Formats", StartupMessage, CancelRequest, SSLRequest. */
export type StartPacket =
  | { readonly kind: 'encryption' }
  | { readonly kind: 'cancel'; readonly processId: number; readonly secret: number }
  | {
      readonly kind: 'start';
      /** Minor version above 0 that the client asked for, and protocol options we don't know. */
      readonly minor: number;
      readonly unknownOptions: readonly string[];
      readonly user: string;
      /** Session settings from the packet, names in lower case. */
      readonly settings: ReadonlyMap<string, string>;
    };

const CANCEL = 80877102;
const TLS = 80877103;
const GSS = 80877104;
const PROTOCOL_OPTION = '_pq_.';
const NOT_SETTINGS = new Set(['user', 'database', 'replication', 'options']);

/** `options` holds command-line switches: `-c name=value` and `--name=value`, spaces escaped by a backslash. */
function commandLineSettings(options: string): Array<[string, string]> {
  const words = options.match(/(?:\\.|[^\s\\])+/g) ?? [];
  const assignments: Array<[string, string]> = [];
  for (let i = 0; i < words.length; i++) {
    const word = (words[i] === '-c' ? words[++i] : words[i])?.replace(/^(-c|--)/, '').replace(/\\(.)/g, '$1') ?? '';
    const equals = word.indexOf('=');
    if (equals > 0) {
      assignments.push([word.slice(0, equals).replace(/-/g, '_').toLowerCase(), word.slice(equals + 1)]);
    }
  }
  return assignments;
}

/** @throws ProtocolViolation */
export function parseStartPacket(packet: Buffer): StartPacket {
  const code = packet.length < 8 ? 0 : packet.readInt32BE(4);
  if (code === TLS || code === GSS) {
    return { kind: 'encryption' };
  }
  if (code === CANCEL && packet.length >= 16) {
    return { kind: 'cancel', processId: packet.readInt32BE(8), secret: packet.readInt32BE(12) };
  }
  if (code >>> 16 !== 3) {
    throw new ProtocolViolation(`protocol ${code >>> 16}.${code & 0xffff} is not supported, only 3.0`);
  }
  const given = nameValuePairs(packet.toString('utf8', 8));
  const own = [...given].filter(([name]) => !NOT_SETTINGS.has(name) && !name.startsWith(PROTOCOL_OPTION));
  return {
    kind: 'start',
    minor: code & 0xffff,
    unknownOptions: [...given.keys()].filter((name) => name.startsWith(PROTOCOL_OPTION)),
    user: given.get('user') ?? '',
    settings: new Map([
      ...commandLineSettings(given.get('options') ?? ''),
      ...own.map(([name, value]) => [name.toLowerCase(), value] as const),
    ]),
  };
}

/** Zero-terminated names and values in turn; an empty name ends them. */
function nameValuePairs(text: string): Map<string, string> {
  const words = text.split('\0');
  const pairs = new Map<string, string>();
  for (let i = 0; i + 1 < words.length && words[i]; i += 2) {
    pairs.set(words[i] ?? '', words[i + 1] ?? '');
  }
  return pairs;
}
