// `npm run engine`: makes sure that there is a Pulumi engine, and says which of three ways it took.
import path from "node:path";
import type * as AutomationApi from "@pulumi/pulumi/automation";
import { SemVer } from "semver";
import { buildFromModules, type Progress } from "./engine/build-from-modules";
import { type Engine, installationRoot, installedIn, onPath } from "./engine/installation";
import { withLock } from "./engine/lock";
import { engineVersions } from "./engine/engine-versions";

export type { Engine } from "./engine/installation";

/** The engine that is already on this machine: on PATH, else where `npm run engine` puts it. */
export async function findEngine(): Promise<Engine> {
  const reasons: string[] = [];
  for (const look of [onPath, () => installedIn(installationRoot())]) {
    const found = await look();
    if (typeof found !== "string") return found;
    reasons.push(found);
  }
  throw new Error(`there is no Pulumi engine (${reasons.join("; ")}): run "npm run engine"`);
}

/** Finds the engine, downloads it, or builds it; `say` gets the progress and last the way that was taken. */
async function getEngine(say: Progress): Promise<Engine> {
  const reached = (engine: Engine, way: string): Engine => {
    say(`Pulumi ${engine.version} ${way}: ${engine.pulumi}`, false);
    return engine;
  };
  const fromPath = await onPath();
  if (typeof fromPath !== "string") return reached(fromPath, "from PATH");
  const root = installationRoot();
  const present = await installedIn(root);
  if (typeof present !== "string") return reached(present, "from its installation");

  const waiting = (holder: string): void => say(`waiting for another set-up of the engine (process ${holder})`, false);
  return withLock(`${root}.lock`, waiting, async () => {
    const meanwhile = await installedIn(root);
    if (typeof meanwhile !== "string") return reached(meanwhile, "from its installation");
    say(`downloading Pulumi ${engineVersions.cli}`, true);
    const download = await attempt(() => downloadInto(root));
    if (download === undefined) return reached(await mustBeIn(root), "downloaded");
    say("Pulumi's releases cannot be reached from here: building it from Go modules, once (about 4 minutes)", false);
    const build = await attempt(() => buildFromModules(root, say));
    if (build === undefined) return reached(await mustBeIn(root), "built from Go modules");
    throw new Error(
      [
        "no Pulumi engine. Three ways lead to one:",
        `1. pulumi >= ${engineVersions.oldestCli} on PATH, with pulumi-language-nodejs beside it: ${fromPath}`,
        `2. a download of Pulumi ${engineVersions.cli} from get.pulumi.com and its release: ${download}`,
        `3. a build with Go >= ${engineVersions.go} from a Go module proxy: ${build}`,
      ].join("\n"),
    );
  });
}

/** The SDK's own installer runs Pulumi's install script. */
async function downloadInto(root: string): Promise<void> {
  // Loaded only here: it costs half a second that finding the engine need not pay.
  const { PulumiCommand } = require("@pulumi/pulumi/automation/index.js") as typeof AutomationApi;
  await PulumiCommand.install({ root, version: new SemVer(engineVersions.cli) });
  await mustBeIn(root);
}

async function mustBeIn(root: string): Promise<Engine> {
  const engine = await installedIn(root);
  if (typeof engine === "string") throw new Error(engine);
  return engine;
}

async function attempt(way: () => Promise<void>): Promise<string | undefined> {
  try {
    await way();
    return undefined;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).trim();
  }
}

/** On a terminal transient lines replace each other; in a log one of them every half minute is enough. */
function reporter(out: NodeJS.WriteStream, now: () => number): Progress {
  let last = now();
  let pending = false;
  return (line, transient) => {
    if (out.isTTY) {
      out.write(`${pending ? "\r\x1b[K" : ""}${line}${transient ? "" : "\n"}`);
      pending = transient;
    } else if (!transient || now() - last >= 30_000) {
      out.write(`${line}\n`);
      last = now();
    }
  };
}

if (require.main === module) {
  getEngine(reporter(process.stderr, Date.now)).catch((error: unknown) => {
    process.stderr.write(
      `${path.basename(__filename, ".js")}: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exitCode = 1;
  });
}
