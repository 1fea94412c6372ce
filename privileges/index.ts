export { leastPrivilege, type DescribedResource, type LeastPrivilege } from "./least";
export { callsOf, endpointsOf } from "./whole-life";
export type { Need, Right } from "./need";
