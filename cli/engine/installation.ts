import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { compareVersions, engineVersions } from "./engine-versions";

/** The three programs that a JavaScript program with dynamic resources needs. */
export const engineFiles = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"] as const;

/** A Pulumi engine that can be started. */
export interface Engine {
  /** The command line's absolute path. */
  readonly pulumi: string;
  readonly version: string;
  /** Environment to start it with, complete. */
  readonly env: NodeJS.ProcessEnv;
}

/** Where the SDK's installer and the build put the engine. */
export function installationRoot(version = engineVersions.cli): string {
  return path.join(os.homedir(), ".pulumi", "versions", version);
}

/** The engine on PATH, when it is new enough and complete; otherwise why it is not used. */
export async function onPath(env: NodeJS.ProcessEnv = process.env): Promise<Engine | string> {
  const found = lookUp("pulumi", env);
  if (!found) return "no pulumi on PATH";
  const missing = engineFiles.slice(1).filter((file) => !beside(found, file) && !lookUp(file, env));
  if (missing.length > 0) return `${found} lacks ${missing.join(" and ")}`;
  return check(found, engineVersions.oldestCli, env);
}

/** The engine in an installation's folder, when it is there and complete; otherwise why it is not used. */
export async function installedIn(root: string, env: NodeJS.ProcessEnv = process.env): Promise<Engine | string> {
  const bin = path.join(root, "bin");
  const missing = engineFiles.filter((file) => !isExecutable(path.join(bin, file)));
  if (missing.length > 0) return `${bin} lacks ${missing.join(", ")}`;
  return check(path.join(bin, "pulumi"), engineVersions.oldestCli, env);
}

async function check(pulumi: string, oldest: string, base: NodeJS.ProcessEnv): Promise<Engine | string> {
  const env = environment(pulumi, base);
  let version: string;
  try {
    const { stdout } = await promisify(execFile)(pulumi, ["version"], { env, timeout: 60_000 });
    version = stdout.trim().replace(/^v/, "");
  } catch (error) {
    return `${pulumi} does not start: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!/^\d+\.\d+\.\d+/.test(version)) return `${pulumi} does not say its version (it says "${version}")`;
  if (compareVersions(version, oldest) < 0) return `${pulumi} is ${version}, older than ${oldest}`;
  if (!version.startsWith("3.")) return `${pulumi} is ${version}: another major version than the SDK's`;
  return { pulumi, version, env };
}

/** The command line finds its language host on PATH before it looks beside itself: put its own folder first. */
function environment(pulumi: string, base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const bin = path.dirname(pulumi);
  return {
    ...base,
    PATH: [bin, ...folders(base).filter((folder) => folder !== bin)].join(path.delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  };
}

const folders = (env: NodeJS.ProcessEnv): string[] => (env["PATH"] ?? "").split(path.delimiter).filter(Boolean);

function lookUp(file: string, env: NodeJS.ProcessEnv): string | undefined {
  return folders(env)
    .map((folder) => path.resolve(folder, file))
    .find(isExecutable);
}

function beside(pulumi: string, file: string): boolean {
  return isExecutable(path.join(path.dirname(fs.realpathSync(pulumi)), file));
}

function isExecutable(file: string): boolean {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && stat.isFile() && (stat.mode & 0o111) !== 0;
}
