import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { projectRoot } from "../cli/project";
import { installTarball, makeProject } from "../test/support/project";
import type { Completion } from "./completion";
import { result, type Result } from "./result";

const rounds = 5;

/** What a hand would write for just the arguments that the program uses: the least that a compiler must read. */
const plain = `import * as pulumi from "@pulumi/pulumi";
export interface VmArgs {
  source?: pulumi.Input<{ clone?: pulumi.Input<{ template: pulumi.Input<number | string>; full?: pulumi.Input<boolean> }> }>;
  cores?: pulumi.Input<number>;
  memoryMiB?: pulumi.Input<number>;
  tags?: pulumi.Input<pulumi.Input<string>[]>;
  agent?: pulumi.Input<boolean>;
  disks?: pulumi.Input<pulumi.Input<{ storage: pulumi.Input<string>; sizeGiB?: pulumi.Input<number> }>[]>;
  networks?: pulumi.Input<pulumi.Input<{ bridge: pulumi.Input<string>; vlan?: pulumi.Input<number> }>[]>;
  cloudInit?: pulumi.Input<{ user?: pulumi.Input<string>; addresses?: pulumi.Input<pulumi.Input<{ address?: pulumi.Input<string> }>[]> }>;
}
export declare class Vm extends pulumi.CustomResource {
  readonly vmid: pulumi.Output<number>;
  readonly ips: pulumi.Output<string[]>;
  constructor(name: string, args: VmArgs, opts?: pulumi.CustomResourceOptions);
}
`;

const one = (n: number): string => `const vm${n} = new Vm("web-${n}", {
  source: { clone: { template: 9000, full: false } },
  cores: ${n}, memoryMiB: 2048, agent: true, tags: ["web", "bench"],
  disks: [{ storage: "local-lvm", sizeGiB: 20 }],
  networks: [{ bridge: "vmbr0", vlan: ${n} }],
  cloudInit: { user: "admin", addresses: [{ address: "dhcp" }] },
});
`;

/** Fifty lines: six machines, and what they export. */
const program = (from: string): string =>
  `import { Vm } from "${from}";\n${[1, 2, 3, 4, 5, 6].map(one).join("")}export const ips = [vm1.ips, vm2.ips, vm3.ips, vm4.ips, vm5.ips, vm6.ips];\n`;

/** Completion in a program of fifty lines, and its compilation against the same with plain interfaces. */
export async function editor(): Promise<Result[]> {
  const project = makeProject(installTarball);
  try {
    fs.writeFileSync(path.join(project, "by-hand.d.ts"), plain);
    const sources = { library: "pulumi-proxmox-cluster", plain: "./by-hand" };
    const best = { library: Infinity, plain: Infinity };
    for (const [name, from] of Object.entries(sources))
      fs.writeFileSync(path.join(project, `${name}.ts`), program(from));
    const completed = { library: [] as Completion[], plain: [] as Completion[] };
    for (let round = 0; round < rounds; round++)
      for (const name of ["library", "plain"] as const) {
        best[name] = Math.min(best[name], compile(project, name));
        completed[name].push(completion(project, name));
      }
    const least = (name: keyof typeof completed, what: keyof Completion): number =>
      Math.min(...completed[name].map((one) => one[what]));
    return [
      result("tsc of 50 lines to the same with plain interfaces", best.library / best.plain, 2),
      result("seconds of tsc of 50 lines", best.library),
      result("seconds until an editor's first completion in 50 lines", least("library", "first"), 2),
      result("the same with plain interfaces", least("plain", "first")),
      result(
        "CPU until the first completion to that with plain interfaces",
        least("library", "cpu") / least("plain", "cpu"),
        1.25,
      ),
      result("seconds until the next completion", least("library", "next"), 2),
    ];
  } finally {
    fs.rmSync(project, { recursive: true });
  }
}

/** The older template of Pulumi; declarations are checked with it. */
function compile(project: string, name: string): number {
  const tsc = path.join(projectRoot, "node_modules", "typescript", "bin", "tsc");
  const flags = ["--noEmit", "--strict", "--target", "es2020", "--module", "commonjs", "--moduleResolution", "node"];
  const types = ["--typeRoots", path.join(projectRoot, "node_modules", "@types"), "--types", "node"];
  const start = performance.now();
  execFileSync(process.execPath, [tsc, ...flags, ...types, `${name}.ts`], { cwd: project, stdio: "inherit" });
  return (performance.now() - start) / 1000;
}

/** In a process of its own, as an editor's language server begins. */
const completion = (project: string, name: string): Completion =>
  JSON.parse(
    execFileSync(process.execPath, [path.join(__dirname, "completion.js"), path.join(project, `${name}.ts`)], {
      encoding: "utf8",
    }),
  ) as Completion;
