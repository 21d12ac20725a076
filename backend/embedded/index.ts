export type { EmbeddedLogLine, EmbeddedOptions } from './options';
export { startEmbedded, type Embedded } from './startEmbedded';
