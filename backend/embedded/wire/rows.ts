import { ReplyScanner } from './replyScanner';

const text = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');

/** The columns of a DataRow message as text; NULL is an empty text. */
export function rowValues(message: Uint8Array): string[] {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const values: string[] = [];
  let position = 7;
  for (let column = view.getInt16(5); column > 0; column--) {
    const length = view.getInt32(position);
    position += 4;
    values.push(length < 0 ? '' : text(message.subarray(position, position + length)));
    position += Math.max(length, 0);
  }
  return values;
}

/** Message text of an ErrorResponse. */
export function errorText(message: Uint8Array): string {
  const fields = text(message.subarray(5)).split('\0');
  return fields.find((field) => field.startsWith('M'))?.slice(1) ?? 'unknown error';
}

/** All rows of an answer, and its first error. */
export function readRows(bytes: Uint8Array): { readonly rows: string[][]; readonly error: string | null } {
  const rows: string[][] = [];
  let error: string | null = null;
  const visit = (type: number, message: Uint8Array): boolean => {
    if (type === 'D'.charCodeAt(0)) {
      rows.push(rowValues(message));
    } else if (type === 'E'.charCodeAt(0)) {
      error ??= errorText(message);
    }
    return false;
  };
  new ReplyScanner({ visit }).push(bytes);
  return { rows, error };
}
