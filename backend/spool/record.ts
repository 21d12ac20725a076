import { crc32 } from 'node:zlib';
import { deserialize, serialize } from 'node:v8';

/**
 * A record in a spool file: length of the content (u32), CRC-32 of the content (u32), content. Little endian. The content
 * is a structured clone, which keeps big integers.
 */
const HEADER_BYTES = 8;

/** More can only be a torn or foreign file. */
const MAX_CONTENT_BYTES = 512 * 1024 * 1024;

export function encodeRecord(value: unknown): Buffer {
  const content = serialize(value);
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32LE(content.length, 0);
  header.writeUInt32LE(crc32(content), 4);
  return Buffer.concat([header, content]);
}

/** The record at an offset and where the next one begins; null where no whole record is. */
export function decodeRecord(file: Buffer, offset: number): { value: unknown; next: number } | null {
  if (offset + HEADER_BYTES > file.length) {
    return null;
  }
  const length = file.readUInt32LE(offset);
  const next = offset + HEADER_BYTES + length;
  if (length > MAX_CONTENT_BYTES || next > file.length) {
    return null;
  }
  const content = file.subarray(offset + HEADER_BYTES, next);
  return crc32(content) === file.readUInt32LE(offset + 4) ? { value: deserialize(content), next } : null;
}
