export type { ContainerRecord } from './container/record.ts';
export { createEngine, type Engine, type EngineDeps } from './engine.ts';
export type { EngineOptions } from './parts.ts';
