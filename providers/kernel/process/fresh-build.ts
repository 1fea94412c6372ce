import fs from "node:fs";
import path from "node:path";

/**
 * `refresh` and `destroy` run no program that could rebuild, so the provider refuses to run code that is older than its
 * sources. A published package has no sources beside it and is always what it is.
 */
export function assertFreshBuild(root = path.join(__dirname, "..", "..", "..", "..")): void {
  const script = path.join(root, "scripts", "fresh.cjs");
  if (!fs.existsSync(script)) return;
  const { isFresh } = require(script) as { isFresh(scope: "program" | "all"): boolean };
  if (!isFresh("program"))
    throw new Error(
      "the sources of pulumi-proxmox-cluster changed since the last build: run npm run build, then try again",
    );
}
