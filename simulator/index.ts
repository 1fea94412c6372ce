export { startSimulator, type SimulatedNode, type Simulator, type SimulatorOptions } from "./simulator.js";
export type { SimulatedClock, ClockMode } from "./simulated-clock.js";
export type { FaultEffect } from "./fault-effects.js";
export type { Fault } from "./faults.js";
export type { RequestRecord } from "./request-record.js";
export { seedWorld } from "./seeds/index.js";
export type { World } from "./world/world.js";
export { startWebMirror, type WebMirror } from "./web-mirror.js";
