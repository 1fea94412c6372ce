import path from "node:path";
import { projectRoot } from "../../cli/project";

/** Where a run of the tests leaves its results; git ignores it. */
export const outFolder = process.env["PROXMOX_TEST_OUT"] ?? path.join(projectRoot, "out");

/** Loaded into every Node.js process of the tests; plain JavaScript, because it must work before anything is built. */
export const networkGuard = path.join(projectRoot, "test", "support", "network-guard.cjs");
const preloaded = [networkGuard, path.join(projectRoot, "test", "support", "lazy-modules.cjs")];

/** What every process that the tests start gets; a value that the caller has set already wins. */
export function testEnvironment(): Record<string, string> {
  const inherited = process.env["NODE_OPTIONS"] ?? "";
  const missing = preloaded.filter((file) => !inherited.includes(file));
  return {
    NODE_OPTIONS: [inherited, ...missing.map((file) => `--require ${JSON.stringify(file)}`)].join(" ").trim(),
    // In a home folder where npm has never looked, it would ask for a newer npm.
    NPM_CONFIG_UPDATE_NOTIFIER: "false",
    NETWORK_GUARD_FILE: process.env["NETWORK_GUARD_FILE"] ?? path.join(outFolder, "network-guard.txt"),
    PROXMOX_REQUEST_LOG: process.env["PROXMOX_REQUEST_LOG"] ?? path.join(outFolder, "requests.jsonl"),
  };
}

/** For a plugin whose many pauses a test need not sit through. */
export function hurried(): Record<string, string> {
  const clock = path.join(projectRoot, "dist", "test", "support", "hurried-clock.js");
  return { NODE_OPTIONS: `${testEnvironment()["NODE_OPTIONS"] ?? ""} --require ${JSON.stringify(clock)}` };
}
