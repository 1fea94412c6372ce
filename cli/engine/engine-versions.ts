import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../project";

/** What engine/versions.json pins: the one place where versions of the engine are chosen. */
interface EngineVersions {
  /** The Pulumi command line that is downloaded or built. */
  readonly cli: string;
  /** The SDK that is developed with: the last that runs on Node.js 20. Newer ones: `npm run test:runtimes`. */
  readonly sdk: string;
  /** The oldest one on PATH that will do: before it, `read` cannot return inputs. */
  readonly oldestCli: string;
  /** The Pulumi SDK module whose language host for Node.js is built. */
  readonly languageHost: string;
  /** The oldest Go that compiles both. */
  readonly go: string;
}

export const engineVersions: EngineVersions = JSON.parse(
  fs.readFileSync(path.join(projectRoot, "engine", "versions.json"), "utf8"),
) as EngineVersions;

/** Negative when `a` is older than `b`; a leading `v` or `go` and a suffix such as `-rc1` are not looked at. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbers(a), numbers(b)];
  for (let i = 0; i < 3; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): number[] {
  const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  if (!match) throw new Error(`not a version: "${version}"`);
  return match.slice(1).map((part) => Number(part ?? 0));
}
