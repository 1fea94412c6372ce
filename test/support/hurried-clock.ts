import { systemClock } from "../../pve/clock";
import { hurriedClock } from "./hurry";

// Loaded into a plugin before it starts.
Object.assign(systemClock, hurriedClock());
