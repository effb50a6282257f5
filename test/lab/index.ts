export { type CommandOptions, must, type Result, run } from './command.ts';
export { type EngineOptions, LabEngine } from './engine.ts';
export { createLab, Lab, type LabHost } from './host.ts';
export { type Leftovers, leftoversOf } from './leftovers.ts';
export { processes, processesNaming } from './processes.ts';
