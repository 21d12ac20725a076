/** The bytes or text of a request are not what its content type says. The message names what is wrong and where. */
export class FormatError extends RangeError {
  override readonly name = 'FormatError';
}
