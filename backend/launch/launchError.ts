/** Why `npm start` can't go on, in words for the person at the terminal: cause and cure, no stack. */
export class LaunchError extends Error {
  override name = 'LaunchError';
}
