import fs from "node:fs";
import path from "node:path";

/** The file beside a stack's state in which a file backend keeps what it knows of that file. */
export const sidecarOf = (stateFolder: string, project: string, stack: string): string =>
  path.join(stateFolder, ".pulumi", "stacks", project, `${stack}.json.attrs`);

/**
 * A file backend replaces the state itself in one step, but writes its sidecar in place: killed in between, it leaves
 * the sidecar empty, and then no command can read the state. Takes the sidecar away, as README.md advises; true when
 * that was needed.
 */
export function removeTornSidecar(stateFolder: string, project: string, stack: string): boolean {
  const sidecar = sidecarOf(stateFolder, project, stack);
  try {
    JSON.parse(fs.readFileSync(sidecar, "utf8"));
    return false;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    fs.rmSync(sidecar);
    return true;
  }
}
