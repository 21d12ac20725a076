export * from './compile';
export * from './costTypes';
export * from './dimensions';
export * from './interval';
export { instant, literal } from './literal';
export * from './measures';
export * from './metrics';
export * from './model';
export * from './rollups';
