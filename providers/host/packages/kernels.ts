import { wire } from "../../../pve";
import type { Pve } from "../../kernel/session/pve-session";

/** The kernels of a node, by their releases (`6.17.4-1-pve`). */
interface Kernels {
  readonly running: string | undefined;
  /** The newest one that is installed. */
  readonly newest: string | undefined;
}

/** The release that a kernel's package is; undefined for every other package, those that only name a series too. */
export const kernelRelease = (name: string): string | undefined =>
  /^(?:proxmox|pve)-kernel-(\d[\w.-]*-pve)(?:-signed)?$/.exec(name)?.[1];

function compareReleases(a: string, b: string): number {
  const [left, right] = [a.split(/\D+/).map(Number), b.split(/\D+/).map(Number)];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export const newestOf = (releases: readonly string[]): string | undefined => [...releases].sort(compareReleases).at(-1);

export async function kernelsOf(pve: Pve, node: string): Promise<Kernels> {
  const rows = await pve.api.nodes.$(node).apt.versions.$get();
  const installed = rows.flatMap((row) => {
    const fields = row as unknown as Record<string, unknown>;
    const release = kernelRelease(wire.string(fields["Package"]) ?? "");
    return release !== undefined && wire.string(fields["CurrentState"]) === "Installed" ? [release] : [];
  });
  const running = rows
    .map((row) => wire.string((row as unknown as Record<string, unknown>)["RunningKernel"]))
    .find((release) => release !== undefined);
  return { running, newest: newestOf(installed) };
}

/** What apt must never take away: what the node runs on, what it boots next, and Proxmox itself. */
export function untouchable(removed: readonly string[], { running, newest }: Kernels): string[] {
  return removed.filter((name) => {
    const release = kernelRelease(name);
    return (
      name === "proxmox-ve" || name === "pve-manager" || (release !== undefined && [running, newest].includes(release))
    );
  });
}
