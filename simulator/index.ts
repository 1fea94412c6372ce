export { startSimulator, type SimulatedNode, type Simulator, type SimulatorOptions } from "./simulator.js";
export type { Clock, ClockMode } from "./clock.js";
export type { Effect, Fault } from "./faults.js";
export type { RequestRecord } from "./request-log.js";
export { seedWorld } from "./seeds/index.js";
export type { World } from "./world/world.js";
export { startWebMirror, type WebMirror } from "./web-mirror.js";
